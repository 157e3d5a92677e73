"""Which ffmpeg is here and what it can do. Builds differ by platform: detected, never assumed."""

import re
import shutil
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import imageio_ffmpeg

from sanshi_lms.core.process import run_limited


@dataclass(frozen=True)
class Ffmpeg:
    """A usable ffmpeg: its path, version, and the names of its encoders and filters."""

    path: str
    version: str
    encoders: frozenset[str]
    filters: frozenset[str]

    @property
    def can_tone_map(self) -> bool:
        return {"zscale", "tonemap"} <= self.filters


class NoFfmpeg(RuntimeError):
    """There is no ffmpeg that can make H.264 and AAC."""


def find_ffmpeg(configured: str | None) -> Ffmpeg:
    """The ffmpeg to use: the configured path, else the one in our wheel, else the system's.

    Raises NoFfmpeg when none of them runs with libx264 and AAC.
    """
    tried = []
    for path in _candidates(configured):
        found = _describe(path, Path(path).stat().st_mtime_ns)
        if found and {"libx264", "aac"} <= found.encoders:
            return found
        tried.append(path)
    raise NoFfmpeg(f"no ffmpeg with libx264 and aac; tried: {', '.join(tried) or 'none'}")


def _candidates(configured: str | None) -> list[str]:
    if configured:
        path = shutil.which(configured)
        return [path] if path else []
    try:
        bundled: str | None = imageio_ffmpeg.get_ffmpeg_exe()
    except RuntimeError:  # the wheel of this platform carries none
        bundled = None
    return [path for path in (bundled, shutil.which("ffmpeg")) if path]


@lru_cache(maxsize=8)
def _describe(path: str, _modified: int) -> Ffmpeg | None:
    version = _ask(path, "-version")
    match = re.match(r"ffmpeg version (\S+)", version)
    if not match:
        return None
    encoders = re.findall(r"^ [VA]\S{5} (\S+)", _ask(path, "-encoders"), re.MULTILINE)
    filters = re.findall(r"^ [T.][S.]\S? (\S+)", _ask(path, "-filters"), re.MULTILINE)
    return Ffmpeg(path, match[1], frozenset(encoders), frozenset(filters))


def _ask(path: str, question: str) -> str:
    done = run_limited(
        [path, "-hide_banner", "-nostdin", question]
        if question != "-version"
        else [path, "-version"],
        cwd=Path(sys.prefix),
        cpu_seconds=10,
        memory_bytes=2 * 1024**3,
        file_bytes=0,
        wall_seconds=20,
    )
    return done.stdout_tail
