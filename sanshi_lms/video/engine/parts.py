"""Cuts the making of a video into parts that different workers can do, and resume. Pure.

A lecture becomes chunks of 24 seconds, each a whole number of segments, so that what independent
workers write joins by playlist text alone. A first part makes eight seconds of the smallest
picture with sound (or copies the whole picture), so that the video plays while the rest is made.
"""

from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.plan import SOUND_NAME, Plan
from sanshi_lms.video.engine.rules import Rung

FIRST_SEGMENTS = 2
CHUNK_SEGMENTS = 6
# Shorter than this (seconds), one process is cheaper than chunks, and little is lost when it dies.
CHUNKED_FROM = 300.0
EARLY_FROM = 12.0
_MARGIN = 0.2  # seconds decoded before a chunk, besides the time since the last picture
_SOUND_WEIGHT = 0.04  # of a second of 1080p ladder


@dataclass(frozen=True)
class Part:
    """One step. `rungs` are the pictures it encodes; `copies` takes the source's own as largest.

    Each picture is scaled from the next larger of `through` (none: of `rungs`).

    Pictures run from frame `first` for `frames` (0: to the end); the `lead` frames before them are
    decoded and dropped: what is seen at the first may have begun earlier. `sound` is "", "head" (of
    the first segments) or "all". What `grows` may be shown while it is being made.
    """

    name: str
    rungs: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    copies: bool = False
    first: int = 0
    frames: int = 0
    lead: int = 0
    sound: str = ""
    grows: bool = False
    weight: float = 1.0

    @property
    def is_first(self) -> bool:
        """Whether the video can be watched from this part on."""
        return self.name in ("early", "copy")

    def to_json(self) -> dict[str, Any]:
        """Everything that another worker needs."""
        return asdict(self)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Part":
        """Read what `to_json` gave. Raises TypeError on another shape."""
        rungs, through = tuple(found["rungs"]), tuple(found.get("through", ()))
        return cls(**{**found, "rungs": rungs, "through": through})


def is_chunked(facts: SourceFacts) -> bool:
    """Whether this source is worth chunks, and seeking finds exactly the picture of any moment.

    MPEG-TS, WMV, AVI, FLV have no trustworthy index or time stamps, edit lists move time, and a
    file whose seeking was seen to fail is read from its beginning only.
    """
    picture = facts.picture
    known = facts.container.startswith(("mov", "matroska"))
    return picture is not None and picture.seekable and known and facts.seconds > CHUNKED_FROM


def parts_of_plan(plan: Plan) -> list[Part]:
    """The parts in the order in which one worker does them; after all of them comes the end."""
    if plan.facts.picture is None:
        return [Part("sound", sound="all", grows=True, weight=plan.facts.seconds * _SOUND_WEIGHT)]
    names = tuple(rung.name for rung in plan.encoded)
    sound = "all" if plan.has_sound else ""
    if plan.copies_top and not names:
        return [Part("copy", copies=True, sound=sound, grows=True)]
    first = _first_part(plan)
    if plan.chunked:
        return [*first, *_sound_part(plan), *_chunks(plan, names, first)]
    weight = _weight(plan, names, plan.facts.seconds)
    return [*first, Part("whole", names, sound=sound, grows=True, weight=weight)]


def parts_of_one(plan: Plan, name: str) -> list[Part]:
    """The parts that make one rendition anew, or the sound: the same bytes as the whole would."""
    found = (_only(plan, part, name) for part in parts_of_plan(plan))
    parts = [part for part in found if part is not None]
    lasting = [part for part in parts if not part.is_first or part.copies]
    return parts if plan.chunked else lasting or parts


def _only(plan: Plan, part: Part, name: str) -> Part | None:
    """What of a part is needed for one rendition; None when nothing is."""
    if name == SOUND_NAME:
        return replace(part, rungs=(), copies=False) if part.sound == "all" else None
    if part.copies and plan.rungs[0].name == name:
        return replace(part, sound="")
    if name not in part.rungs:
        return None
    through = part.rungs[: part.rungs.index(name) + 1]
    weight = _weight(plan, (name,), float(part.frames / plan.rate) or plan.facts.seconds)
    return replace(part, rungs=(name,), through=through, copies=False, sound="", weight=weight)


def _first_part(plan: Plan) -> list[Part]:
    head = "head" if plan.has_sound else ""
    if plan.copies_top:
        weight = 0.5 + plan.facts.seconds * 0.005
        return [Part("copy", copies=True, sound=head, grows=True, weight=weight)]
    if plan.facts.seconds <= EARLY_FROM:
        return []
    frames = FIRST_SEGMENTS * plan.group
    name = (plan.encoded[-1].name,)
    weight = _weight(plan, name, float(frames / plan.rate))
    return [Part("early", name, frames=frames, sound=head, weight=weight)]


def _sound_part(plan: Plan) -> list[Part]:
    if not plan.has_sound:
        return []
    return [Part("sound", sound="all", grows=True, weight=plan.facts.seconds * _SOUND_WEIGHT)]


def _chunks(plan: Plan, names: tuple[str, ...], first: list[Part]) -> list[Part]:
    early = next((part for part in first if part.name == "early"), None)
    made, at, number = [], 0, 0
    while at < plan.total_frames:
        segments = CHUNK_SEGMENTS if at else FIRST_SEGMENTS
        frames = min(segments * plan.group, plan.total_frames - at)
        if plan.total_frames - at - frames < plan.group // 2:
            frames = plan.total_frames - at  # no chunk of a few pictures at the end
        rungs = tuple(n for n in names if at or early is None or n not in early.rungs)
        if rungs:
            weight = _weight(plan, rungs, float(frames / plan.rate))
            lead = lead_frames(plan, at)
            made.append(
                Part(f"c{number:04}", rungs, first=at, frames=frames, lead=lead, weight=weight)
            )
        at, number = at + frames, number + 1
    return made


def lead_frames(plan: Plan, first: int) -> int:
    """How many frames before `first` the decoder begins: a resting screen's picture is older."""
    picture = plan.facts.picture
    if picture is None or first == 0:
        return 0
    moment = plan.facts.start + float(first / plan.rate)
    rest = next((a for a, b in picture.rests if a < moment <= b + _MARGIN), None)
    seconds = _MARGIN + (moment - rest if rest is not None else min(picture.gap, 1.0))
    return min(first, -(-int(seconds * plan.rate.numerator) // plan.rate.denominator) + 1)


def most_bytes(plan: Plan, part: Part) -> int:
    """What a part can write at most, when every second were as busy as allowed."""
    seconds = float(part.frames / plan.rate) if part.frames else plan.facts.seconds
    rates = sum(rung.max_rate for rung in plan.rungs if rung.name in part.rungs)
    copied = plan.facts.picture.size if part.copies and plan.facts.picture else 0
    return round(seconds * (rates + 128_000) / 8) + copied


def _weight(plan: Plan, names: tuple[str, ...], seconds: float) -> float:
    """Work relative to a second of three renditions from 1080p."""
    pixels = sum(_pixels(rung) for rung in plan.rungs if rung.name in names)
    return max(0.01, seconds * (0.2 + 0.8 * float(Fraction(pixels, 3_200_000))))


def _pixels(rung: Rung) -> int:
    return rung.width * rung.height
