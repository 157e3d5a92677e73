"""The tables of the index in PostgreSQL: made, filled and dropped by the engine itself.

They are a copy that can be thrown away like the folder of Whoosh, so they stand in a schema of
their own, beside migrations and backups. A generation is a set of tables with its number in their
names; `state` names the one that answers. What is ranked is narrow and apart from the texts:
PostgreSQL reads a hundred documents from one page.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor, sql

from sanshi_lms.core.registers import Document
from sanshi_lms.search.analysis import squeeze
from sanshi_lms.search.engine import IndexDamagedError, Key
from sanshi_lms.search.facets import facts_of
from sanshi_lms.search.pg_terms import bounded, packed, vector
from sanshi_lms.search.ranking import ranking
from sanshi_lms.search.weighing import weights

SCHEMA = "sanshi_search"
FORMAT = 1
"""Raise it when terms, weights or tables are made differently: the index is then built again."""
BETWEEN = "\x1f"
PARTS = ("documents", "weights", "texts", "terms", "combinations")
Rows = Cursor[tuple[Any, ...]]

_SCHEMA = """
CREATE SCHEMA IF NOT EXISTS sanshi_search;
CREATE TABLE IF NOT EXISTS sanshi_search.state (
  one boolean PRIMARY KEY DEFAULT true CHECK (one), format int NOT NULL, generation int NOT NULL,
  building int, mark bigint NOT NULL, last_id int NOT NULL, documents int NOT NULL);
CREATE TABLE IF NOT EXISTS sanshi_search.changed (
  kind text, ref bigint, PRIMARY KEY (kind, ref));
"""
_TABLES = """
CREATE TABLE {documents} (id int, kind text NOT NULL, ref bigint NOT NULL, combination int NOT NULL,
  day int NOT NULL, minutes int NOT NULL, terms tsvector NOT NULL) WITH (toast_tuple_target = 128);
ALTER TABLE {documents} ALTER terms SET STORAGE EXTERNAL, ALTER terms SET STATISTICS 0;
CREATE TABLE {weights} (id int, packed bytea NOT NULL) WITH (toast_tuple_target = 8160);
ALTER TABLE {weights} ALTER packed SET STORAGE EXTERNAL;
CREATE TABLE {texts} (id int, title text NOT NULL, plain text NOT NULL, shown text NOT NULL)
  WITH (toast_tuple_target = 128);
ALTER TABLE {texts} ALTER plain SET STORAGE EXTERNAL;
CREATE TABLE {terms} (term text COLLATE "C", documents int NOT NULL);
CREATE TABLE {combinations} (id int, labels text NOT NULL);
"""
_INDEXES = """
ALTER TABLE {documents} ADD PRIMARY KEY (id), ADD UNIQUE (kind, ref);
ALTER TABLE {weights} ADD PRIMARY KEY (id);
ALTER TABLE {texts} ADD PRIMARY KEY (id);
ALTER TABLE {terms} ADD PRIMARY KEY (term);
ALTER TABLE {combinations} ADD PRIMARY KEY (id);
CREATE INDEX {found} ON {documents} USING gin (terms) WITH (fastupdate = off);
ANALYZE {documents}; ANALYZE {weights}; ANALYZE {texts}; ANALYZE {terms};
"""
_COUNT = """
INSERT INTO {terms} AS t SELECT * FROM unnest(%(terms)s::text[], %(changes)s::int[])
ON CONFLICT (term) DO UPDATE SET documents = t.documents + excluded.documents
"""


@dataclass(frozen=True)
class State:
    """Which generation answers, its commits counted by `mark`, its documents and last number."""

    generation: int
    building: int | None
    mark: int
    last_id: int
    documents: int


def names(generation: int) -> dict[str, sql.Composable]:
    """Return the tables of a generation by what they hold, and the name of its index."""
    found: dict[str, sql.Composable] = {
        part: sql.Identifier(SCHEMA, f"{part}_{generation}") for part in PARTS
    }
    return {**found, "found": sql.Identifier(f"documents_{generation}_terms")}


def index_name(generation: int) -> str:
    """Return the name of the index over the terms of a generation."""
    return f"{SCHEMA}.documents_{generation}_terms"


def read_state(row: Sequence[Any] | None) -> State:
    """Return the state of a row of `state`, its format first. Raises IndexDamagedError."""
    if row is None or row[0] != FORMAT:
        raise IndexDamagedError("the index is missing or was made by another version")
    return State(*row[1:])


def make_schema(cursor: Rows) -> None:
    """Make what holds for all generations, if it is missing."""
    cursor.execute(_SCHEMA)


def make_tables(cursor: Rows, generation: int) -> None:
    """Make the empty tables of a generation."""
    cursor.execute(sql.SQL(_TABLES).format(**names(generation)))


def make_indexes(cursor: Rows, generation: int) -> None:
    """Make the filled tables of a generation searchable."""
    cursor.execute("SET LOCAL maintenance_work_mem = '128MB'")
    cursor.execute(sql.SQL(_INDEXES).format(**names(generation)))


def numbers_of_generations(cursor: Rows) -> set[int]:
    """Return the numbers of all generations of which a table is there."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SCHEMA])
    ends = (name.rpartition("_")[2] for (name,) in cursor.fetchall())
    return {int(end) for end in ends if end.isdecimal()}


