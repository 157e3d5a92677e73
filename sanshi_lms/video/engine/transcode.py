"""From a source to everything that is made of it: the plan, its playlists, and the end of it.

Knows files and ffmpeg, no database. A directory is complete when ``manifest.json`` is in it.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sanshi_lms.video.engine import graph
from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.making import Folder, make_part
from sanshi_lms.video.engine.parts import Part, is_chunked, parts_of_plan
from sanshi_lms.video.engine.plan import SOUND_NAME, Plan, plan_for
from sanshi_lms.video.engine.playlists import PartMade, joined, media_playlist
from sanshi_lms.video.engine.probe import Refused
from sanshi_lms.video.engine.rules import Stream, ladder, master_playlist, notices
from sanshi_lms.video.engine.running import Failed, run_ffmpeg
from sanshi_lms.video.engine.sides import Shown, Sides, make_sides
from sanshi_lms.video.engine.wholeness import check_files

PROFILE = "h264-8"  # part of the place where results lie: a new recipe never mixes with an old one
MANIFEST = "manifest.json"
MASTER = "master.m3u8"
PLAYLIST = "index.m3u8"  # of each stream, in its folder


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


def plan_of(facts: SourceFacts, *, chunked: bool | None = None) -> Plan:
    """The plan for a source; `chunked` None leaves it to the source's length and kind."""
    rungs = ladder(*facts.picture.shown_size) if facts.picture else ()
    return plan_for(facts, rungs, chunked=is_chunked(facts) if chunked is None else chunked)


def make_all(
    binary: Ffmpeg,
    source: Path,
    facts: SourceFacts,
    work: Path,
    on_progress: Callable[[float], None],
    *,
    chunked: bool | None = None,
) -> Made:
    """Do every part of ``source`` in turn, into the empty directory ``work``, and describe it.

    ``on_progress`` hears the done share, 0 to 1; what it raises ends ffmpeg and passes on. Raises
    Failed when ffmpeg gives up, Refused when nothing could be decoded.
    """
    plan = plan_of(facts, chunked=chunked)
    parts, made = parts_of_plan(plan), list[PartMade]()
    total, before = sum(part.weight for part in parts), 0.0
    for part in parts:
        private = work / ".part"
        private.mkdir()

        def progress(share: float, _: object, done: float = before, of: Part = part) -> None:
            on_progress(0.95 * (done + share * of.weight) / total)

        made.append(make_part(binary, source, plan, part, private, Folder(work), progress))
        before += part.weight
        shutil.rmtree(private)
    check_whole(plan, made)
    for name, text in playlists(plan, made, complete=True).items():
        (work / name).write_text(text, "utf-8")
    found = finish(binary, plan, streams_of(plan, made), work, notices_of(binary, plan, made))
    on_progress(1.0)
    return found


def playlists(plan: Plan, made: Sequence[PartMade], *, complete: bool) -> dict[str, str]:
    """The playlists of what stands so far, by file name; none of it while nothing can be played.

    The master lists only renditions whose first segment exists, and waits for the sound.
    """
    found = streams_of(plan, made)
    sound = any(stream.kind == "sound" for stream in found)
    if (plan.has_sound and not sound) or (plan.rungs and len(found) == int(sound)):
        return {}
    texts = {
        f"{stream.name}/{PLAYLIST}": media_playlist(joined(made, stream.name), complete=complete)
        for stream in found
    }
    return {**texts, MASTER: master(plan, found)}


def streams_of(plan: Plan, made: Sequence[PartMade]) -> list[MadeStream]:
    """What stands of each stream without a gap from its beginning."""
    sizes = [(rung.name, rung.width, rung.height) for rung in plan.rungs]
    sizes += [(SOUND_NAME, 0, 0)] if plan.has_sound else []
    return [stream for one in sizes if (stream := _measured(made, *one)) is not None]


