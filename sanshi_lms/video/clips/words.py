"""The words of a clip: captions cut to its stretch and to lines that fit, as a file for libass.

No word of a person is ever part of a filter: all stand in this file, where nothing that they
contain can be read as a command.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from sanshi_lms.video.captions import CueText
from sanshi_lms.video.clips.layout import LINE_STEP, Layout, Zone
from sanshi_lms.video.studio.captions import break_text

LEAST_SHOWN = 0.05  # seconds; what is shorter nobody sees
# What libass reads as the beginning of a command, as the sign of the same look that it does not.
_HARMLESS = str.maketrans({"\\": "＼", "{": "｛", "}": "｝"})
_ALIGN = {"top": 8, "middle": 5, "bottom": 2}
_FORMAT = (
    "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, "
    "Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, "
    "Alignment, MarginL, MarginR, MarginV, Encoding"
)
_WHITE, _DARK = "&H00FBFEFF", "&H003A3606"  # of the house: card on river-900, as blue-green-red


@dataclass(frozen=True)
class Screen:
    """Lines that stand there together, from `start` to `end` (seconds of the clip)."""

    start: float
    end: float
    lines: tuple[str, ...]


def screens(cues: Sequence[CueText], start: float, end: float, zone: Zone) -> list[Screen]:
    """The captions of a stretch, in the clip's own time, as much at once as `zone` has room for.

    What does not fit follows within the time of its cue; of two that overlap the later one takes
    over, and what begins together stands together.
    """
    inside = [c for c in cues if c.end > start + LEAST_SHOWN and c.start < end - LEAST_SHOWN]
    inside.sort(key=lambda cue: (cue.start, cue.end))
    together = [_together(list(group)) for _, group in groupby(inside, key=lambda cue: cue.start)]
    apart = [
        replace(cue, end=min(cue.end, after.start)) for cue, after in pairwise(together)
    ] + together[-1:]
    shown = [
        replace(cue, start=max(cue.start, start) - start, end=min(cue.end, end) - start)
        for cue in apart
        if cue.end > start
    ]
    return [screen for cue in shown for screen in _screens_of(cue, zone)]


def _together(cues: list[CueText]) -> CueText:
    return CueText(cues[0].start, cues[-1].end, "\n".join(cue.text for cue in cues))


def _screens_of(cue: CueText, zone: Zone) -> Iterator[Screen]:
    lines = lines_of(cue.text, zone)
    parts = [tuple(lines[at : at + zone.rows]) for at in range(0, len(lines), zone.rows)]
    total, seen = sum(map(len, lines)) or 1, 0
    for part in parts:
        begin = cue.start + (cue.end - cue.start) * seen / total
        seen += sum(map(len, part))
        yield Screen(begin, cue.start + (cue.end - cue.start) * seen / total, part)


def lines_of(text: str, zone: Zone) -> list[str]:
    """A text in lines that fit into `zone`; blanks at their ends are left out."""
    found = [line for one in text.splitlines() for line in break_text(one.strip(), zone.signs)]
    return [line.strip() for line in found if line.strip()]


def words_file(
    layout: Layout, family: str, seconds: float, title: str, shown: Iterable[Screen]
) -> str:
    """The file that draws `title` over the whole time and each screen in its own."""
    styles, events = list[str](), list[str]()
    if layout.title is not None and title:
        styles.append(_style("Title", family, layout.title))
        lines = lines_of(title, layout.title)[: layout.title.rows]
        events.append(_event("Title", layout.title, Screen(0, seconds, tuple(lines))))
    styles.append(_style("Words", family, layout.words))
    events += [_event("Words", layout.words, screen) for screen in shown]
    return "\n".join(
        [
            "[Script Info]",
            "ScriptType: v4.00+",
            f"PlayResX: {layout.width}",
            f"PlayResY: {layout.height}",
            "WrapStyle: 2",
            "ScaledBorderAndShadow: yes",
            "YCbCr Matrix: TV.709",
            "",
            "[V4+ Styles]",
            f"Format: {_FORMAT}",
            *styles,
            "",
            "[Events]",
            "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
            *events,
            "",
        ]
    )


def _style(name: str, family: str, zone: Zone) -> str:
    # libass measures a font by its line: ascent and descent together.
    size, edge = zone.size * LINE_STEP, max(2, zone.size // 11)
    return (
        f"Style: {name},{family},{size:.2f},{_WHITE},{_WHITE},{_DARK},{_DARK},-1,0,0,0,"
        f"100,100,0,0,1,{edge},0,{_ALIGN[zone.align]},0,0,0,1"
    )


def _event(style: str, zone: Zone, screen: Screen) -> str:
    box = zone.box
    y = {"top": box.y, "middle": box.y + box.height // 2, "bottom": box.bottom}[zone.align]
    text = r"\N".join(line.translate(_HARMLESS) for line in screen.lines)
    place = rf"{{\pos({box.x + box.width // 2},{y})}}"
    return f"Dialogue: 0,{_stamp(screen.start)},{_stamp(screen.end)},{style},,0,0,0,,{place}{text}"


def _stamp(seconds: float) -> str:
    hundredths = round(max(seconds, 0.0) * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"
