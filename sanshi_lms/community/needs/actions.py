"""Writes of needs: each step of a need's way, checked by the rules, timed, and audited."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from sanshi_lms.account import note_look, people_by_id
from sanshi_lms.community.models import Community, Kind, Professional
from sanshi_lms.community.needs import rules
from sanshi_lms.community.needs.models import Need, NeedStep, limits_of
from sanshi_lms.community.needs.rules import Actor, State, Step
from sanshi_lms.community.needs.signals import need_stepped
from sanshi_lms.community.needs.telling import tell_step
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses import courses_by_id, get_lesson

CONFLICT = 409


@dataclass(frozen=True)
class By:
    """Who acts, as what, when. `person_id` is None for somebody who only holds the code."""

    person_id: int | None
    actors: frozenset[Actor]
    at: datetime


@dataclass(frozen=True)
class Given:
    """What came with a step; which of it is needed, the step says."""

    words: str = ""
    instead: str = ""
    pro_id: int | None = None
    community_id: int | None = None
    need_id: int | None = None
    course_id: int | None = None
    lesson_id: int | None = None


def perform(need: Need, verb: str, by: By, given: Given, seen: int) -> None:
    """Take the step `verb` on a need that was shown to `by` in version `seen`.

    The same step sent twice counts once. Raises Refusal with a sentence when the step is not
    theirs, not possible in this state, lacks something, or when somebody else was quicker (409).
    """
    last = _last_step(need)
    if _is_repeat(last, verb, by, given):
        return
    try:
        step = rules.step_of(verb, State(need.state), by.actors)
    except rules.NotAllowed as refused:
        if seen != need.version:
            raise Refusal(_overtaken(last), CONFLICT) from refused
        raise Refusal(str(refused)) from refused
    _check_words(step, given)
    _claim(need, step, seen, last)
    _EFFECTS.get(verb, _nothing)(need, given, by.at)
    _move(need, step, by.at)
    _write_down(need, step, by, given)
    tell_step(need, step, by.person_id, by.at)
    need_stepped.send(need, verb=verb, at=by.at)


def reveal_phone(need: Need, by: By) -> str:
    """Return the phone of whoever asked, noting who looked. Raises Refusal when it is not due."""
    if not need.phone or not need.is_open:
        raise Refusal("没有留电话，或者这件需求已经办完，电话不再显示。")
    if not by.actors & {Actor.CADRE, Actor.PRO, Actor.ADMIN}:
        raise Refusal("电话只给正在办这件需求的人看。", 403)
    note("community.see_phone", f"need:{need.id}")
    if by.person_id is not None:
        note_look(by.person_id, need.filed_by_id, "phone", f"need:{need.id}", by.at)
    return need.phone


def keep_limits(kind: Kind) -> None:
    """Work out anew when open needs of `kind` are late, after its limits were changed."""
    limits = limits_of(kind)
    for need in db.session.scalars(
        select(Need).where(Need.kind_id == kind.id, Need.state.in_(rules.OPEN))
    ):
        need.keep_due(limits)


def _check_words(step: Step, given: Given) -> None:
    if len(given.words) > rules.TEXT_LENGTH or len(given.instead) > rules.TEXT_LENGTH:
        raise Refusal(f"写得太长了，请不要超过 {rules.TEXT_LENGTH} 个字。")
    if step.words == "required" and not given.words:
        raise Refusal(f"“{step.label}”需要写几句话说明，请写好再提交。")


def _claim(need: Need, step: Step, seen: int, last: NeedStep | None) -> None:
    """Take the need's next version, or tell who was quicker. A mere remark asks nothing."""
    mine = update(Need).where(Need.id == need.id).values(version=Need.version + 1)
    if step.end is not None:
        mine = mine.where(Need.version == seen)
    if row_count(db.session.execute(mine)) != 1:
        db.session.refresh(need)
        raise Refusal(_overtaken(_last_step(need) or last), CONFLICT)
    db.session.refresh(need, ["version"])


def _move(need: Need, step: Step, moment: datetime) -> None:
    before = State(need.state)
    after = rules.state_after(step, before, has_pro=need.pro_id is not None)
    if before == State.ASKED and after != State.ASKED:
        need.waited_seconds += int((moment - need.running_since).total_seconds())
    if step.verb in {"reopen", "restore", "transfer"}:
        need.opened_at, need.waited_seconds = moment, 0
    if step.end is not None and step.restarts:
        need.running_since = moment
    need.state = after.value
    need.ended_at = None if after in rules.OPEN else moment
    need.keep_due(limits_of(db.session.get_one(Kind, need.kind_id)))
    if after != before:
        note(
            "community.need_step",
            f"need:{need.id}",
            before={"state": before.value},
            after={"state": after.value, "step": step.verb},
        )
    else:
        note("community.need_step", f"need:{need.id}", after={"step": step.verb})


