"""Makes everything of one source in one directory: renditions, plain MP4, poster, playlists.

Knows files and ffmpeg, no database. The directory is complete when ``manifest.json`` is in it;
whoever moves it into place moves all of it at once.
"""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sanshi_lms.video.engine import graph
from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.graph import SOUND_NAME, Plan
from sanshi_lms.video.engine.probe import Refused
from sanshi_lms.video.engine.rules import Stream, ladder, master_playlist, notices
from sanshi_lms.video.engine.running import run_ffmpeg
from sanshi_lms.video.engine.sides import Shown, Sides, make_sides

PROFILE = "h264-6"  # part of the place where results lie: a new recipe never mixes with an old one
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class MadeStream:
    """One encoded stream. ``name`` is its folder; rates are bits per second, ``size`` bytes."""

    name: str
    kind: str  # "picture" or "sound"
    codec: str
    width: int
    height: int
    size: int
    seconds: float
    segments: int
    peak_rate: int
    average_rate: int


@dataclass(frozen=True)
class Made:
    """What a finished directory holds."""

    seconds: float
    width: int
    height: int
    has_poster: bool
    notices: list[str]
    streams: list[MadeStream]
    side_files: list[str]  # besides the poster: see sides.py

    @classmethod
    def read(cls, directory: Path) -> "Made":
        """Read a finished directory. Raises FileNotFoundError when it is not finished."""
        found = json.loads((directory / MANIFEST).read_text("utf-8"))
        return cls(**{**found, "streams": [MadeStream(**one) for one in found["streams"]]})


def make_all(
    binary: Ffmpeg,
    source: Path,
    facts: SourceFacts,
    work: Path,
    on_progress: Callable[[float], None],
) -> Made:
    """Encode ``source`` into the empty directory ``work`` and describe the result.

    ``on_progress`` hears the done part, 0 to 1, about twice a second; what it raises ends ffmpeg
    and passes on. Raises Failed when ffmpeg gives up, Refused when nothing could be decoded.
    """
    rungs = ladder(*facts.picture.shown_size) if facts.picture else ()
    plan = graph.plan_for(facts, rungs)
    pixels_per_second = 1.0 + 3.0 * len(rungs)

    furthest = 0.0

    def progress(line: str) -> None:
        nonlocal furthest
        done = _progress(line, facts.seconds)
        if done is not None:  # streams report in turn, and not all are equally far
            furthest = max(furthest, done)
            on_progress(furthest * 0.95)

    encoded = run_ffmpeg(
        graph.ladder_command(binary, source, plan),
        work,
        cpu_seconds=120 + 6 * facts.seconds * pixels_per_second,
        wall_seconds=300 + 12 * facts.seconds * pixels_per_second,
        on_line=progress,
    )
    streams = [_measure(work, rung.name, rung.width, rung.height) for rung in rungs]
    if plan.has_sound:
        streams.append(_measure(work, SOUND_NAME, 0, 0))
    seconds = max((stream.seconds for stream in streams), default=0.0)
    if not seconds:
        raise Refused(
            "解不出任何画面或声音，文件可能已损坏。请重新导出后再上传。", encoded.stderr_tail
        )
    cpu, wall = 120 + facts.seconds, 300 + 5 * facts.seconds
    run_ffmpeg(graph.plain_command(binary, plan), work, cpu_seconds=cpu, wall_seconds=wall)
    on_progress(0.97)
    sides = _sides(binary, work, plan, seconds)
    (work / "master.m3u8").write_text(_master(plan, streams), "utf-8")
    made = Made(
        seconds=seconds,
        width=rungs[0].width if rungs else 0,
        height=rungs[0].height if rungs else 0,
        has_poster=sides.has_poster,
        side_files=sides.names,
        notices=_blemishes(plan, seconds, encoded.stderr_tail, binary),
        streams=streams,
    )
    (work / MANIFEST).write_text(json.dumps(asdict(made), ensure_ascii=False), "utf-8")
    on_progress(1.0)
    return made


def _sides(binary: Ffmpeg, work: Path, plan: Plan, seconds: float) -> Sides:
    """Everything beside the video, from the parts that are encoded."""
    rung = next((rung for rung in plan.rungs if rung.name == plan.plain_name), None)
    shown = Shown(rung.width, rung.height, plan.rate) if rung else None
    sound = SOUND_NAME if plan.has_sound else None
    return make_sides(binary, work, seconds=seconds, shown=shown, sound=sound)


def _blemishes(plan: Plan, seconds: float, stderr: str, binary: Ffmpeg) -> list[str]:
    """What people have to be told about the result."""
    picture = plan.facts.picture
    return notices(
        max(plan.facts.lost_seconds, _fell_short(plan.facts, seconds)),
        decode_errors=_complained(stderr),
        has_picture=picture is not None,
        washed_out=picture is not None and picture.high_dynamic_range and not binary.can_tone_map,
        lost_sound=plan.facts.sound is not None and not plan.has_sound,
    )


def _progress(line: str, seconds: float) -> float | None:
    name, _, value = line.partition("=")
    if name != "out_time_us" or not value.lstrip("-").isdigit():
        return None
    return min(1.0, max(0.0, int(value) / 1_000_000 / max(seconds, 0.1)))


def _fell_short(facts: SourceFacts, seconds: float) -> float:
    """Seconds that were there as packets and did not decode."""
    missing = facts.seconds - seconds
    return missing if missing > max(1.0, 0.02 * facts.seconds) else 0.0


def _complained(stderr: str) -> bool:
    harmless = ("not on whitelist", "Last message repeated", "partial file")
    lines = [line for line in stderr.splitlines() if line.strip()]
    return any(not any(mark in line for mark in harmless) for line in lines)


def _measure(work: Path, name: str, width: int, height: int) -> MadeStream:
    """Sizes and rates of one rendition, from its playlist and the segments that it lists."""
    folder = work / name
    playlist = (folder / "index.m3u8").read_text("utf-8")
    times = [float(value) for value in re.findall(r"#EXTINF:([\d.]+)", playlist)]
    names = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    sizes = [(folder / segment).stat().st_size for segment in names]
    match = re.search(r'#EXT-X-MAP:URI="([^"]+)"', playlist)
    init = (folder / match[1]).read_bytes() if match else b""
    seconds = sum(times)
    rates = [size * 8 / time for size, time in zip(sizes, times, strict=True) if time >= 1]
    average = round(sum(sizes) * 8 / seconds) if seconds else 0
    return MadeStream(
        name=name,
        kind="picture" if width else "sound",
        codec=_codec(init),
        width=width,
        height=height,
        size=sum(sizes) + len(init),
        seconds=seconds,
        segments=len(names),
        peak_rate=max([average, *(round(rate) for rate in rates)]),
        average_rate=average,
    )


def _codec(init: bytes) -> str:
    """The RFC 6381 name of the codec in an initialisation segment."""
    at = init.find(b"avcC")
    return f"avc1.{init[at + 5 : at + 8].hex()}" if at >= 0 else "mp4a.40.2"


def _master(plan: Plan, streams: list[MadeStream]) -> str:
    entries: dict[str, list[Stream]] = {"picture": [], "sound": []}
    for made in streams:
        entry: dict[str, Any] = {"width": made.width, "height": made.height} if made.width else {}
        entries[made.kind].append(
            Stream(
                uri=f"{made.name}/index.m3u8",
                codec=made.codec,
                peak_rate=made.peak_rate,
                average_rate=made.average_rate,
                rate=plan.rate,
                **entry,
            )
        )
    return master_playlist(entries["picture"], next(iter(entries["sound"]), None))
