"""ASS and SSA: "Dialogue:" lines with columns, of which three matter here. Pure."""

import re

from sanshi_lms.video.captions.rules import Draft, seconds_of

_COLUMNS = [
    "layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text",
]  # fmt: skip
_TIME = re.compile(r"(-?)([0-9]{1,3}):([0-9]{1,2}):([0-9]{1,2})(?:[.,:]([0-9]{1,3}))?")
_OVERRIDE = re.compile(r"\{([^{}]*)\}")
_DRAWING = re.compile(r"\\p([0-9]{1,2})(?![0-9])")
_WRONG = "时间看不懂，应写成“0:00:01.00,0:00:04.00”。"


def read(lines: list[str]) -> Draft:
    """Return what the dialogue lines say; comments, styles and drawings say nothing."""
    draft, columns, section = Draft(), _COLUMNS, ""
    for number, raw in enumerate(lines, start=1):
        line = raw.strip().lstrip("\ufeff")
        if line.startswith("[") and line.endswith("]"):
            section = line.lower()
        name, colon, rest = line.partition(":")
        if not colon:
            continue
        if name.lower() == "format" and section in {"[events]", ""}:
            columns = [column.strip().lower() for column in rest.split(",")]
        elif name.lower() == "dialogue":
            _take(draft, number, columns, rest)
    return draft


def _take(draft: Draft, number: int, columns: list[str], rest: str) -> None:
    cells = rest.split(",", len(columns) - 1)
    found = dict(zip(columns, cells, strict=False))
    if len(cells) < len(columns) or not {"start", "end", "text"} <= found.keys():
        missing = f"这一行只有 {len(cells)} 栏，应有 {len(columns)} 栏，请补全或删掉这一行。"
        draft.faults.append((number, missing))
        return
    start, end = (_TIME.fullmatch(found[name].strip()) for name in ("start", "end"))
    if start is None or end is None:
        draft.faults.append((number, _WRONG))
        return
    words = spoken(found["text"])
    first, last = _seconds(start), _seconds(end)
    if words.strip() and first != last:  # effects are often made of lines of no length
        draft.add(number, first, last, words)


def _seconds(match: re.Match[str]) -> float:
    sign, hours, minutes, seconds, fraction = match.groups()
    moment = seconds_of(hours, minutes, seconds, fraction)
    return -moment if sign and moment else moment


def spoken(text: str) -> str:
    """The words of a dialogue without its override tags and without what it draws."""
    kept: list[str] = []
    drawing = False
    for place, part in enumerate(_OVERRIDE.split(text)):
        if place % 2:
            for found in _DRAWING.finditer(part):
                drawing = int(found[1]) > 0
        elif not drawing:
            kept.append(part)
    return "".join(kept).replace(r"\N", "\n").replace(r"\n", "\n").replace(r"\h", " ")