def drop_tables(cursor: Rows, generation: int) -> None:
    """Drop what there is of a generation."""
    for part in PARTS:
        table = names(generation)[part]
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))


class Writer:
    """Writes documents into the tables of a generation, numbered on from `last_id`."""

    def __init__(self, cursor: Rows, generation: int, last_id: int) -> None:
        self.cursor = cursor
        self.last_id = last_id
        self._names = names(generation)
        self._combinations: dict[str, int] = {}
        self._run("SELECT labels, id FROM {combinations}")
        self._combinations.update(dict(self.cursor.fetchall()))

    def add(self, documents: Iterable[Document]) -> Counter[str]:
        """Add documents; return in how many of them each term stands."""
        rows, weighed, texts, counted = [], [], [], Counter[str]()
        fresh = len(self._combinations)
        for document in documents:
            self.last_id += 1
            squeezed = [
                squeeze(clean(part))
                for part in (document.title, document.headings, document.body, document.transcript)
            ]
            factor = ranking().kinds.get(document.kind, 1.0)
            terms = bounded(weights(*squeezed, factor=factor))
            counted.update(terms.keys())
            facts = facts_of(document)
            labels = BETWEEN.join(clean(label).replace(BETWEEN, " ") for label in facts.labels)
            combination = self._combinations.setdefault(labels, len(self._combinations) + 1)
            rows.append(
                (self.last_id, document.kind, document.ref, combination, facts.day, facts.minutes,
                 vector(terms))
            )  # fmt: skip
            weighed.append((self.last_id, packed(terms)))
            texts.append((self.last_id, squeezed[0], "\n".join(squeezed), shown_text(document)))
        self._copy("COPY {documents} FROM STDIN", rows)
        self._copy("COPY {weights} FROM STDIN", weighed)
        self._copy("COPY {texts} FROM STDIN", texts)
        new = [(i, labels) for labels, i in self._combinations.items() if i > fresh]
        self._copy("COPY {combinations} FROM STDIN", new)
        return counted

    def replace(self, keys: Sequence[Key], documents: Iterable[Document]) -> int:
        """Drop `keys`, add `documents`, count terms anew; return by how many documents we grew."""
        last = self.last_id
        wanted = {"kinds": [kind for kind, _ in keys], "refs": [ref for _, ref in keys]}
        self._run(
            "SELECT id FROM {documents} JOIN unnest(%(kinds)s::text[], %(refs)s::bigint[])"
            " AS k (kind, ref) USING (kind, ref)",
            wanted,
        )
        old = {"old": [number for (number,) in self.cursor.fetchall()]}
        self._run(
            "SELECT lexeme, count(*) FROM {documents} d, unnest(d.terms)"
            " WHERE id = ANY(%(old)s) AND lexeme >= ' ' GROUP BY lexeme",
            old,
        )
        changes = Counter({term: -count for term, count in self.cursor.fetchall()})
        for drop in (
            "DELETE FROM {documents} WHERE id = ANY(%(old)s)",
            "DELETE FROM {weights} WHERE id = ANY(%(old)s)",
            "DELETE FROM {texts} WHERE id = ANY(%(old)s)",
        ):
            self._run(drop, old)
        changes.update(self.add(documents))
        # A document that changes a little touches few terms; in order, or pages are read twice.
        changed = sorted((term, n) for term, n in changes.items() if n)
        lists = {"terms": [term for term, _ in changed], "changes": [n for _, n in changed]}
        self._run(_COUNT, lists)
        return self.last_id - last - len(old["old"])

    def count_terms(self, counted: Counter[str]) -> None:
        """Write in how many documents each term stands."""
        self._copy("COPY {terms} FROM STDIN", counted.items())

    def _run(self, statement: str, values: dict[str, Any] | None = None) -> None:
        self.cursor.execute(sql.SQL(statement).format(**self._names), values)

    def _copy(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        with self.cursor.copy(sql.SQL(statement).format(**self._names)) as copy:
            for row in rows:
                copy.write_row(row)


def shown_text(document: Document) -> str:
    """Return a document as the text that `document_of` reads."""
    shown = {**vars(document), "at": document.at.isoformat() if document.at else None}
    return clean(json.dumps(shown, ensure_ascii=False))


def document_of(text: str) -> Document:
    """Return the document that `shown_text` wrote."""
    shown: dict[str, Any] = json.loads(text)
    lists = {name: tuple(value) for name, value in shown.items() if isinstance(value, list)}
    at = datetime.fromisoformat(shown["at"]) if shown["at"] else None
    return Document(**{**shown, **lists, "at": at})


def clean(text: str) -> str:
    """Return a text without what PostgreSQL cannot keep, its length unchanged."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
