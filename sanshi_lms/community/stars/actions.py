"""Writes of star rounds: prepared, frozen, scored, noticed, finished. Nothing here commits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from sqlalchemy import select, update

from sanshi_lms.account import find_person
from sanshi_lms.community.models import Professional
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.stars import queries, rules
from sanshi_lms.community.stars.evidence import gather
from sanshi_lms.community.stars.models import (
    StarCandidate,
    StarCriterion,
    StarJudge,
    StarRound,
)
from sanshi_lms.community.stars.rules import Ready, State
from sanshi_lms.core.audit import note
from sanshi_lms.core.changes import touch
from sanshi_lms.core.db import db, row_count
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.notices import notify

CONFLICT = 409
TOPIC = "stars"
NOT_NOW = "材料已经收齐，不能再改。要改请先退回准备。"


@dataclass(frozen=True)
class Line:
    """A criterion as the form gives it."""

    source: str
    label: str
    weight: int
    target: float


@dataclass(frozen=True)
class Plan:
    """What a round holds besides its criteria."""

    title: str
    since: datetime
    until: datetime
    notice_days: int
    least_judges: int
    stars: Mapping[str, float]


def add_round(plan: Plan, moment: datetime) -> StarRound:
    """Add a round with the sample criteria. Raises Refusal when there is one of that title."""
    subject = StarRound(state=State.DRAFT.value, version=1, words="", sample=True, digest="",
                        invented=False, created_at=moment, **vars(plan))  # fmt: skip
    with taken_means("已经有同名的评选。"):
        db.session.add(subject)
    for place, (source, label, weight, target) in enumerate(rules.SAMPLE, 1):
        subject.criteria.append(
            StarCriterion(position=place, source=source, label=label, weight=weight, target=target)
        )
    db.session.flush()
    note("community.add_star_round", f"star_round:{subject.id}", after={"title": plan.title})
    return subject


def save_round(subject: StarRound, plan: Plan, lines: Sequence[Line]) -> None:
    """Keep what a round holds, while it is prepared. Raises Refusal."""
    _in_draft(subject)
    before = {"criteria": _criteria_told(subject)}
    with taken_means("已经有同名的评选。"):
        for name, value in vars(plan).items():
            setattr(subject, name, value)
    subject.criteria = [
        StarCriterion(position=place, **vars(line)) for place, line in enumerate(lines, 1)
    ]
    subject.sample = False
    db.session.flush()
    after = {"criteria": _criteria_told(subject)}
    note("community.save_star_round", f"star_round:{subject.id}", before, after)


def add_candidates(subject: StarRound, user_ids: Sequence[int]) -> int:
    """Add confirmed 三师 to a round that is prepared; who is there already stays."""
    _in_draft(subject)
    eligible = queries.eligible(subject.id).where(Professional.user_id.in_(user_ids))
    rows = [StarCandidate(round_id=subject.id, user_id=one.user_id, evidence={}, stars=0)
            for one in db.session.scalars(eligible)]  # fmt: skip
    with taken_means("有人刚刚添加过了，请看最新的名单。"):
        db.session.add_all(rows)
    note("community.star_candidates", f"star_round:{subject.id}", after={"added": len(rows)})
    return len(rows)


def add_active_candidates(subject: StarRound) -> int:
    """Add everybody who closed a need in the round's period."""
    served = select(Need.pro_id).where(
        Need.pro_id.is_not(None), Need.done_at >= subject.since, Need.done_at < subject.until
    )
    return add_candidates(subject, [n for n in db.session.scalars(served.distinct()) if n])


def remove_candidate(subject: StarRound, user_id: int) -> None:
    """Take a candidate out of a round that is prepared."""
    _in_draft(subject)
    row = db.session.get(StarCandidate, (subject.id, user_id))
    if row is not None:
        db.session.delete(row)
        note("community.star_candidates", f"star_round:{subject.id}", before={"person": user_id})


def add_judge(subject: StarRound, username: str, moment: datetime) -> None:
    """Add a member of the panel until the notice. Raises Refusal when there is no such account."""
    if subject.state not in {State.DRAFT, State.SCORING}:
        raise Refusal("已经开始公示，不能再加评委。")
    person = find_person(username)
    if person is None or not person.active:
        raise Refusal("没有这个账号。请检查有没有抄错。")
    if db.session.get(StarJudge, (subject.id, person.id)) is None:
        db.session.add(StarJudge(round_id=subject.id, user_id=person.id))
        added = {"display_name": person.display_name}
        note("community.add_star_judge", f"star_round:{subject.id}", after=added)
        if subject.state == State.SCORING:
            _call(subject, [person.id], moment)


