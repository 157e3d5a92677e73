"""What Whoosh stores of a document, and how much a term weighs in it.

One field holds all terms, each with its weight made ready at indexing time: a hit in the title
counts most, then headings, body, transcript; repetition counts less and less. So a search adds up
numbers and looks nothing else up, which is what makes Whoosh fast enough (see bench/search.py).
There are no positions: a quoted phrase is checked on the text itself, which is exact.
"""

from collections.abc import Iterator
from typing import Any

from whoosh import columns, fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter
from whoosh.filedb.structfile import StructFile

from sanshi_lms.core.registers import Document
from sanshi_lms.search.analysis import squeeze
from sanshi_lms.search.facets import facts_text
from sanshi_lms.search.ranking import ranking
from sanshi_lms.search.weighing import weights

POSTINGS_PER_BLOCK = 1024


class Weighted(fields.FieldType):  # type: ignore[misc]  # whoosh has no types
    """A field whose value is a mapping of term to weight."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)

    def index(self, value: dict[str, float], **options: object) -> Iterator[tuple[Any, ...]]:
        """Yield (term, frequency, weight, payload) as Whoosh wants them."""
        del options
        for term, weight in value.items():
            yield term.encode(), 1, weight, b""


class PostingsWriter(W3PostingsWriter):  # type: ignore[misc]  # whoosh has no types
    """Whoosh's writer of posting lists without its checks of each posting's types."""

    _maxweight: float

    def add_posting(
        self, id_: int, weight: float, vbytes: bytes, length: int | None = None
    ) -> None:
        """Add a document and its weight to the list of the present term."""
        del vbytes, length
        if len(self._ids) >= self._blocklimit:
            self._write_block()
        self._ids.append(id_)
        self._weights.append(weight)
        if weight > self._maxweight:
            self._maxweight = weight


class Codec(W3Codec):  # type: ignore[misc]  # whoosh has no types
    """Whoosh's own format, written faster, in blocks that suit reading whole lists.

    Without `length_stats` our weights are all there is of lengths; with it Whoosh would ask the
    file system for a length file that is not there at every posting.
    """

    length_stats = False

    def __init__(self) -> None:
        super().__init__(blocklimit=POSTINGS_PER_BLOCK)

    def postings_writer(self, dbfile: StructFile, byteids: bool = False) -> PostingsWriter:
        """Return a writer of posting lists."""
        return PostingsWriter(dbfile, blocklimit=POSTINGS_PER_BLOCK, byteids=byteids)


def schema() -> fields.Schema:
    """Return the schema: `key` finds a document again, `label` and `plain` are read by number."""
    return fields.Schema(
        key=fields.ID(unique=True),
        terms=Weighted(),
        label=fields.COLUMN(columns.VarBytesColumn()),
        facts=fields.COLUMN(columns.VarBytesColumn()),
        title=fields.COLUMN(columns.VarBytesColumn()),
        plain=fields.COLUMN(columns.VarBytesColumn()),
        shown=fields.STORED(),
    )


def key_text(kind: str, ref: int) -> str:
    """Return the key under which Whoosh knows a document."""
    return f"{kind}:{ref}"


def row(document: Document) -> dict[str, Any]:
    """Return the fields of `document` for Whoosh."""
    key = key_text(document.kind, document.ref)
    sections = document.title, document.headings, document.body, document.transcript
    squeezed = [squeeze(section) for section in sections]
    return {
        "key": key,
        "terms": weights(*squeezed, factor=ranking().kinds.get(document.kind, 1.0)),
        "label": key.encode(),
        "facts": facts_text(document).encode(),
        "title": squeezed[0].encode(),
        "plain": "\n".join(squeezed).encode(),
        "shown": {
            "title": document.title,
            "url": document.url,
            "headings": document.headings,
            "body": document.body,
            "transcript": document.transcript,
            "audience": document.audience,
            "topic": document.topic,
            "parent": document.parent,
            "series": document.series,
            "districts": document.districts,
            "minutes": document.minutes,
            "at": document.at,
        },
    }


def document_of(label: bytes, shown: dict[str, Any]) -> Document:
    """Return the document that `row` was made of."""
    kind, _, ref = label.decode().rpartition(":")
    return Document(kind=kind, ref=int(ref), **shown)
