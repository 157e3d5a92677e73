"""Reads one uploaded file with PyAV and prints what is in it, as JSON.

A program of its own, run under limits by probe.py: parsing hostile bytes never
happens in the web server or the worker. Imports nothing of ours.
"""

import json
import sys
from array import array
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.stream import Disposition

SQUARE = Fraction(1)  # pixels of a shape beyond 8 : 1 are a mistake or an attack
REST_SECONDS = 1
MOST_RESTS = 1000
DECODE_ATTEMPTS = 300  # packets tried for a first frame; a long GOP may start without a key frame


@dataclass
class Track:
    """What the packets of one stream say about it. Seconds, exact until printed."""

    stream: Any
    attempts: int = 0
    frame: Any = None
    first: Fraction | None = None
    last: Fraction = Fraction(0)
    previous: Fraction | None = None
    gap: Fraction = Fraction(0)
    packets: int = 0
    steps: Counter[Fraction] = field(default_factory=Counter)
    bytes: int = 0
    cut: bool = False  # an edit list hides packets
    open_group: bool = False  # pictures shown before their key frame: segments cannot begin there
    keys: list[Fraction] = field(default_factory=list)
    unstamped: bool = False
    shown: "array[int]" = field(default_factory=lambda: array("q"))  # in time_base

    def take(self, packet: Any) -> None:
        stamp = packet.dts if packet.dts is not None else packet.pts
        self.cut = self.cut or packet.is_discard
        self.unstamped = self.unstamped or (packet.pts is None and packet.size > 0)
        if stamp is None or packet.size == 0 or packet.is_discard:
            return  # nothing there, or an edit list cuts it away
        at = stamp * packet.time_base
        shown = (packet.pts if packet.pts is not None else stamp) * packet.time_base
        self.packets += 1
        if packet.pts is not None and self.stream.type == "video":
            self.shown.append(packet.pts)
        self.bytes += packet.size
        if packet.is_keyframe and len(self.keys) < 20_000:
            self.keys.append(shown)
        self.open_group = self.open_group or (bool(self.keys) and shown < self.keys[-1])
        self.first = shown if self.first is None else min(self.first, shown)
        self.last = max(self.last, shown + (packet.duration or 0) * packet.time_base)
        if self.previous is not None:
            step = abs(at - self.previous)
            self.gap = max(self.gap, step)
            if len(self.steps) < 5000 or step in self.steps:
                self.steps[step] += 1
        self.previous = at
        if self.frame is None and self.attempts < DECODE_ATTEMPTS:
            self._try(packet)

    def _try(self, packet: Any) -> None:
        self.attempts += 1
        try:
            self.frame = next(iter(packet.decode()), None)
        except av.FFmpegError:
            return  # the next packet may do; a cut recording starts in mid-picture

    def finish(self) -> None:
        """Some decoders give nothing before they are flushed (one frame, frame threads)."""
        if self.frame is None and self.packets:
            try:
                self.frame = next(iter(self.stream.codec_context.decode(None)), None)
            except (av.FFmpegError, EOFError):
                return

    @property
    def interval(self) -> Fraction:
        """Seconds between frames: the mean of the usual steps, pauses and jumps left out."""
        total = sum(self.steps.values())
        if not total:
            return Fraction(0)
        passed, median = 0, Fraction(0)
        for step, count in sorted(self.steps.items()):
            passed, median = passed + count, step
            if passed * 2 >= total:
                break
        usual = {s: count for s, count in self.steps.items() if abs(s - median) * 2 <= median}
        whole = sum((step * count for step, count in usual.items()), Fraction(0))
        return whole / sum(usual.values())

    @property
    def key_step(self) -> Fraction:
        """Seconds between key frames when all stand regularly from the first frame on, else 0."""
        if len(self.keys) < 2 or self.cut or self.open_group:
            return Fraction(0)
        step = self.keys[1] - self.keys[0]
        places = [self.keys[0] + number * step for number in range(len(self.keys))]
        near = all(abs(a - b) < Fraction(1, 500) for a, b in zip(self.keys, places, strict=True))
        return step if near and self.keys[0] == self.first else Fraction(0)


def main() -> None:
    path, formats, protocol, decoders, streams, pixels, longest = sys.argv[1:8]
    av.logging.set_level(av.logging.ERROR)
    options = {
        "format_whitelist": formats,
        "protocol_whitelist": protocol,
        "max_streams": streams,
        "max_pixels": pixels,
    }
    try:
        with av.open(f"file:{path}", options=options, metadata_errors="ignore") as container:
            allowed = set(decoders.split(","))
            found = look(container, allowed, int(pixels), int(longest))
            found["declared_seconds"] *= _promised(Path(path))
    except NoDecoder as error:
        found = {"refused": "codec"}
        sys.stderr.write(f"no decoder for {error}\n")
    except (av.FFmpegError, ValueError, OSError) as error:
        found = {"refused": "no_index" if _lacks_index(Path(path)) else "unknown"}
        sys.stderr.write(f"{error}\n")
    json.dump(found, sys.stdout)


def look(container: Any, allowed: set[str], pixels: int, longest: int) -> dict[str, Any]:
    """What is in the streams that will be shown and heard. Raises NoDecoder."""
    shown, heard = _best_picture(container, allowed), _best_sound(container, allowed)
    picture, sound = [Track(stream) if stream is not None else None for stream in (shown, heard)]
    tracks = {track.stream.index: track for track in (picture, sound) if track}
    for track in tracks.values():
        track.stream.codec_context.thread_count = 1
    if picture:
        context = picture.stream.codec_context
        if context.width * context.height > pixels:
            picture.attempts = DECODE_ATTEMPTS  # say its size, do not touch it
    if tracks:
        _walk(container, tracks, longest)
    return {
        "container": container.format.name,
        "declared_seconds": _declared(container),
        "streams": len(container.streams),
        "picture": _picture(picture) if picture else None,
        "sound": _sound(sound) if sound else None,
    }


