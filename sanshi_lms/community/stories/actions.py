"""Writes of stories: begun, saved, and each step of their way. Nothing here commits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import select, update

from sanshi_lms.account import User
from sanshi_lms.community.needs import queries as needs_queries
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.rules import Actor
from sanshi_lms.community.needs.rules import State as NeedState
from sanshi_lms.community.privacy import without_identity
from sanshi_lms.community.stories import queries, rules
from sanshi_lms.community.stories.models import Story, StoryLesson, StoryStep
from sanshi_lms.community.stories.rules import CASE, HINT, KINDS, State
from sanshi_lms.community.stories.signals import story_published
from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.courses import lessons_by_id, lessons_of_courses

CONFLICT = 409
CLOSED = frozenset({NeedState.DONE.value, NeedState.CONFIRMED.value})
_OVERTAKEN = "慢了一步：别人刚刚改过这一篇。请看过最新的内容，您写的还在下面的表单里。"
_PLAIN = (
    "title", "summary", "body_md", "district", "place", "topic", "matter", "people", "began_on",
    "ended_on", "cost_yuan", "cost_note", "video_lesson_id",
)  # fmt: skip


@dataclass(frozen=True)
class StoryValues:
    """What a story says of itself."""

    title: str
    summary: str
    body_md: str
    district: str = ""
    place: str = ""
    topic: str = ""
    matter: str = ""
    people: str = ""
    began_on: date | None = None
    ended_on: date | None = None
    cost_yuan: int | None = None
    cost_note: str = ""
    video_lesson_id: int | None = None
    lesson_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Given:
    """What came with a step: words, the version that was seen, whether the reviewer looked."""

    words: str
    seen: int
    checked: bool = False


def begin(kind: str, title: str, nonce: str, author_id: int, moment: datetime) -> Story:
    """Begin a story of `kind` with its template; a form sent twice gives the first one."""
    known = db.session.scalar(select(Story).where(Story.nonce == nonce))
    if known is not None:
        return known
    if kind not in KINDS:
        raise Refusal("请选一种。")
    return _insert(
        Story(kind=kind, title=title, nonce=nonce, body_md=KINDS[kind].template()),
        author_id,
        moment,
    )


def draft_from_need(need: Need, author: User, moment: datetime) -> tuple[Story, bool]:
    """Begin a case with what is known of a closed need; tell whether it is new.

    Taken over: what was asked and answered without numbers that lead to a person, place, times,
    who helped, lessons that were sent. Raises Refusal when it is not theirs or not closed yet.
    """
    if not needs_queries.actors_on(need, author) & {Actor.CADRE, Actor.PRO, Actor.ADMIN}:
        raise Refusal("案例由办理这件需求的人来写。", 403)
    if need.state not in CLOSED:
        raise Refusal("这件需求还没有办结，办结以后再写成案例。")
    known = queries.case_of_need(need.id)
    if known is not None:
        return known, False
    steps = needs_queries.steps_of(need, for_asker=False)
    story = Story(
        kind=CASE,
        nonce=f"need-{need.id}",
        need_id=need.id,
        community_id=need.community_id,
        title=f"{need.community.name}：{need.kind.name}"[: rules.TITLE_LENGTH],
        body_md=_told_so_far(need, steps),
        district=need.community.district,
        place=without_identity(need.place),
        matter=need.kind.name,
        people=_who_helped(need, steps)[: rules.PEOPLE_LENGTH],
        began_on=local(need.received_at).date(),
        ended_on=local(need.done_at).date() if need.done_at else None,
        invented=need.invented,
    )
    with taken_means("这件需求已经写成案例了，请刷新页面。", CONFLICT):
        _insert(story, author.id, moment)
    story.lesson_links = [StoryLesson(lesson_id=n) for n in _sent_lessons(steps)[: rules.LESSONS]]
    db.session.flush()
    return story, True


def save(story: Story, values: StoryValues, seen: int, person: User, moment: datetime) -> None:
    """Change what a story says, if it is a draft and still what the writer saw."""
    if story.state != State.DRAFT.value:
        raise Refusal(f"现在是“{story.told[0]}”，不能改。", CONFLICT)
    _check_lessons(values)
    before = {name: getattr(story, name) for name in _PLAIN}
    _claim(story, seen)
    for name in _PLAIN:
        setattr(story, name, getattr(values, name))
    kept = {link.lesson_id: link for link in story.lesson_links}
    story.lesson_links = [
        kept.get(number) or StoryLesson(lesson_id=number)
        for number in dict.fromkeys(values.lesson_ids)
    ]
    story.updated_at = moment
    _write_down(story, "edit", person.id, moment)
    after = asdict(values)
    changed = [name for name in _PLAIN if before[name] != after[name]]
    note(
        "community.edit_story",
        f"story:{story.id}",
        {name: before[name] for name in changed if name != "body_md"},
        {name: after[name] for name in changed if name != "body_md"},
    )


def take_step(story: Story, verb: str, given: Given, person: User, moment: datetime) -> None:
    """Take the step `verb`. Raises Refusal when it is not theirs, not possible, or too late."""
    state, hands = State(story.state), queries.hands_of(story, person)
    wrote = queries.wrote_on(story, person.id)
    try:
        step = rules.step_of(verb, state, hands, wrote=wrote)
    except rules.NotAllowed as refused:
        raise Refusal(str(refused), CONFLICT if given.seen != story.version else 422) from refused
    _check_given(step, given)
    if step.end == State.REVIEW and (missing := problems_of(story)):
        raise Refusal(missing[0])
    _claim(story, given.seen)
    story.state, story.updated_at = step.end.value, moment
    if step.end == State.PUBLISHED:
        story.published_at = story.published_at or moment
    _write_down(story, verb, person.id, moment, given.words)
    touch("story", story.id)
    note(
        "community.story_step",
        f"story:{story.id}",
        {"state": state.value},
        {"state": story.state, "step": verb},
    )
    if step.end == State.PUBLISHED:
        story_published.send(story, at=moment)


def problems_of(story: Story) -> list[str]:
    """Return what keeps a story from going to review."""
    return rules.problems(
        rules.Draft(
            kind=story.kind,
            summary=story.summary,
            body=story.body_md,
            district=story.district,
            has_video=story.video_lesson_id is not None,
            pictures=len(story.pictures),
        )
    )


def _check_given(step: rules.Step, given: Given) -> None:
    if step.words and not given.words:
        raise Refusal(f"“{step.label}”要写明原因，写的人才知道怎么改。")
    if len(given.words) > rules.WORDS_LENGTH:
        raise Refusal(f"写得太长了，请不要超过 {rules.WORDS_LENGTH} 个字。")
    if step.end == State.PUBLISHED and not given.checked:
        raise Refusal("发布前请先看过全文和照片，勾选“没有居民的姓名、电话、住址和脸”。")


def _insert(story: Story, author_id: int, moment: datetime) -> Story:
    story.author_id, story.state, story.version = author_id, State.DRAFT.value, 1
    story.created_at = story.updated_at = moment
    db.session.add(story)
    db.session.flush()
    _write_down(story, "create", author_id, moment)
    note("community.begin_story", f"story:{story.id}", after={"kind": story.kind})
    return story


def _check_lessons(values: StoryValues) -> None:
    wanted = set(values.lesson_ids) | ({values.video_lesson_id} - {None})
    if len(values.lesson_ids) > rules.LESSONS:
        raise Refusal(f"最多链接 {rules.LESSONS} 节课，请去掉几节。")
    if wanted - set(lessons_by_id(n for n in wanted if n is not None)):
        raise Refusal("有一节课已经下架或者不存在，请重新选。")


def _claim(story: Story, seen: int) -> None:
    """Take the story's next version; of two people at once the second is told."""
    mine = update(Story).where(Story.id == story.id, Story.version == seen)
    if row_count(db.session.execute(mine.values(version=Story.version + 1))) != 1:
        raise Refusal(_OVERTAKEN, CONFLICT)
    db.session.refresh(story, ["version"])


