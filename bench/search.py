"""Search: 200 queries of ten kinds over 1,000 and 10,000 lessons of lecture length.

Each query is timed whole: plan, ranking, and the ten documents of the first page. Every query runs
once cold (its words were not asked before) and once warm; the promised figure is over both. The
yardstick is SQLite FTS5 on the same terms in the same minute, asked for ten rows and the total: a
ratio, and CPU time, say more than the clock on a machine that others use too.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import ParamSpec

from bench import Figure, percentile, scratch
from bench.corpus import lessons, queries
from sanshi_lms.core.registers import Document
from sanshi_lms.search.analysis import document_terms, squeeze
from sanshi_lms.search.engine import Key, Question, SearchEngine
from sanshi_lms.search.highlight import marked, snippet
from sanshi_lms.search.plan import plan
from sanshi_lms.search.ranker import MAX_TERMS
from sanshi_lms.search.whoosh_engine import WhooshEngine

P = ParamSpec("P")
MEGABYTE = 1024 * 1024
P95_MS = 80.0


def nothing(keys: Sequence[Key]) -> list[Document]:
    """No document changes while the index is built."""
    del keys
    return []


def run(quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for count in (1_000,) if quick else (1_000, 10_000):
        with scratch("search") as folder:
            figures += measure(folder, list(lessons(count)), count)
    return figures


def measure(folder: Path, documents: list[Document], count: int) -> list[Figure]:
    engine = WhooshEngine(folder / "index")
    started = time.process_time()
    engine.rebuild(documents, nothing)
    build = time.process_time() - started
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / MEGABYTE
    yardstick = build_yardstick(folder / "fts5.db", documents)
    asked = queries()
    ask_whoosh(engine, "热身")
    cpu = time.process_time()
    whoosh = [timed(ask_whoosh, engine, query) for _ in range(2) for _, query in asked]
    cpu = time.process_time() - cpu
    fts5 = [timed(ask_yardstick, yardstick, query) for _ in range(2) for _, query in asked]
    change = [timed(change_one, engine, documents[n]) for n in range(12)]
    yardstick.close()
    engine.close()
    name = f"at {count:,} lessons"
    return [
        Figure(f"p50 {name}", percentile(whoosh, 50), "ms"),
        Figure(f"p95 {name}", percentile(whoosh, 95), "ms", at_most=P95_MS),
        Figure(f"slowest query {name}", max(whoosh), "ms"),
        Figure(f"CPU a query {name}, mean", cpu * 1000 / len(whoosh), "ms"),
        Figure(f"p50 over SQLite FTS5 {name}", percentile(whoosh, 50) / percentile(fts5, 50), "×"),
        Figure(f"p95 over SQLite FTS5 {name}", percentile(whoosh, 95) / percentile(fts5, 95), "×"),
        Figure(f"a change indexed {name}, p95", percentile(change, 95), "ms", at_most=2000.0),
        Figure(f"index built {name}, CPU", build, "s"),
        Figure(f"index on disk {name}", size, "MB"),
    ]


def timed(work: Callable[P, object], *with_: P.args, **options: P.kwargs) -> float:
    """Milliseconds of the clock on the wall."""
    started = time.perf_counter()
    work(*with_, **options)
    return (time.perf_counter() - started) * 1000


def ask_whoosh(engine: SearchEngine, query: str) -> None:
    found = engine.search(Question(query))
    marks = plan(query).marks
    for hit in found.hits:
        marked(hit.document.title, marks)
        snippet((hit.document.body, hit.document.transcript, hit.document.headings), marks)


def change_one(engine: SearchEngine, document: Document) -> None:
    engine.update([document])
    engine.search(Question(document.title))


def build_yardstick(path: Path, documents: Iterable[Document]) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("CREATE VIRTUAL TABLE lessons USING fts5(title, headings, body, transcript)")
    rows = (
        tuple(spread(text) for text in (d.title, d.headings, d.body, d.transcript))
        for d in documents
    )
    connection.executemany("INSERT INTO lessons VALUES (?, ?, ?, ?)", rows)
    connection.execute("INSERT INTO lessons (lessons) VALUES ('optimize')")
    connection.commit()
    return connection


def spread(text: str) -> str:
    return " ".join(document_terms(squeeze(text)).elements())


def ask_yardstick(connection: sqlite3.Connection, query: str) -> None:
    needs = plan(query).needs[:MAX_TERMS]
    if not needs:
        return
    terms = [f'"{term}"{"*" if need.prefix else ""}' for need in needs for term in need.terms]
    for match in (" AND ".join(terms), " OR ".join(terms)):
        total = connection.execute(
            "SELECT count(*) FROM lessons WHERE lessons MATCH ?", [match]
        ).fetchone()[0]
        if total:
            break
    connection.execute(
        "SELECT title, body, transcript FROM lessons WHERE lessons MATCH ?"
        " ORDER BY bm25(lessons, 6, 2.5, 2, 1) LIMIT 10",
        [match],
    ).fetchall()
