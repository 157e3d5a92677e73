"""Registers to which rooms add entries in their setup: menus, health checks, search sources.

They live on the application, so that two applications in one test run do not share them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flask import current_app


@dataclass(frozen=True)
class MenuEntry:
    """A line of a menu. `permission` None shows it to everybody who sees the menu."""

    menu: str
    label: str
    endpoint: str
    icon: str
    order: int
    permission: str | None = None


@dataclass(frozen=True)
class Health:
    """The answer of a health check; `sentence` (Chinese) says what to do when it is not ok."""

    ok: bool
    sentence: str


@dataclass(frozen=True)
class HealthCheck:
    """A named part of the installation that can be looked at by itself."""

    name: str
    label: str
    look: Callable[[], Health]


@dataclass(frozen=True)
class DeskTile:
    """Something that waits on the administrator's desk: a label, a count and where to go."""

    label: str
    endpoint: str
    permission: str
    count: Callable[[], int]


@dataclass(frozen=True)
class Document:
    """What search knows of a course, lesson or page. `ref` is the row's id.

    `transcript` is the spoken text without times; the cue is found again after the hit. `parent`
    is the title of what it belongs to: a lesson's course.
    """

    kind: str
    ref: int
    title: str
    url: str
    headings: str = ""
    body: str = ""
    transcript: str = ""
    audience: tuple[str, ...] = ()
    topic: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Cue:
    """A caption cue: when it begins, in seconds, and what is said."""

    start: float
    text: str


class SearchSource(Protocol):
    """Gives search the documents of one kind; only those that everybody may see."""

    kind: str
    label: str

    def refs(self) -> Iterable[int]:
        """Return the ids of all documents that everybody may see."""
        ...

    def documents(self, refs: Sequence[int]) -> Iterable[Document]:
        """Return those of `refs` that everybody may see now; the others are gone."""
        ...

    def visible(self, refs: Sequence[int]) -> Iterable[int]:
        """Return those of `refs` that everybody may see now; asked at each search, so be quick."""
        ...

    def cues(self, ref: int) -> Sequence[Cue]:
        """Return the caption cues of `ref` in order, empty when it has none."""
        ...


@dataclass
class Registers:
    """All registers of one application."""

    menu: list[MenuEntry] = field(default_factory=list)
    health: list[HealthCheck] = field(default_factory=list)
    tiles: list[DeskTile] = field(default_factory=list)
    sources: dict[str, SearchSource] = field(default_factory=dict)


def registers() -> Registers:
    """Return the registers of the current application."""
    found = current_app.extensions["registers"]
    if not isinstance(found, Registers):  # pragma: no cover - only a broken create_app gets here
        raise TypeError("the application was created without registers")
    return found


def add_menu_entry(entry: MenuEntry) -> None:
    """Add a line to a menu ("main" or "admin")."""
    registers().menu.append(entry)


def add_health_check(check: HealthCheck) -> None:
    """Add a check to /healthz and the health page."""
    registers().health.append(check)


def add_desk_tile(tile: DeskTile) -> None:
    """Add a tile to the administrator's desk."""
    registers().tiles.append(tile)


def add_search_source(source: SearchSource) -> None:
    """Let search index the documents of `source`."""
    registers().sources[source.kind] = source
