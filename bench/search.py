"""Search: what people find, and how fast, on each engine: Whoosh, PostgreSQL.

Quality: recall@5 and NDCG@10 of the judged queries in tests/search/gold. Speed: 200 queries of ten
kinds over lessons of lecture length. Each is timed whole: plan, ranking, and the ten documents of
the first page, marked. Every query runs once cold (its words were not asked before) and once warm;
the promised figure is over both.

The yardsticks are SQLite FTS5 and tantivy on the same terms in the same minute, asked for ten rows
and the total: a ratio, and CPU time (ours and that of the database's process), say more than the
clock on a machine that others use too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec
from unittest.mock import patch

from sqlalchemy import create_engine, event

from bench import Figure, percentile, scratch
from bench.corpus import lessons, queries
from bench.postgres import running_postgres
from bench.yardsticks import Fts5, Tantivy, Yardstick
from sanshi_lms.core.registers import Document
from sanshi_lms.search import weighing
from sanshi_lms.search.analysis import document_terms
from sanshi_lms.search.engine import Key, Question, SearchEngine
from sanshi_lms.search.highlight import marked, snippet
from sanshi_lms.search.pg_engine import PostgresEngine
from sanshi_lms.search.plan import plan
from sanshi_lms.search.whoosh_engine import WhooshEngine
from tests.search.gold import documents as judged_documents
from tests.search.gold import measure as measure_quality

P = ParamSpec("P")
MEGABYTE = 1024 * 1024
SMALL, MIDDLE, LARGE = 1_000, 10_000, 100_000
P95_MS = 50.0
AIMS = {("Whoosh", MIDDLE), ("PostgreSQL", LARGE)}
CHANGE_MS = 2000.0
ROUNDS = 2
Cpu = Callable[[], float]
"""Milliseconds that the processor has spent on an engine so far."""


def nothing(keys: Sequence[Key]) -> list[Document]:
    """No document changes while the index is built."""
    del keys
    return []


def run(quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    with scratch("search") as folder:
        figures += quality("Whoosh", WhooshEngine(folder / "gold"))
    with postgres() as found:
        figures += quality("PostgreSQL", found[0]) if found else []
    for count in (SMALL,) if quick else (SMALL, MIDDLE, LARGE):
        figures += speeds(count)
    return figures


def quality(name: str, engine: WhooshEngine | PostgresEngine) -> list[Figure]:
    engine.rebuild(judged_documents().values(), nothing)
    found = measure_quality(engine)
    engine.close()
    return [
        Figure(f"recall@5 on {name}", found.recall, "", at_least=0.95),
        Figure(f"NDCG@10 on {name}", found.ndcg, ""),
    ]


def speeds(count: int) -> list[Figure]:
    """Measure all engines over `count` lessons; each text is cut into terms once for all."""
    figures: list[Figure] = []
    cut = lru_cache(maxsize=64)(document_terms)
    with (
        scratch("search") as folder,
        postgres() as found,
        patch.object(weighing, "document_terms", cut),
    ):
        sticks: dict[str, Yardstick] = {
            "SQLite FTS5": Fts5(folder / "fts5.db", cut),
            "tantivy": Tantivy(folder / "tantivy", cut),
        }
        source: Iterable[Document] = fed(lessons(count), list(sticks.values()))
        if found:
            engine, cpu = found
            built = build(f"PostgreSQL at {count:,} lessons", engine, source, cpu)
            source = lessons(count)
            figures += measured("PostgreSQL", count, engine, cpu, sticks) + built
        if count < LARGE or not found:
            whoosh = WhooshEngine(folder / "index")
            built = build(f"Whoosh at {count:,} lessons", whoosh, source, own_cpu)
            figures += measured("Whoosh", count, whoosh, own_cpu, sticks) + built
            size = sum(f.stat().st_size for f in (folder / "index").rglob("*") if f.is_file())
            figures.append(Figure(f"Whoosh on disk at {count:,} lessons", size / MEGABYTE, "MB"))
            whoosh.close()
    return figures


def fed(documents: Iterable[Document], sticks: Sequence[Yardstick]) -> Iterator[Document]:
    """Yield the documents and give each to the yardsticks too, after the engine had it."""
    for document in documents:
        yield document
        for stick in sticks:
            stick.add(document)
    for stick in sticks:
        stick.finish()


def build(name: str, engine: SearchEngine, documents: Iterable[Document], cpu: Cpu) -> list[Figure]:
    before, started = cpu(), time.perf_counter()
    engine.rebuild(documents, nothing)
    return [
        Figure(f"built: {name}, CPU", (cpu() - before) / 1000, "s"),
        Figure(f"built: {name}", time.perf_counter() - started, "s"),
    ]


def measured(
    engine_name: str,
    count: int,
    engine: SearchEngine,
    cpu: Cpu,
    sticks: dict[str, Yardstick],
) -> list[Figure]:
    asked = [query for _, query in queries()]
    ask(engine, "热身")
    spent: list[float] = []
    taken: list[float] = []
    beside: dict[str, list[float]] = {name: [] for name in sticks}
    for query in asked * ROUNDS:
        before = cpu()
        taken.append(timed(ask, engine, query))
        spent.append(cpu() - before)
        for name, stick in sticks.items():
            beside[name].append(timed(stick.ask, query))
    changed = list(lessons(12))
    change = [timed(change_one, engine, document) for document in changed]
    name = f"{engine_name} at {count:,} lessons"
    aim = P95_MS if (engine_name, count) in AIMS else None
    figures = [
        Figure(f"p50 {name}", percentile(taken, 50), "ms"),
        Figure(f"p95 {name}", percentile(taken, 95), "ms", at_most=aim),
        Figure(f"slowest query {name}", max(taken), "ms"),
        Figure(f"CPU of a query {name}, p50", percentile(spent, 50), "ms"),
        Figure(f"CPU of a query {name}, p95", percentile(spent, 95), "ms"),
        Figure(f"a change {name}, p95", percentile(change, 95), "ms", at_most=CHANGE_MS),
    ]
    for other, times in beside.items():
        for part in (50, 95):
            ratio = percentile(taken, part) / percentile(times, part)
            figures.append(Figure(f"p{part} {name} over {other}", ratio, "×"))
    return figures


def timed(work: Callable[P, object], *with_: P.args, **options: P.kwargs) -> float:
    """Milliseconds of the clock on the wall."""
    started = time.perf_counter()
    work(*with_, **options)
    return (time.perf_counter() - started) * 1000


def ask(engine: SearchEngine, query: str) -> None:
    found = engine.search(Question(query))
    marks = plan(query).marks
    for hit in found.hits:
        marked(hit.document.title, marks)
        snippet((hit.document.body, hit.document.transcript, hit.document.headings), marks)


def change_one(engine: SearchEngine, document: Document) -> None:
    engine.update([document])
    engine.search(Question(document.title))


def own_cpu() -> float:
    return time.process_time() * 1000


@contextmanager
def postgres() -> Iterator[tuple[PostgresEngine, Cpu] | None]:
    """An engine on a server of its own, None where PostgreSQL is not installed.

    The processes that serve our connections are kept, so that what they spend can be told.
    """
    with running_postgres() as url:
        if url is None:
            yield None
            return
        pool = create_engine(url, pool_size=4, max_overflow=0, pool_use_lifo=True)
        backends: list[Path] = []

        @event.listens_for(pool, "connect")
        def remember(connection: Any, _: object) -> None:
            backends.append(Path(f"/proc/{connection.info.backend_pid}/schedstat"))

        def cpu() -> float:
            return own_cpu() + sum(int(one.read_text().split()[0]) for one in backends) / 1e6

        yield PostgresEngine(lambda: pool), cpu
        pool.dispose()
