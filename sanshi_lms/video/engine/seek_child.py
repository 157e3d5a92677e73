"""Tells whether seeking in a file finds the right picture, as chunks need it: prints 1 or 0.

A program of its own, run under limits by examine.py on a file that the probe let pass. A fresh
reader, because one that has walked through a file knows more than its index says.
"""

import sys
from typing import Any

import av

STEP, MOST, FARTHEST = 24, 24, 60  # seconds, tries, seconds


def main() -> None:
    path, formats, protocol, streams, pixels, index, start, end = sys.argv[1:9]
    av.logging.set_level(av.logging.ERROR)
    options = {
        "format_whitelist": formats,
        "protocol_whitelist": protocol,
        "max_streams": streams,
        "max_pixels": pixels,
    }
    with av.open(f"file:{path}", options=options, metadata_errors="ignore") as container:
        stream = container.streams[int(index)]
        well = seeks_well(container, stream, float(start), float(end) - float(start))
    sys.stdout.write("1" if well else "0")


def seeks_well(container: Any, stream: Any, start: float, length: float) -> bool:
    """Whether a reader lands on a key frame at or before each moment, and not far from it."""
    step = max(STEP, length / MOST)
    for number in range(1, int(length / step) + 1):
        moment = start + number * step
        try:
            container.seek(int(moment * 1_000_000))
            packet = next((p for p in container.demux(stream) if p.size), None)
        except av.FFmpegError:
            return False
        if packet is None or packet.pts is None or not packet.is_keyframe:
            return False
        if not -0.001 <= moment - float(packet.pts * packet.time_base) <= FARTHEST:
            return False
    return True


main()
