"""The gold set: documents, queries written from how people ask, and which documents answer them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2
from pathlib import Path

import yaml

from sanshi_lms.core.markdown import plain_text
from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import Hit, Question, SearchEngine
from sanshi_lms.search.meaning import likely_meant

HERE = Path(__file__).parent
COURSES = HERE.parents[2] / "content" / "courses"
DEPTH = 5
BEST, GOOD = 2.0, 1.0


@dataclass(frozen=True)
class Judged:
    """A query and the names of the documents that answer it, the best first."""

    query: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Quality:
    """Means over all queries: recall@5, NDCG@10, and the queries whose recall is not whole."""

    recall: float
    ndcg: float
    short: tuple[str, ...]


def documents() -> dict[str, Document]:
    """Return the collection by name; a course has its lessons' words, as on the site."""
    made: dict[str, Document] = {}
    for line in _lines("documents.txt"):
        name, kind, title, text, *spoken = (part.strip() for part in line.split("|"))
        words = spoken[0] if spoken else ""
        made[name] = Document(kind, len(made) + 1, title, f"/{name}", body=text, transcript=words)
    for folder in sorted(COURSES.iterdir()):
        facts = yaml.safe_load((folder / "course.yaml").read_text("utf-8"))
        body = f"{facts['summary']}\n{plain_text(facts.get('description', ''))}"
        made[folder.name] = Document(
            "course", len(made) + 1, facts["title"], f"/{folder.name}", body=body
        )
    return made


def judged() -> Iterator[Judged]:
    """Yield the queries with their answers."""
    for line in _lines("queries.txt"):
        query, _, names = line.partition("|")
        yield Judged(query.strip(), tuple(names.split()))


def measure(engine: SearchEngine) -> Quality:
    """Ask an engine that holds `documents()` all queries."""
    names = {one.ref: name for name, one in documents().items()}
    recalls, gains, short = [], [], []
    for one in judged():
        found = [names[hit.document.ref] for hit in _first_page(engine, one.query)]
        hit = set(found[:DEPTH]) & set(one.answers)
        recall = len(hit) / min(DEPTH, len(one.answers))  # five places hold five answers
        recalls.append(recall)
        gains.append(_ndcg(found, one.answers))
        if recall < 1:
            short.append(f"{one.query}: {' '.join(found[:DEPTH])}, not {' '.join(one.answers)}")
    return Quality(sum(recalls) / len(recalls), sum(gains) / len(gains), tuple(short))


def _first_page(engine: SearchEngine, query: str) -> Sequence[Hit]:
    """Return what the page shows: where nothing has all words, what was probably meant."""
    asked = Question(query)
    answer = engine.search(asked, limit=10)
    if answer.relaxed or not answer.counts:
        meant, better = likely_meant(engine, asked)
        answer = better if meant else answer
    return answer.hits


def _ndcg(found: list[str], answers: tuple[str, ...]) -> float:
    worth = {name: BEST if n == 0 else GOOD for n, name in enumerate(answers)}
    gained = sum(worth.get(name, 0.0) / log2(place + 2) for place, name in enumerate(found))
    best = sum(w / log2(place + 2) for place, w in enumerate(worth.values()))
    return gained / best


def _lines(name: str) -> list[str]:
    text = (HERE / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and line[0] != "#"]
