"""Reads of the room site: pages kept as text in content/pages."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.settings import REPOSITORY

PAGES = REPOSITORY / "content" / "pages"
# The order in which the pages stand beside each other; others follow by name.
ORDER = ("help", "about", "privacy", "accessibility")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TITLE = re.compile(r"\A\s*#\s+(.+?)\s*\n")


@dataclass(frozen=True)
class HelpPage:
    """A page of explanation: its first heading is its title."""

    slug: str
    title: str
    html: Markup


def find_page(slug: str) -> HelpPage | None:
    """Return the page `slug`, or None when there is no such file."""
    file = PAGES / f"{slug}.md"
    if not _SLUG.fullmatch(slug) or not file.is_file():
        return None
    text = file.read_text(encoding="utf-8")
    title = _TITLE.match(text)
    body = text[title.end() :] if title else text
    return HelpPage(slug, title[1] if title else slug, render_markdown(body))


def page_titles() -> list[tuple[str, str]]:
    """Return (slug, title) of every page, the usual ones first."""
    found = {file.stem: file for file in PAGES.glob("*.md")} if PAGES.is_dir() else {}
    slugs = [s for s in ORDER if s in found] + sorted(set(found) - set(ORDER))
    pages = [page for slug in slugs if (page := find_page(slug))]
    return [(page.slug, page.title) for page in pages]
