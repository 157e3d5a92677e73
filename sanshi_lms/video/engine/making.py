"""Makes one part: runs ffmpeg, and hands over each segment as soon as it is finished."""

import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sanshi_lms.video.engine import graph
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.parts import FIRST_SEGMENTS, Part
from sanshi_lms.video.engine.plan import SOUND_NAME, Plan
from sanshi_lms.video.engine.playlists import PartMade, Segment
from sanshi_lms.video.engine.running import run_ffmpeg
from sanshi_lms.video.engine.wholeness import check_files, incomplete


class Place(Protocol):
    """Where finished files go."""

    def put(self, file: Path, name: str) -> None:
        """Take `file` away and show it as `name`, "720p/12.m4s"."""

    def has(self, name: str) -> bool:
        """Whether a file is there."""


@dataclass(frozen=True)
class Folder:
    """A place that is a folder of this machine."""

    root: Path

    def put(self, file: Path, name: str) -> None:
        """Move `file` to `name`."""
        (self.root / name).parent.mkdir(exist_ok=True)
        file.replace(self.root / name)

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.root / name).exists()


@dataclass
class _Harvest:
    """Takes finished segments out of ffmpeg's folder, in order."""

    work: Path
    place: Place
    part: Part
    streams: dict[str, list[Segment]] = field(default_factory=dict)
    inits: dict[str, str] = field(default_factory=dict)
    codecs: dict[str, str] = field(default_factory=dict)

    def made(self, *, damaged: bool = False) -> PartMade:
        """What is in place."""
        return PartMade(self.streams, self.codecs, damaged)

    def gather(self) -> bool:
        """Put what is newly finished in its place. Returns whether there was anything."""
        fresh = False
        for index in sorted(self.work.glob("*/index.m3u8")):
            name, text = index.parent.name, index.read_text("utf-8")
            taken = self.streams.setdefault(name, [])
            found = re.findall(r"#EXTINF:([\d.]+),\s*\n(\d+)\.m4s", text)
            if self.part.name == "early" or (name == SOUND_NAME and self.part.sound == "head"):
                found = found[:FIRST_SEGMENTS]  # what follows was cut in the middle
            for seconds, number in found[len(taken) :]:
                taken.append(self._take(index.parent, int(number), float(seconds), text))
                fresh = True
        return fresh

    def _take(self, folder: Path, number: int, seconds: float, playlist: str) -> Segment:
        name, file = folder.name, folder / f"{number}.m4s"
        if name not in self.inits:
            match = re.search(r'#EXT-X-MAP:URI="([^"/]+)"', playlist)
            init = folder / (match[1] if match else "init.mp4")
            check_files([init])
            content = init.read_bytes()
            self.codecs[name] = _codec(content)
            # Named by its content: were two builds of ffmpeg at work, both heads stay.
            self.inits[name] = f"init_{zlib.crc32(content)}.mp4"
            self.place.put(init, f"{name}/{self.inits[name]}")
        check_files([file])
        segment = Segment(number, seconds, file.stat().st_size, self.inits[name])
        # The first seconds are made twice, and what the whole run made of them stays.
        if not (self.part.name == "early" and self.place.has(f"{name}/{segment.file}")):
            self.place.put(file, f"{name}/{segment.file}")
        return segment


def make_part(
    binary: Ffmpeg,
    source: Path,
    plan: Plan,
    part: Part,
    work: Path,
    place: Place,
    on_progress: Callable[[float, PartMade | None], None],
) -> PartMade:
    """Make `part` in the empty directory `work` and put its segments into `place`.

    ``on_progress`` hears the done share, 0 to 1, about twice a second, and what is in place by now
    when that is more than before and the part may be shown while it grows; what it raises ends
    ffmpeg and passes on. Raises Failed when ffmpeg gives up. Done twice it makes the same bytes.
    """
    harvest, furthest = _Harvest(work, place, part), 0.0
    seconds = float(part.frames / plan.rate) if part.frames else plan.facts.seconds

    def progress(line: str) -> None:
        nonlocal furthest
        done = _share(line, seconds)
        if done is not None:  # streams report in turn, and not all are equally far
            furthest = max(furthest, done)
            more = part.grows and harvest.gather()
            on_progress(furthest, harvest.made() if more else None)

    load = 1.0 + 3.0 * (len(part.rungs) + 1)
    ended = run_ffmpeg(
        graph.part_command(binary, source, plan, part),
        work,
        cpu_seconds=120 + 6 * seconds * load,
        wall_seconds=300 + 12 * seconds * load,
        on_line=progress,
    )
    harvest.gather()
    _check(harvest, plan, part, furthest * seconds)
    return harvest.made(damaged=_complained(ended.stderr_tail))


def _check(harvest: _Harvest, plan: Plan, part: Part, told: float) -> None:
    """Look that nothing is missing of what ffmpeg said it made. Raises Failed."""
    made = [sum(s.seconds for s in segments) for segments in harvest.streams.values()]
    if max(made, default=0.0) < told - 1.0 and not part.is_first:
        raise incomplete(f"{made} s are there, ffmpeg told of {told}")
    if part.frames:
        numbers = list(
            range(part.first // plan.group, -(-(part.first + part.frames) // plan.group))
        )
        for name in part.rungs:
            found = [segment.number for segment in harvest.streams.get(name, [])]
            if found != numbers:
                raise incomplete(f"{part.name} {name}: segments {found} instead of {numbers}")


def _share(line: str, seconds: float) -> float | None:
    name, _, value = line.partition("=")
    if name != "out_time_us" or not value.lstrip("-").isdigit():
        return None
    return min(1.0, max(0.0, int(value) / 1_000_000 / max(seconds, 0.1)))


def _complained(stderr: str) -> bool:
    harmless = ("not on whitelist", "Last message repeated", "partial file")
    lines = [line for line in stderr.splitlines() if line.strip()]
    return any(not any(mark in line for mark in harmless) for line in lines)


def _codec(init: bytes) -> str:
    """The RFC 6381 name of the codec in an initialisation segment."""
    at = init.find(b"avcC")
    return f"avc1.{init[at + 5 : at + 8].hex()}" if at >= 0 else "mp4a.40.2"