def _rests(track: Track) -> list[list[float]]:
    """When the picture stood still for more than a second."""
    unit, stamps = track.stream.time_base, sorted(track.shown)
    pairs = ((a, b) for a, b in pairwise(stamps) if (b - a) * unit > REST_SECONDS)
    return [[round(float(a * unit), 3), round(float(b * unit), 3)] for a, b in pairs]


class NoDecoder(Exception):
    """The picture is in a codec that we do not decode."""


def _decodes(stream: Any, allowed: set[str]) -> bool:
    return stream.codec_context is not None and stream.codec_context.codec.name in allowed


def _best_picture(container: Any, allowed: set[str]) -> Any:
    """The stream to show; a cover image is none. Raises NoDecoder."""
    stream = container.streams.best("video")
    if stream is None or stream.disposition & (
        Disposition.attached_pic | Disposition.timed_thumbnails
    ):
        return None
    if not _decodes(stream, allowed):
        raise NoDecoder(stream.name or "an unknown codec")
    return stream


def _best_sound(container: Any, allowed: set[str]) -> Any:
    """The stream to hear: Chinese before other languages, then what the file calls its default."""
    special = Disposition.comment | Disposition.visual_impaired | Disposition.hearing_impaired
    best = container.streams.best("audio")

    def rank(stream: Any) -> tuple[bool, ...]:
        language = (stream.language or "").lower()
        chinese = language in {"chi", "zho", "cmn"} or language.startswith("zh")
        default = bool(stream.disposition & Disposition.default)
        return not stream.disposition & special, chinese, default, stream is best

    return max((s for s in container.streams.audio if _decodes(s, allowed)), key=rank, default=None)


def _declared(container: Any) -> float:
    """How long the file says that it is, in seconds; an AVI says it in frames."""
    said = (container.duration or 0) / 1_000_000
    if container.format.name != "avi":
        return said
    counts = [s.frames / s.average_rate for s in container.streams.video if s.average_rate]
    return max([said, *(float(count) for count in counts)])


def _promised(path: Path) -> float:
    """How many times longer a RIFF file says it is than it is on the disk."""
    with path.open("rb") as file:
        head = file.read(12)
    says, size = int.from_bytes(head[4:8], "little") + 8, path.stat().st_size
    cut = head[:4] == b"RIFF" and head[8:12] == b"WAVE" and size + 1 < says < 0xFFFFFF00
    return says / size if cut else 1.0


def _walk(container: Any, tracks: dict[int, Track], longest: int) -> None:
    """Hear every packet, up to what is too long anyway: half a megabyte can promise a week."""
    try:
        for packet in container.demux([track.stream for track in tracks.values()]):
            track = tracks[packet.stream.index]
            track.take(packet)
            if track.first is not None and track.last - track.first > longest:
                break
    except av.FFmpegError as error:
        sys.stderr.write(f"{error}\n")  # damaged from here on: what came before counts
    for track in tracks.values():
        track.finish()


def _times(track: Track) -> dict[str, Any]:
    return {
        "index": track.stream.index,
        "codec": track.stream.codec_context.name,
        "decoded": track.frame is not None,
        "start": float(track.first or 0),
        "end": float(track.last),
        "frames": track.packets,
        "gap": float(track.gap),
    }


def _picture(track: Track) -> dict[str, Any]:
    context, frame = track.stream.codec_context, track.frame
    rests = _rests(track)
    aspect = track.stream.sample_aspect_ratio or context.sample_aspect_ratio or Fraction(1)
    interval = track.interval.limit_denominator(1_000_000)
    times = _times(track)
    if track.first is not None:
        times["end"] = max(times["end"], float(track.last + (0 if track.packets > 1 else interval)))
    return {
        **times,
        "width": context.width,
        "height": context.height,
        "aspect": str(Fraction(aspect)) if SQUARE / 8 <= aspect <= SQUARE * 8 else "1",
        "rotation": int(round(frame.rotation / 90) * 90) if frame else 0,
        "pixel_format": frame.format.name if frame else "",
        "interval": str(interval),
        "transfer": int(frame.color_trc) if frame else 2,
        "matrix": int(frame.colorspace) if frame else 2,
        "interlaced": bool(frame.interlaced_frame) if frame else False,
        "key_step": str(track.key_step.limit_denominator(1_000_000)),
        "size": track.bytes,
        "seekable": not (track.cut or track.unstamped) and len(rests) <= MOST_RESTS,
        "rests": rests[:MOST_RESTS],
    }


def _sound(track: Track) -> dict[str, Any]:
    context = track.stream.codec_context
    return {
        **_times(track),
        "channels": context.channels or 0,
        "sample_rate": context.sample_rate or 0,
    }


def _lacks_index(path: Path) -> bool:
    """Whether this is an MP4 or MOV whose recording or copying stopped before the index."""
    kinds: set[bytes] = set()
    with path.open("rb") as file:
        size = path.stat().st_size
        while file.tell() + 8 <= size and len(kinds) < 64:
            start, head = file.tell(), file.read(16)
            length, kind = int.from_bytes(head[:4]), head[4:8]
            if length == 1:
                length = int.from_bytes(head[8:16])
            if kind not in _BOXES or (length and length < 8):
                break
            kinds.add(kind)
            if not length or start + length > size:
                break
            file.seek(start + length)
    return bool(kinds & {b"ftyp", b"mdat"}) and b"moov" not in kinds


_BOXES = {b"ftyp", b"mdat", b"moov", b"free", b"skip", b"wide", b"moof", b"uuid", b"sidx", b"styp"}

main()
