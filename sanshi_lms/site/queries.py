"""Reads of the room site: pages kept as text in content/pages, and what the front door shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from markupsafe import Markup

from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.courses import (
    AUDIENCES,
    CourseCard,
    Lesson,
    lessons_of_courses,
    newest_courses,
    target_summaries,
)
from sanshi_lms.site.rules import turn_of_the_day

PAGES = REPOSITORY / "content" / "pages"
# The order in which the pages stand beside each other; others follow by name.
ORDER = ("help", "about", "privacy", "accessibility")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TITLE = re.compile(r"\A\s*#\s+(.+?)\s*\n")

# Home looks at this many courses, and shows the first few of them.
COURSES_SEEN, COURSES_SHOWN, LESSONS_A_DAY = 24, 6, 4


@dataclass(frozen=True)
class HelpPage:
    """A page of explanation: its first heading is its title; `source` is the rest, in Markdown."""

    slug: str
    title: str
    html: Markup
    source: str


@dataclass(frozen=True)
class DayLesson:
    """A lesson of the day; `minutes` is its length."""

    lesson: Lesson
    card: CourseCard
    poster_url: str | None


@dataclass(frozen=True)
class FrontDoor:
    """What home shows of the courses: the newest, lessons of the day, whom they are for."""

    cards: Sequence[CourseCard]
    today: Sequence[DayLesson]
    audiences: Sequence[str]


def front_door(day: date) -> FrontDoor:
    """Return what home shows on `day`, in a fixed number of queries."""
    cards = newest_courses(COURSES_SEEN)
    served = {name for card in cards for name in card.audience}
    return FrontDoor(
        cards[:COURSES_SHOWN],
        _lessons_of_the_day(cards, day),
        [name for name in AUDIENCES if name in served],
    )


def _lessons_of_the_day(cards: Sequence[CourseCard], day: date) -> list[DayLesson]:
    by_course = {card.course.id: card for card in cards}
    lessons = lessons_of_courses(by_course)
    # The first lesson of each course, then the second of each: a day's lessons differ in course.
    rounds = zip_longest(*(lessons[card.course.id] for card in cards))
    videos = [x for one in rounds for x in one if x is not None and x.kind == "video"]
    summaries = target_summaries(videos)
    ready = [x for x in videos if x.id in summaries and summaries[x.id].problem_zh is None]
    chosen = turn_of_the_day(ready, day, LESSONS_A_DAY)
    return [DayLesson(x, by_course[x.course_id], summaries[x.id].poster_url) for x in chosen]


def find_page(slug: str) -> HelpPage | None:
    """Return the page `slug`, or None when there is no such file."""
    file = PAGES / f"{slug}.md"
    if not _SLUG.fullmatch(slug) or not file.is_file():
        return None
    text = file.read_text(encoding="utf-8")
    title = _TITLE.match(text)
    body = text[title.end() :] if title else text
    return HelpPage(slug, title[1] if title else slug, render_markdown(body), body)


def page_titles() -> list[tuple[str, str]]:
    """Return (slug, title) of every page, the usual ones first."""
    found = {file.stem for file in PAGES.glob("*.md")} if PAGES.is_dir() else set()
    slugs = [s for s in ORDER if s in found] + sorted(found - set(ORDER))
    pages = [page for slug in slugs if (page := find_page(slug))]
    return [(page.slug, page.title) for page in pages]