def take_step(subject: StarRound, verb: str, words: str, seen: int, moment: datetime) -> None:
    """Take a step of a round. Raises Refusal with what must be done first (409: overtaken)."""
    try:
        step = rules.step_of(verb, State(subject.state), _ready(subject), moment)
    except rules.NotAllowed as refused:
        raise Refusal(str(refused)) from refused
    if step.words and not words:
        raise Refusal("请写明原因。")
    if len(words) > rules.WORDS_LENGTH:
        raise Refusal(f"请不要超过 {rules.WORDS_LENGTH} 个字。")
    before = subject.state
    mine = update(StarRound).where(StarRound.id == subject.id, StarRound.version == seen)
    mine = mine.values(version=StarRound.version + 1, state=step.end.value, words=words)
    if row_count(db.session.execute(mine)) != 1:
        raise Refusal("慢了一步：这次评选刚刚有变化，请看过最新情况再办。", CONFLICT)
    db.session.refresh(subject)
    if verb in _EFFECTS:
        _EFFECTS[verb](subject, moment)
    after = {"round_state": subject.state, "round_step": verb}
    note("community.star_step", f"star_round:{subject.id}", {"round_state": before}, after)


def _ready(subject: StarRound) -> Ready:
    standings = queries.standings(subject)
    panel = any(one.source == "panel" and one.weight for one in subject.criteria)
    return Ready(
        weights=sum(one.weight for one in subject.criteria),
        candidates=len(standings),
        judges=len(queries.judges(subject.id)),
        panel=panel,
        unscored=sum(one.scored < subject.least_judges for one in standings.values())
        if panel
        else 0,
        unanswered=queries.count_unanswered(subject.id),
        notice_until=subject.notice_until,
    )


def _freeze(subject: StarRound, moment: datetime) -> None:
    rows = queries.candidates(subject.id)
    found = gather(subject, [one.user_id for one in rows])
    for row in rows:
        row.evidence = {
            one.source: {**found[row.user_id][one.source], "at": moment.isoformat()}
            for one in subject.criteria
            if one.source != "panel"
        }
    _call(subject, [one.user_id for one in queries.judges(subject.id)], moment)


def _unfreeze(subject: StarRound, moment: datetime) -> None:
    del moment
    for row in queries.candidates(subject.id):
        row.evidence, row.score, row.stars = {}, None, 0


def _publish(subject: StarRound, moment: datetime) -> None:
    given: dict[tuple[int, int], list[int]] = defaultdict(list)
    for mark in queries.marks(subject.id):
        if mark.points is not None:
            given[mark.candidate_id, mark.criterion_id].append(mark.points)
    criteria = [one.rule for one in subject.criteria]
    for row in queries.candidates(subject.id):
        values: dict[int, float] = {}
        for one in subject.criteria:
            if one.source == "panel":
                panel = given[row.user_id, one.id]
                values[one.id] = fmean(panel) if panel else 0.0
            else:
                values[one.id] = float(row.evidence[one.source]["value"])
        row.score = rules.total(criteria, values)
        row.stars = rules.stars_for(row.score, subject.thresholds)
        panels = {
            f"panel:{one.id}": {"value": round(values[one.id], 2),
                                "rows": [f"{len(given[row.user_id, one.id])} 位评委"]}
            for one in subject.criteria
            if one.source == "panel"
        }  # fmt: skip
        row.evidence = {**{k: v for k, v in row.evidence.items() if ":" not in k}, **panels}
    subject.notice_from = moment
    subject.notice_until = rules.notice_ends(moment, subject.notice_days)


def _rescore(subject: StarRound, moment: datetime) -> None:
    subject.notice_from = subject.notice_until = None
    _call(subject, [one.user_id for one in queries.judges(subject.id)], moment)


def _finish(subject: StarRound, moment: datetime) -> None:
    subject.finished_at = moment
    rows = queries.candidates(subject.id)
    subject.digest = rules.digest(result_of(subject, rows))
    for row in rows:
        touch("pro", row.user_id)
    starred = [row.user_id for row in rows if row.stars]
    path = f"/community/stars/{subject.id}"
    notify(starred, TOPIC, f"{subject.title}：您被评为星级三师", "谢谢您为社区做的事。", path,
           f"stars:{subject.id}:final", moment)  # fmt: skip


def result_of(subject: StarRound, rows: Sequence[StarCandidate]) -> dict[str, object]:
    """Return what a result is sealed by: criteria, thresholds, each candidate with evidence."""
    return {
        "title": subject.title,
        "criteria": [[one.source, one.label, one.weight, one.target] for one in subject.criteria],
        "stars": subject.stars,
        "candidates": [
            [row.user_id, row.score, row.stars, row.evidence]
            for row in sorted(rows, key=lambda one: one.user_id)
        ],
    }


def _call(subject: StarRound, user_ids: Sequence[int], moment: datetime) -> None:
    path, key = f"/community/stars/{subject.id}/judge", f"stars:{subject.id}:{subject.version}"
    notify(
        user_ids, TOPIC, f"请您打分：{subject.title}", "候选人的材料已经收齐。", path, key, moment
    )


def _in_draft(subject: StarRound) -> None:
    if subject.state != State.DRAFT:
        raise Refusal(NOT_NOW)


def _criteria_told(subject: StarRound) -> str:
    return "；".join(f"{one.label} {one.weight}%（{one.target:g}）" for one in subject.criteria)


_EFFECTS = {
    "freeze": _freeze,
    "unfreeze": _unfreeze,
    "publish": _publish,
    "rescore": _rescore,
    "finish": _finish,
}
