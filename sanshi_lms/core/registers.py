"""Registers to which rooms add entries in their setup: menus, health, search, the desk, words.

They live on the application, so that two applications in one test run do not share them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask import current_app

from sanshi_lms.core.row_numbers import row_number

DESK_GROUPS = ("", "内容", "教学", "学时和证书", "群众需求", "人员", "系统")
"""Under which the desk's menu has its lines, in this order."""


@dataclass(frozen=True)
class MenuEntry:
    """A line of a menu. `permission` None shows it to everybody who sees the menu.

    `group` is one of DESK_GROUPS; `waiting` counts what waits there for the person given.
    """

    menu: str
    label: str
    endpoint: str
    icon: str
    order: int
    permission: str | None = None
    group: str = ""
    waiting: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class Health:
    """The answer of a health check; `sentence` (Chinese) says what to do when it is not ok.

    `warns` is for what works and wants looking after. `used` is the part, 0 to 1, of something
    that can run full, for a meter.
    """

    ok: bool
    sentence: str
    used: float | None = None
    warns: bool = False


@dataclass(frozen=True)
class HealthCheck:
    """A named part of the installation that can be looked at by itself.

    What is `slow` (it waits for another machine) is looked at by the worker, never by a page.
    """

    name: str
    label: str
    look: Callable[[], Health]
    slow: bool = False


@dataclass(frozen=True)
class DeskTile:
    """A figure on the administrator's desk and where it leads.

    `lately` counts what came since a moment; `lately_label` is its verb, such as "新增".
    """

    label: str
    unit: str
    endpoint: str
    permission: str
    order: int
    count: Callable[[], int]
    values: Mapping[str, str] = field(default_factory=dict)
    lately: Callable[[datetime], int] | None = None
    lately_label: str = "新增"


@dataclass(frozen=True)
class DeskTask:
    """Something an administrator begins at the desk: a verb, such as "新建课程"."""

    label: str
    icon: str
    endpoint: str
    permission: str
    order: int


@dataclass(frozen=True)
class Subject:
    """A thing as people know it, with the address of its page on the desk, if it has one."""

    title: str
    url: str | None = None


@dataclass(frozen=True)
class SubjectKind:
    """The things that acts and jobs are about: "course:12" is one of kind "course".

    `find` returns those of the asked keys that exist, in a fixed number of queries; whoever holds
    `permission` may open their pages.
    """

    kind: str
    label: str
    permission: str
    find: Callable[[Collection[str]], Mapping[str, Subject]]


@dataclass(frozen=True)
class Words:
    """How the acts of a room are told to people.

    `verbs` has a word for each verb that the room notes, `fields` a name for what such an act
    changes, `values` words for what a field holds: {"status": {"draft": "草稿"}}.
    """

    label: str
    verbs: Mapping[str, str]
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """What search knows of a course, lesson or page. `ref` is the row's id.

    `transcript` is the spoken text without times; the cue is found again after the hit. `parent`
    is the title of what it belongs to: a lesson's course. `topic` is the special task (专项工作),
    `series` the series of courses, `districts` where it plays, `minutes` how long it takes, and
    `at` when it was published; what does not apply is left empty.
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
    series: str = ""
    districts: tuple[str, ...] = ()
    minutes: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class LessonWish:
    """Something that people ask for and no lesson answers, `count` times.

    `key` names it for good, such as "search:扶手"; `origin` says in words where it was counted.
    """

    key: str
    label: str
    count: int
    origin: str
    url: str | None = None


@dataclass(frozen=True)
class Cue:
    """A place inside a document and its words.

    A caption cue: `start` in seconds and what is said; or, with `page` from 1, what is written on
    a page, and `start` is 0. `url` and `label` name a file of its own that has the page; without
    them it stands in the document itself.
    """

    start: float
    text: str
    page: int | None = None
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class Proof:
    """`look` computes a part of the house anew; it returns None, or what does not hold in words."""

    name: str
    label: str
    look: Callable[[], str | None]


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
    tasks: list[DeskTask] = field(default_factory=list)
    subjects: dict[str, SubjectKind] = field(default_factory=dict)
    words: dict[str, Words] = field(default_factory=dict)
    sources: dict[str, SearchSource] = field(default_factory=dict)
    wishes: list[Callable[[datetime], Iterable[LessonWish]]] = field(default_factory=list)
    proofs: dict[str, Proof] = field(default_factory=dict)


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
    """Add a check to the health page, and if it is not slow to /healthz."""
    registers().health.append(check)


def add_desk_tile(tile: DeskTile) -> None:
    """Add a tile to the administrator's desk."""
    registers().tiles.append(tile)


def add_desk_task(task: DeskTask) -> None:
    """Add something to begin to the administrator's desk."""
    registers().tasks.append(task)


def add_subject_kind(kind: SubjectKind) -> None:
    """Let acts and jobs about things of this kind be told by their titles."""
    registers().subjects[kind.kind] = kind


def add_words(prefix: str, words: Words) -> None:
    """Say how acts are told whose verb begins with `prefix` and a dot."""
    registers().words[prefix] = words


def add_wishes(find: Callable[[datetime], Iterable[LessonWish]]) -> None:
    """Let the list "做成微课" show what `find` counts since a moment."""
    registers().wishes.append(find)


def add_proof(proof: Proof) -> None:
    """Let an import, a restore drill and the doctor prove a part of the house."""
    registers().proofs[proof.name] = proof


def ids_in(keys: Iterable[str]) -> set[int]:
    """Return the row numbers among the keys of subjects."""
    return {number for key in keys if (number := row_number(key)) is not None}


def add_search_source(source: SearchSource) -> None:
    """Let search index the documents of `source`."""
    registers().sources[source.kind] = source
