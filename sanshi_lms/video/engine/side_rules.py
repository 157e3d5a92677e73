"""Rules of what stands beside a video: thumbnail sheets, poster choices, waveform. Pure."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from sanshi_lms.video.engine.rules import Still, best_still, key_interval

CHOICES = 6  # pictures offered besides the poster that we chose
# 450 thumbnails of 160 × 90 are about 1.5 MB; a two-hour lecture then has one every 16 s.
MOST_THUMBS = 450
THUMB_SIDE = 160  # pixels, the longer side
_ACROSS = 10  # a sheet holds 10 × 10: 1600 × 900 pixels, which every phone decodes
FEW_SECONDS = 20  # a shorter video has too few key frames: every picture of it is looked at
MOST_PEAKS = 2400  # 7 kB of JSON, more points than a player is wide


@dataclass(frozen=True)
class Sheets:
    """How thumbnails lie on their sheets: sizes in pixels, times in seconds."""

    width: int
    height: int
    columns: int
    rows: int
    every: int  # takes each n-th of the pictures that are looked at
    step: Fraction  # seconds from one thumbnail to the next
    count: int

    @property
    def per_sheet(self) -> int:
        return self.columns * self.rows


def looks_at_all(seconds: float) -> bool:
    """Whether every picture is decoded, or only key frames, which costs next to nothing."""
    return seconds <= FEW_SECONDS


def sheets_for(seconds: float, rate: Fraction, width: int, height: int) -> Sheets:
    """Where the thumbnails of a made video come from and where they lie.

    ``rate`` is its pictures per second. Key frames stand each ``key_interval`` pictures, so each
    n-th of them is a thumbnail of exactly its moment.
    """
    apart = 1 / rate if looks_at_all(seconds) else key_interval(rate) / rate
    least = max(Fraction(1), Fraction(seconds).limit_denominator(1000) / MOST_THUMBS)
    every = max(1, round(least / apart) if looks_at_all(seconds) else math.ceil(least / apart))
    step = every * apart
    count = max(1, math.ceil(seconds / step - Fraction(1, 100)))
    columns = min(_ACROSS, count)
    larger = max(width, height)
    return Sheets(
        width=max(2, width * THUMB_SIDE // larger // 2 * 2),
        height=max(2, height * THUMB_SIDE // larger // 2 * 2),
        columns=columns,
        rows=min(_ACROSS, math.ceil(count / columns)),
        every=every,
        step=step,
        count=count,
    )


def sheet_name(number: int) -> str:
    """The file name of the n-th sheet, counted from 1."""
    return "thumbs.jpg" if number == 1 else f"thumbs-{number}.jpg"


def thumbs_vtt(sheets: Sheets, seconds: float, made: int) -> str:
    """WebVTT that names, for each stretch of time, a piece of one of the ``made`` sheets."""
    lines = ["WEBVTT", ""]
    for number in range(min(sheets.count, made * sheets.per_sheet)):
        sheet, place = divmod(number, sheets.per_sheet)
        row, column = divmod(place, sheets.columns)
        x, y = column * sheets.width, row * sheets.height
        end = seconds if number == sheets.count - 1 else float((number + 1) * sheets.step)
        lines += [
            f"{_stamp(float(number * sheets.step))} --> {_stamp(max(end, 0.001))}",
            f"{sheet_name(sheet + 1)}#xywh={x},{y},{sheets.width},{sheets.height}",
            "",
        ]
    return "\n".join(lines)


def _stamp(seconds: float) -> str:
    whole, thousandth = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}.{thousandth:03}"


def poster_choices(stills: list[Still]) -> list[Still]:
    """The poster first, then up to six others to choose from, in order of time.

    A picture that looks like one already there (a slide that stands for minutes) is no choice.
    """
    best = best_still(stills)
    if best is None:
        return []
    chosen = [best]
    for still in stills:
        if still.visible and not any(still.looks_like(other) for other in chosen):
            chosen.append(still)
    return chosen[: CHOICES + 1]


def peak_step(seconds: float) -> float:
    """Seconds that one point of the waveform stands for: a tenth, more when it gets long."""
    return max(0.1, math.ceil(seconds / MOST_PEAKS * 10) / 10)


def waveform_json(step: float, levels: Iterable[float]) -> str:
    """The waveform for the player, from peak levels in dBFS: whole numbers 0 to 100."""
    peaks = [min(100, round(100 * 10 ** (level / 20))) for level in levels]
    return json.dumps({"step_seconds": step, "peaks": peaks}, separators=(",", ":"))
