"""Makes what stands beside a video: poster and choices, thumbnail sheets, waveform, sound alone.

Everything comes from parts that are already encoded, by key frames or by copy: about one per cent
of what the renditions cost. Works in the directory of a video whose ``plain.mp4`` and sound exist.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import ffmpeg

from sanshi_lms.core.process import Finished
from sanshi_lms.video.engine.bars import PROTOCOLS
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.rules import Still
from sanshi_lms.video.engine.running import run_ffmpeg
from sanshi_lms.video.engine.side_rules import (
    Sheets,
    looks_at_all,
    peak_step,
    poster_choices,
    sheet_name,
    sheets_for,
    thumbs_vtt,
    waveform_json,
)

STILLS = 10
POSTER = "poster.jpg"
_QUIETEST = -120.0  # dBFS; digital silence is "-inf"


@dataclass(frozen=True)
class Shown:
    """The picture of ``plain.mp4``: pixels, and pictures per second."""

    width: int
    height: int
    rate: Fraction


@dataclass(frozen=True)
class Sides:
    """What was made: ``names`` are the files besides the poster."""

    has_poster: bool
    names: list[str]


def make_sides(
    binary: Ffmpeg, work: Path, *, seconds: float, shown: Shown | None, sound: str | None
) -> Sides:
    """Make everything beside the video in ``work`` and name it.

    ``shown`` is None without a picture; ``sound`` is the folder of the sound rendition, if any.
    Raises Failed when ffmpeg gives up.
    """
    names: list[str] = []
    has_poster = False

    def run(command: list[str], on_line: Callable[[str], None] | None = None) -> Finished:
        cpu, wall = 120 + seconds, 300 + 5 * seconds
        return run_ffmpeg(command, work, cpu_seconds=cpu, wall_seconds=wall, on_line=on_line)

    if shown:
        sheets = sheets_for(seconds, shown.rate, shown.width, shown.height)
        printed: list[str] = []
        run(pictures_command(binary, seconds, sheets), printed.append)
        has_poster, choices = _keep_stills(work, "\n".join(printed))
        names += choices + _name_sheets(work, sheets, seconds)
    if sound:
        step, levels = peak_step(seconds), list[float]()
        run(sound_command(binary, sound, step), lambda line: _take_level(line, levels))
        (work / "waveform.json").write_text(waveform_json(step, levels), "utf-8")
        names += ["waveform.json", "sound.m4a"]
    return Sides(has_poster, names)


def pictures_command(binary: Ffmpeg, seconds: float, sheets: Sheets) -> list[str]:
    """Poster candidates ``still-1.jpg`` … and sheets ``sheet-1.jpg`` … from one decode.

    Prints the brightness, contrast and tint of each candidate.
    """
    keys = {} if looks_at_all(seconds) else {"skip_frame": "nokey"}
    source = ffmpeg.input("plain.mp4", f="mov", protocol_whitelist=PROTOCOLS, **keys)["v:0"]
    both = source.filter_multi_output("split")
    apart = Fraction(STILLS) / Fraction(max(seconds, 0.5)).limit_denominator(1000)
    still = both[0].filter("fps", fps=str(apart), start_time=0, round="up")
    still = still.filter("signalstats").filter("metadata", mode="print", file="pipe:1")
    thumb = both[1].filter("select", f"not(mod(n,{sheets.every}))")
    thumb = thumb.filter("scale", sheets.width, sheets.height, flags="area").filter("setsar", 1)
    thumb = thumb.filter("tile", f"{sheets.columns}x{sheets.rows}")
    jpeg = {"f": "image2", "c:v": "mjpeg", "fflags": "+bitexact", "flags:v": "+bitexact"}
    pages = math.ceil(sheets.count / sheets.per_sheet)
    return _compiled(
        binary,
        ffmpeg.output(still, "still-%d.jpg", **jpeg, **{"frames:v": STILLS, "q:v": 3}),
        ffmpeg.output(
            thumb,
            "sheet-%d.jpg",
            **jpeg,
            **{"frames:v": pages, "q:v": 6, "fps_mode": "passthrough"},
        ),
    )


def sound_command(binary: Ffmpeg, folder: str, step: float) -> list[str]:
    """``sound.m4a`` by copy, and the peak level of each ``step`` seconds printed."""
    # Our own playlist, just written: the only kind that the HLS reader is allowed to see.
    source = ffmpeg.input(f"{folder}/index.m3u8", f="hls", protocol_whitelist=PROTOCOLS)["a:0"]
    peaks = source.filter("aresample", 48000).filter("asetnsamples", n=round(step * 48000), p=0)
    peaks = peaks.filter(
        "astats",
        metadata=1,
        reset=1,
        measure_perchannel="none",
        measure_overall="Peak_level",
    )
    peaks = peaks.filter("ametadata", mode="print", file="pipe:1")
    copied = {"c": "copy", "f": "ipod", "movflags": "+faststart", "map_metadata": -1}
    return _compiled(
        binary,
        ffmpeg.output(source, "sound.m4a", **copied, fflags="+bitexact"),
        ffmpeg.output(peaks, "-", f="null"),
    )


def _compiled(binary: Ffmpeg, *outputs: object) -> list[str]:
    start = [binary.path, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "error"]
    return [str(part) for part in ffmpeg.compile(ffmpeg.merge_outputs(*outputs), cmd=start)]


def _take_level(line: str, levels: list[float]) -> None:
    name, _, value = line.partition("=")
    if name == "lavfi.astats.Overall.Peak_level":
        levels.append(max(_QUIETEST, float(value)))


def _keep_stills(work: Path, printed: str) -> tuple[bool, list[str]]:
    """Name the most telling still ``poster.jpg``, others ``poster-1.jpg`` …, remove the rest."""
    frames = re.split(r"^frame:", printed, flags=re.MULTILINE)[1:]
    stills = []
    for number, text in enumerate(frames, start=1):
        values = dict(re.findall(r"lavfi\.signalstats\.(\w+)=([\d.]+)", text))
        name = f"still-{number}.jpg"
        wanted = ("YAVG", "YLOW", "YHIGH", "UAVG", "VAVG")
        if set(wanted) <= values.keys() and (work / name).exists():
            light, low, high, blue, red = (float(values[key]) for key in wanted)
            stills.append(Still(name, light, high - low, (blue, red)))
    chosen = poster_choices(stills)
    names = [POSTER, *(f"poster-{number}.jpg" for number in range(1, len(chosen)))]
    for still, name in zip(chosen, names, strict=False):
        (work / still.name).rename(work / name)
    for other in work.glob("still-*.jpg"):
        other.unlink()
    return bool(chosen), names[1:] if chosen else []


def _name_sheets(work: Path, sheets: Sheets, seconds: float) -> list[str]:
    made = len(list(work.glob("sheet-*.jpg")))
    names = [sheet_name(number) for number in range(1, made + 1)]
    for number, name in enumerate(names, start=1):
        (work / f"sheet-{number}.jpg").rename(work / name)
    if not made:
        return []
    (work / "thumbs.vtt").write_text(thumbs_vtt(sheets, seconds, made), "utf-8")
    return [*names, "thumbs.vtt"]
