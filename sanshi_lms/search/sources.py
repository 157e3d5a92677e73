"""What the rooms give search to find, and the engine that holds it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice

from flask import current_app

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import Document, registers
from sanshi_lms.search.engine import Key, SearchEngine

BATCH = 50


def engine() -> SearchEngine:
    """Return the engine of the current application."""
    found: SearchEngine = current_app.extensions["search"]
    return found


def documents_of(keys: Iterable[Key]) -> list[Document]:
    """Return those of the documents that everybody may see now."""
    sources = registers().sources
    found: list[Document] = []
    for kind, group in groupby(sorted(set(keys)), key=lambda key: key[0]):
        if kind in sources:
            found += sources[kind].documents([ref for _, ref in group])
    return found


def all_documents(pause: Callable[[], None]) -> Iterator[Document]:
    """Yield every document, few at a time, calling `pause` after each handful.

    No read transaction stays open while the caller works on them.
    """
    for source in registers().sources.values():
        refs = iter(list(source.refs()))
        while batch := list(islice(refs, BATCH)):
            documents = list(source.documents(batch))
            db.session.rollback()
            yield from documents
            pause()


def visible(keys: Sequence[Key]) -> set[Key]:
    """Return those of `keys` that everybody may see at this moment, by the database."""
    sources = registers().sources
    return {
        (kind, ref)
        for kind in {kind for kind, _ in keys} & sources.keys()
        for ref in sources[kind].visible([ref for k, ref in keys if k == kind])
    }
