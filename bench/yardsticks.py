"""Yardsticks for search: SQLite FTS5 and tantivy on the terms that our engines index."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import tantivy

from sanshi_lms.core.registers import Document
from sanshi_lms.search.analysis import squeeze
from sanshi_lms.search.plan import Need, plan
from sanshi_lms.search.ranker import MAX_TERMS

FIELDS = ("title", "headings", "body", "transcript")
BOOSTS = (6.0, 2.5, 2.0, 1.0)
Cut = Callable[..., Counter[str]]
"""Cuts a squeezed text into terms."""


class Yardstick(Protocol):
    """An index to compare with: filled once, then asked for ten documents and the total."""

    def add(self, document: Document) -> None:
        """Take a document."""

    def finish(self) -> None:
        """Make what was added searchable."""

    def ask(self, query: str) -> int:
        """Read the best ten documents and return how many there are."""


class Fts5:
    """SQLite FTS5, ranked by bm25."""

    def __init__(self, path: Path, cut: Cut) -> None:
        self._cut = cut
        self._connection = sqlite3.connect(path)
        columns = ", ".join(FIELDS)
        self._connection.execute(f"CREATE VIRTUAL TABLE lessons USING fts5({columns})")

    def add(self, document: Document) -> None:
        """Take a document."""
        row = [" ".join(terms.elements()) for terms in cut_up(document, self._cut)]
        self._connection.execute("INSERT INTO lessons VALUES (?, ?, ?, ?)", row)

    def finish(self) -> None:
        """Make one segment of all."""
        self._connection.execute("INSERT INTO lessons (lessons) VALUES ('optimize')")
        self._connection.commit()

    def ask(self, query: str) -> int:
        """Read the best ten documents and return how many there are."""
        terms = [
            f'"{term}"{"*" if need.prefix else ""}' for need in asked(query) for term in need.terms
        ]
        total = 0
        for match in (" AND ".join(terms), " OR ".join(terms)) if terms else ():
            count = "SELECT count(*) FROM lessons WHERE lessons MATCH ?"
            total = self._connection.execute(count, [match]).fetchone()[0]
            if total:
                self._connection.execute(
                    "SELECT title, body, transcript FROM lessons WHERE lessons MATCH ?"
                    " ORDER BY bm25(lessons, 6, 2.5, 2, 1) LIMIT 10",
                    [match],
                ).fetchall()
                break
        return int(total)


class Tantivy:
    """Tantivy, ranked by its BM25 over the four fields."""

    def __init__(self, folder: Path, cut: Cut) -> None:
        self._cut = cut
        builder = tantivy.SchemaBuilder()
        for field in FIELDS:
            builder.add_text_field(
                field, stored=False, tokenizer_name="whitespace", index_option="freq"
            )
        builder.add_text_field("shown", stored=True, tokenizer_name="raw", index_option="basic")
        self._schema = builder.build()
        folder.mkdir()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer(heap_size=100_000_000, num_threads=1)

    def add(self, document: Document) -> None:
        """Take a document."""
        texts = [" ".join(terms.elements()) for terms in cut_up(document, self._cut)]
        self._writer.add_document(
            tantivy.Document(**dict(zip(FIELDS, texts, strict=True)), shown=document.title)
        )

    def finish(self) -> None:
        """Make what was added searchable."""
        self._writer.commit()
        self._writer.wait_merging_threads()
        self._index.reload()

    def ask(self, query: str) -> int:
        """Read the best ten documents and return how many there are."""
        needs = asked(query)
        searcher = self._index.searcher()
        total = 0
        for occur in (tantivy.Occur.Must, tantivy.Occur.Should) if needs else ():
            whole = [(occur, self._of(need)) for need in needs]
            found = searcher.search(tantivy.Query.boolean_query(whole), limit=10, count=True)
            total = int(found.count or 0)  # type: ignore[attr-defined]  # its stubs forgot it
            if total:
                for _, address in found.hits:
                    searcher.doc(address)
                break
        return total

    def _of(self, need: Need) -> tantivy.Query:
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, self._in_any_field(term, need.prefix)) for term in need.terms]
        )

    def _in_any_field(self, term: str, prefix: bool) -> tantivy.Query:
        query, occur = tantivy.Query, tantivy.Occur.Should
        parts = []
        for field, boost in zip(FIELDS, BOOSTS, strict=True):
            found = query.term_query(self._schema, field, term, "freq")
            parts.append((occur, query.boost_query(found, boost)))
            if prefix:
                longer = query.regex_query(self._schema, field, f"{term}.+")
                parts.append((occur, longer))
        return query.boolean_query(parts)


def asked(query: str) -> list[Need]:
    """Return what an engine of ours looks for."""
    return list(plan(query).needs[:MAX_TERMS])


def cut_up(document: Document, cut: Cut) -> list[Counter[str]]:
    """Return the terms of the four sections, as our engines cut them."""
    return [
        cut(squeeze(document.title), single=True),
        cut(squeeze(document.headings), single=True),
        cut(squeeze(document.body)),
        cut(squeeze(document.transcript)),
    ]
