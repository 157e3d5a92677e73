"""Who fits a need: a proposal with its reasons in words. The cadre decides.

The weights are rows that an administrator edits; those below are what they begin with.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_COUNTED = 4
"""More closed needs or cases of a kind than this speak no louder: the new ones get a turn."""


@dataclass(frozen=True)
class Weight:
    """What one thing counts: its name, what it is called, what it begins with."""

    name: str
    label: str
    begins: float


WEIGHTS: Mapping[str, Weight] = {
    one.name: one
    for one in (
        Weight("asked", "社区点名要的服务", 6.0),
        Weight("skill", "擅长这一类事", 4.0),
        Weight("district", "服务这个区县", 3.0),
        Weight("service", "服务清单里有对得上的服务", 2.0),
        Weight("closed", "办结过的同类需求，每件", 0.5),
        Weight("case", "写成的同类案例，每个", 0.5),
        Weight("load", "手上在办的，每件减去", 1.0),
        Weight("full", "已经接满，减去", 5.0),
    )
}
BEGIN_WEIGHTS: Mapping[str, float] = {one.name: one.begins for one in WEIGHTS.values()}


@dataclass(frozen=True)
class Candidate:
    """What matching knows of a 三师 and a need: counts of their open and closed needs and cases.

    `services` are the titles of what they offer that fits; `asked_for` tells that one of them was
    asked for by name; `most_open` is how many needs at a time they said they can carry.
    """

    person_id: int
    same_district: bool
    helps_with_kind: bool
    open_needs: int
    closed_of_kind: int
    confirmed_of_kind: int = 0
    cases_of_kind: int = 0
    services: tuple[str, ...] = ()
    asked_for: bool = False
    most_open: int = 4


@dataclass(frozen=True)
class Proposal:
    """A 三师 who may be asked, with reasons in words, and what speaks against."""

    person_id: int
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]


def propose(
    candidates: Iterable[Candidate],
    district: str,
    kind: str,
    most: int | None = None,
    weights: Mapping[str, float] = BEGIN_WEIGHTS,
) -> list[Proposal]:
    """Return whom to ask first. The order is a proposal: the cadre decides, and sees why.

    Load takes away, so that the ablest is not buried: with the weights that it begins with, three
    open needs outweigh one district.
    """
    ordered = sorted(candidates, key=lambda c: (-score(c, weights), c.open_needs, c.person_id))
    return [_proposal(c, district, kind) for c in ordered[:most]]


def score(c: Candidate, weights: Mapping[str, float]) -> float:
    """Return how well a candidate fits, by the weights."""
    w = {**BEGIN_WEIGHTS, **weights}
    fit = w["skill"] * c.helps_with_kind + w["district"] * c.same_district
    fit += w["asked"] * c.asked_for + w["service"] * bool(c.services)
    fit += w["closed"] * min(c.closed_of_kind, MOST_COUNTED)
    fit += w["case"] * min(c.cases_of_kind, MOST_COUNTED)
    return fit - w["load"] * c.open_needs - w["full"] * (c.open_needs >= c.most_open)


def _proposal(c: Candidate, district: str, kind: str) -> Proposal:
    reasons: list[str] = []
    doubts: list[str] = []
    (reasons if c.helps_with_kind else doubts).append(
        f"擅长{kind}" if c.helps_with_kind else f"没有填写擅长{kind}"
    )
    (reasons if c.same_district else doubts).append(
        f"服务{district}" if c.same_district else f"不在{district}服务"
    )
    reasons += [f"提供“{title}”" for title in c.services[:2]]
    if c.closed_of_kind:
        told = f"办结过 {c.closed_of_kind} 件同类需求"
        reasons.append(f"{told}，{c.confirmed_of_kind} 件得到确认" if c.confirmed_of_kind else told)
    if c.cases_of_kind:
        reasons.append(f"有 {c.cases_of_kind} 个同类案例")
    if c.open_needs == 0:
        reasons.append("手上没有在办的需求")
    elif c.open_needs >= c.most_open:
        doubts.append(f"手上有 {c.open_needs} 件在办，本人说最多接 {c.most_open} 件")
    else:
        reasons.append(f"手上有 {c.open_needs} 件在办")
    return Proposal(c.person_id, tuple(reasons), tuple(doubts))
