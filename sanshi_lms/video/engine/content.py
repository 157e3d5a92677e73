"""What kind of picture a lecture is, from a few dozen of its frames: slides, a screen, a camera."""

import re
from pathlib import Path

import ffmpeg

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.engine.bars import guarded
from sanshi_lms.video.engine.facts import Picture, SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.rules import DEFAULT_CONTENT, Content, content_of

_WINDOWS, _FRAMES = 6, 12
_SHORT = 12.0  # seconds; a shorter video is looked at once, from its beginning
_CHANGE = re.compile(r"lavfi\.signalstats\.YDIF=([\d.]+)")


def look_at(binary: Ffmpeg, source: Path, facts: SourceFacts, work: Path) -> Content:
    """Tell the kind of picture; the usual one when it cannot be told.

    Decodes at most 72 frames, whatever the length: about half a second of CPU at 1080p.
    """
    if facts.picture is None:
        return DEFAULT_CONTENT
    done = run_limited(
        look_command(binary, source, facts.picture, facts.seconds),
        cwd=work,
        cpu_seconds=60,
        memory_bytes=3 * 1024**3,
        file_bytes=0,
        wall_seconds=120,
    )
    changes = [float(value) for value in _CHANGE.findall(done.stdout_tail)] if done.ok else []
    return content_of(changes)


def look_command(binary: Ffmpeg, source: Path, picture: Picture, seconds: float) -> list[str]:
    """Prints how much each frame differs from the one before it, of some short pieces.

    Each piece begins at a key frame and ends after a few frames, so nothing else is decoded.
    """
    count = _WINDOWS if seconds > _SHORT else 1
    frames = _FRAMES if count > 1 else 2 * _FRAMES
    pieces = []
    for number in range(count):
        seek = {"ss": f"{number * seconds / count:.3f}", "noaccurate_seek": None} if number else {}
        piece = guarded(source, **seek, threads=1)[str(picture.index)]
        piece = piece.filter("trim", end_frame=frames).filter("setpts", "N/TB")
        piece = piece.filter("scale", 320, 180, flags="area").filter("format", "gray")
        pieces.append(piece.filter("signalstats").filter("setsar", 1))
    shown = pieces[0] if count == 1 else ffmpeg.concat(*pieces)
    shown = shown.filter(
        "metadata", mode="print", key="lavfi.signalstats.YDIF", file="pipe:1", direct=1
    )
    output = ffmpeg.output(shown, "-", f="null")
    start = [binary.path, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error",
             "-filter_complex_threads", "1"]  # fmt: skip
    return [str(part) for part in ffmpeg.compile(output, cmd=start)]