def check_whole(plan: Plan, made: Sequence[PartMade]) -> None:
    """Look that all parts together are the whole. Raises Refused when nothing was decoded."""
    found = streams_of(plan, made)
    if not found or not max(stream.seconds for stream in found):
        raise Refused(
            "解不出任何画面或声音，文件可能已损坏。请重新导出后再上传。", f"{made}"[:4000]
        )
    wanted = len(plan.rungs) + plan.has_sound
    pictures = {stream.segments for stream in found if stream.kind == "picture"}
    expected = -(-plan.total_frames // plan.group) if plan.chunked else 0
    short = expected and abs(expected - min(pictures, default=0)) > 1
    if len(found) != wanted or len(pictures) > 1 or short:
        told = [(stream.name, stream.segments) for stream in found]
        sentence = "转码没有完成：有几段缺失。请点“重试”；再次失败时，把技术信息交给维护人员。"
        raise Failed(sentence, f"{told}, expected {expected} segments", retry=True)


def finish(
    binary: Ffmpeg, plan: Plan, streams: list[MadeStream], work: Path, told: list[str]
) -> Made:
    """Make what comes of all parts together in ``work``, where the streams' folders are.

    Writes plain MP4, posters, thumbnails, waveform and last the manifest, which has the notices
    ``told``. Raises Failed.
    """
    seconds = max(stream.seconds for stream in streams)
    cpu, wall = 120 + plan.facts.seconds, 300 + 5 * plan.facts.seconds
    run_ffmpeg(graph.plain_command(binary, plan), work, cpu_seconds=cpu, wall_seconds=wall)
    check_files([work / "plain.mp4"])
    sides = _sides(binary, work, plan, seconds)
    check_files(work.glob("sound.m4a"))
    found = Made(
        seconds=seconds,
        width=plan.rungs[0].width if plan.rungs else 0,
        height=plan.rungs[0].height if plan.rungs else 0,
        has_poster=sides.has_poster,
        side_files=sides.names,
        notices=told,
        streams=streams,
    )
    (work / MANIFEST).write_text(json.dumps(asdict(found), ensure_ascii=False), "utf-8")
    return found


def _sides(binary: Ffmpeg, work: Path, plan: Plan, seconds: float) -> Sides:
    """Everything beside the video, from the parts that are encoded."""
    rung = next((rung for rung in plan.rungs if rung.name == plan.plain_name), None)
    shown = Shown(rung.width, rung.height, plan.rate) if rung else None
    sound = SOUND_NAME if plan.has_sound else None
    return make_sides(binary, work, seconds=seconds, shown=shown, sound=sound)


def notices_of(binary: Ffmpeg, plan: Plan, made: Sequence[PartMade]) -> list[str]:
    """What people have to be told about the result."""
    picture = plan.facts.picture
    seconds = max(stream.seconds for stream in streams_of(plan, made))
    return notices(
        max(plan.facts.lost_seconds, _fell_short(plan.facts, seconds)),
        decode_errors=any(part.damaged for part in made),
        has_picture=picture is not None,
        washed_out=picture is not None and picture.high_dynamic_range and not binary.can_tone_map,
        lost_sound=plan.facts.sound is not None and not plan.has_sound,
    )


def _fell_short(facts: SourceFacts, seconds: float) -> float:
    """Seconds that were there as packets and did not decode."""
    missing = facts.seconds - seconds
    return missing if missing > max(1.0, 0.02 * facts.seconds) else 0.0


def _measured(made: Sequence[PartMade], name: str, width: int, height: int) -> MadeStream | None:
    """Sizes and rates of one rendition, from its segments; None while it has none."""
    segments = joined(made, name)
    if not segments:
        return None
    seconds, size = sum(s.seconds for s in segments), sum(s.size for s in segments)
    rates = [s.size * 8 / s.seconds for s in segments if s.seconds >= 1]
    average = round(size * 8 / seconds) if seconds else 0
    return MadeStream(
        name=name,
        kind="picture" if width else "sound",
        codec=next(part.codecs[name] for part in made if name in part.codecs),
        width=width,
        height=height,
        size=size,
        seconds=seconds,
        segments=len(segments),
        peak_rate=max([average, *(round(rate) for rate in rates)]),
        average_rate=average,
    )


def master(plan: Plan, streams: Sequence[MadeStream]) -> str:
    """The master playlist of these streams."""
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