def _write_down(need: Need, step: Step, by: By, given: Given) -> None:
    instead = f"\n可以怎么办：{given.instead}" if given.instead else ""
    db.session.add(
        NeedStep(
            need_id=need.id,
            at=by.at,
            verb=step.verb,
            actor=rules.acting_as(step, by.actors).value,
            person_id=by.person_id,
            state=need.state,
            words=given.words + instead,
            pro_id=given.pro_id if step.asks_for == "pro" else None,
            course_id=given.course_id if step.asks_for == "course" else None,
            lesson_id=given.lesson_id if step.asks_for == "course" else None,
            to_asker=step.to_asker,
        )
    )
    db.session.flush()


def _nothing(need: Need, given: Given, moment: datetime) -> None:
    """Most steps change nothing but the state."""
    del need, given, moment


def _assign(need: Need, given: Given, moment: datetime) -> None:
    del moment
    chosen = db.session.get(Professional, given.pro_id) if given.pro_id else None
    if chosen is None or chosen.confirmed_at is None or not chosen.person.active:
        raise Refusal("请先选一位三师。")
    if need.state == State.ASSIGNED and need.pro_id == chosen.user_id:
        raise Refusal("这件需求已经派给这位三师了，要换人请选另一位。")
    if need.filed_by_id == chosen.user_id:
        raise Refusal("这是这位三师自己提出的困难，请由社区回应，或者派给另一位三师。")
    need.pro_id = chosen.user_id


def _respond(need: Need, given: Given, moment: datetime) -> None:
    del given
    need.responded_at = need.responded_at or moment


def _give_back(need: Need, given: Given, moment: datetime) -> None:
    del given, moment
    need.pro_id = None


def _transfer(need: Need, given: Given, moment: datetime) -> None:
    del moment
    to = db.session.get(Community, given.community_id) if given.community_id else None
    if to is None or not to.active or to.id == need.community_id:
        raise Refusal("请选择要转去的另一个社区。")
    need.community_id, need.pro_id = to.id, None


def _merge(need: Need, given: Given, moment: datetime) -> None:
    del moment
    into = db.session.get(Need, given.need_id) if given.need_id else None
    fits = into is not None and into.community_id == need.community_id and into.id != need.id
    if into is None or not fits or not into.is_open:
        raise Refusal("请选择同一个社区里正在办的另一件需求。")
    need.merged_into_id = into.id
    db.session.execute(
        update(Need).where(Need.merged_into_id == need.id).values(merged_into_id=into.id)
    )


def _send_course(need: Need, given: Given, moment: datetime) -> None:
    del need, moment
    if not given.course_id or given.course_id not in courses_by_id([given.course_id]):
        raise Refusal("请先选一门课。")
    if given.lesson_id is not None:
        lesson = get_lesson(given.lesson_id)
        if lesson is None or lesson.course_id != given.course_id:
            raise Refusal("这一节课已经下架，请另选一节。")


def _not_feasible(need: Need, given: Given, moment: datetime) -> None:
    del need, moment
    if not given.instead:
        raise Refusal("请写明现在可以怎么办，例如先用什么办法、什么时候再办。")


def _close(need: Need, given: Given, moment: datetime) -> None:
    del given
    need.done_at = moment


def _reopen(need: Need, given: Given, moment: datetime) -> None:
    del given, moment
    need.reopened += 1
    need.done_at = None


def _confirm(need: Need, given: Given, moment: datetime) -> None:
    """Whoever asked is content: their phone is needed no more (PIPL, article 19)."""
    del given, moment
    need.phone = None


_EFFECTS: Mapping[str, Callable[[Need, Given, datetime], None]] = {
    "assign": _assign,
    "respond": _respond,
    "give_back": _give_back,
    "transfer": _transfer,
    "merge": _merge,
    "send_course": _send_course,
    "not_feasible": _not_feasible,
    "close": _close,
    "reopen": _reopen,
    "confirm": _confirm,
    "call_back": _confirm,
}


def _last_step(need: Need) -> NeedStep | None:
    return db.session.scalar(
        select(NeedStep).where(NeedStep.need_id == need.id).order_by(NeedStep.id.desc()).limit(1)
    )


def _is_repeat(last: NeedStep | None, verb: str, by: By, given: Given) -> bool:
    """Tell whether this very step was taken just before: a second tap on a slow line."""
    if last is None or (last.verb, last.person_id) != (verb, by.person_id):
        return False
    if last.actor not in by.actors or last.words.partition("\n可以怎么办：")[0] != given.words:
        return False
    sent = (last.pro_id, last.course_id, last.lesson_id)
    return sent == (given.pro_id, given.course_id, given.lesson_id)


def _overtaken(last: NeedStep | None) -> str:
    if last is None:
        return "这件需求刚刚有变化，请看过最新情况再办。"
    who = people_by_id([last.person_id] if last.person_id else []).get(last.person_id or 0)
    name = who.display_name if who else "提出人"
    told = rules.STEPS[last.verb].label if last.verb in rules.STEPS else "修改"
    return f"慢了一步：{name}刚刚已经办了“{told}”。请看过最新情况再办，您写的内容还在下面。"
