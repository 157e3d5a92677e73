"""Facets: what a result can be narrowed by, with true counts, and the dates it can be sorted by.

A label is "dimension=value". What an engine keeps of a document beside its terms is one line of
facts: the day it was published, its minutes, its labels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sanshi_lms.core.clock import local
from sanshi_lms.core.registers import Document

DIMENSIONS = {
    "kind": "类型",
    "audience": "适合谁",
    "topic": "专项工作",
    "series": "系列",
    "length": "时长",
    "district": "区县",
    "year": "年份",
}
"""What can be narrowed by, in the order of the page."""

LENGTHS = {"short": (0, 5), "middle": (5, 15), "long": (15, 10_000)}
LENGTH_WORDS = {"short": "5 分钟以内", "middle": "5–15 分钟", "long": "15 分钟以上"}
SORTS = {"": "最相关", "newest": "最新", "shortest": "时间短的在前"}
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NO_MINUTES = 100_000
_BETWEEN = "\x1f"

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What is known of a document beside its text: days since 2000 (0: unknown), minutes."""

    day: int
    minutes: int
    labels: Labels


def labels_of(document: Document) -> Labels:
    """Return the labels of a document."""
    minutes = document.minutes
    length = [n for n, (low, high) in LENGTHS.items() if minutes and low < minutes <= high]
    values: dict[str, Iterable[str]] = {
        "kind": [document.kind],
        "audience": document.audience,
        "topic": [document.topic],
        "series": [document.series],
        "length": length,
        "district": document.districts,
        "year": [str(local(document.at).year)] if document.at else [],
    }
    return tuple(f"{name}={one}" for name, found in values.items() for one in found if one)


def facts_of(document: Document) -> Facts:
    """Return the facts of a document."""
    day = (document.at - _EPOCH).days if document.at else 0
    return Facts(max(0, day), document.minutes or _NO_MINUTES, labels_of(document))


def facts_text(document: Document) -> str:
    """Return the facts of a document as a line that `read_facts` understands."""
    facts = facts_of(document)
    clean = (label.replace(_BETWEEN, " ") for label in facts.labels)
    return _BETWEEN.join([str(facts.day), str(facts.minutes), *clean])


def read_facts(line: str, same: dict[str, str]) -> Facts:
    """Return the facts of a line; equal labels become one string, kept in `same`."""
    day, minutes, *labels = line.split(_BETWEEN)
    return Facts(int(day), int(minutes), tuple(same.setdefault(one, one) for one in labels))


def day_of(moment: datetime) -> int:
    """Return the day of a moment as facts count days."""
    return (moment - _EPOCH).days


def wanted_labels(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the label to look for in each dimension that is narrowed."""
    return {name: f"{name}={value}" for name, value in chosen.items() if value}


def tally(rows: Sequence[Labels], wanted: Mapping[str, str]) -> Counter[str]:
    """Count labels as a person would see them: each dimension narrowed by all the others."""
    counts: Counter[str] = Counter()
    if not wanted:
        for labels in rows:
            counts.update(labels)
        return counts
    for labels in rows:
        lacking = [name for name, label in wanted.items() if label not in labels]
        if not lacking:
            counts.update(labels)
        elif len(lacking) == 1:
            counts.update(one for one in labels if one.startswith(f"{lacking[0]}="))
    return counts


def order_key(sort: str, facts: Facts) -> float:
    """Return what a document is sorted by, the greatest first, when not by relevance."""
    return float(facts.day) if sort == "newest" else -float(facts.minutes)


def tally_groups(groups: Iterable[tuple[Labels, int]], wanted: Mapping[str, str]) -> Counter[str]:
    """Do as `tally` for documents that were counted by their labels."""
    counts: Counter[str] = Counter()
    for labels, count in groups:
        shown = tally([labels], wanted)
        counts.update(dict.fromkeys(shown, count))
    return counts


def lacking(labels: Labels, wanted: Mapping[str, str]) -> int:
    """Return how many of the wanted labels a document has not."""
    return sum(label not in labels for label in wanted.values())
