"""What search knows of the pages of explanation: help, privacy, who we are."""

import zlib
from collections.abc import Iterable, Iterator, Sequence

from sanshi_lms.core.markdown import headings, plain_text
from sanshi_lms.core.registers import Cue, Document
from sanshi_lms.site.queries import find_page, page_titles


def page_ref(slug: str) -> int:
    """Return the number by which search knows a page; it has no row."""
    return zlib.crc32(slug.encode()) & 0x7FFFFFFF


class HelpSource:
    """A page of explanation as a document. All of them are for everybody."""

    kind = "help"
    label = "帮助"

    def refs(self) -> Iterable[int]:
        """Return the numbers of all pages."""
        return [page_ref(slug) for slug, _ in page_titles()]

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        """Return those of `refs` that there are."""
        for slug, title in page_titles():
            page = find_page(slug) if page_ref(slug) in refs else None
            if page is not None:
                yield Document(
                    kind=self.kind,
                    ref=page_ref(slug),
                    title=title,
                    url=f"/site/{slug}",
                    headings="\n".join(headings(page.source)),
                    body=plain_text(page.source),
                )

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` that there are."""
        return set(refs) & set(self.refs())

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return nothing: a page is not spoken."""
        del ref
        return ()