def _write_down(story: Story, verb: str, person_id: int, moment: datetime, words: str = "") -> None:
    step = StoryStep(story_id=story.id, at=moment, verb=verb, person_id=person_id, words=words)
    db.session.add(step)
    db.session.flush()


def _told_so_far(need: Need, steps: Sequence[needs_queries.ToldStep]) -> str:
    """Return the body of a case: what is known under its headings, hints where nothing is."""
    done = [s.words for s in steps if s.verb in {"respond", "tell"} and s.words]
    ended = [s.words for s in steps if s.verb in {"close", "call_back"} and s.words]
    known = {0: [need.text], 1: done, 2: ended}
    parts = []
    for place, (heading, hint) in enumerate(KINDS[CASE].sections):
        said = [without_identity(words) for words in known.get(place, ())]
        parts.append(f"## {heading}\n\n" + ("\n\n".join(said) or f"{HINT}{hint}）"))
    return "\n\n".join(parts)


def _sent_lessons(steps: Sequence[needs_queries.ToldStep]) -> list[int]:
    """Return the lessons that were sent to whoever asked; of a whole course, its first."""
    courses = [s.course.id for s in steps if s.course is not None and s.lesson is None]
    firsts = [own[0].id for own in lessons_of_courses(courses).values() if own]
    return list(dict.fromkeys([*(s.lesson.id for s in steps if s.lesson is not None), *firsts]))


def _who_helped(need: Need, steps: Sequence[needs_queries.ToldStep]) -> str:
    """Return who answered, by name and part: 三师 and the community, never whoever asked."""
    pros = [s.who.display_name for s in steps if s.actor == Actor.PRO.value and s.who is not None]
    named = [f"{name}（三师）" for name in dict.fromkeys(pros)]
    return "、".join([*named, need.community.name])
