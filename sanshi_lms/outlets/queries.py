"""Reads of outlets: what can be published elsewhere, the newest first."""

from dataclasses import dataclass

from sanshi_lms.community import newest_stories
from sanshi_lms.courses import lessons_of_courses, newest_courses
from sanshi_lms.outlets.pieces import KINDS

SHOWN = 12


@dataclass(frozen=True)
class Offered:
    """A piece in the list, with how deep it stands: lessons below their course."""

    kind: str
    ref: int
    title: str
    deep: bool = False

    @property
    def kind_zh(self) -> str:
        """Return the word for its kind."""
        return KINDS[self.kind]


def offered() -> list[Offered]:
    """Return the newest published courses with their lessons, and the newest stories."""
    cards = newest_courses(SHOWN)
    lessons = lessons_of_courses([card.course.id for card in cards])
    found: list[Offered] = []
    for card in cards:
        found.append(Offered("course", card.course.id, card.course.title))
        found += [Offered("lesson", x.id, x.title, deep=True) for x in lessons[card.course.id]]
    return found + [Offered("story", one.id, one.title) for one in newest_stories(SHOWN)]
