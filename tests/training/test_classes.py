"""Classes and sessions on a real database: from the programme to the certificate, and the edges."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask

from sanshi_lms.account import User
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials import certificates_of, credit_hours_earned
from sanshi_lms.learning import duties_of, rule_for
from sanshi_lms.learning.ruling import Rule, rules_for
from sanshi_lms.learning.ruling.actions import add_rule
from sanshi_lms.notices import Notice
from sanshi_lms.training.classes.actions import (
    ClassValues,
    change_class,
    close_class,
    post,
    refresh_plan,
    run_again,
    set_due_days,
)
from sanshi_lms.training.classes.graduating import graduate
from sanshi_lms.training.classes.models import TrainingClass
from sanshi_lms.training.classes.programmes import add_course, drop_course, set_course
from sanshi_lms.training.classes.queries import member_of, members, standings
from sanshi_lms.training.classes.roster import (
    add_person,
    approve,
    decline,
    exempt,
    extend,
    join,
    leave,
)
from sanshi_lms.training.formkeys import new_key
from sanshi_lms.training.sessions import tokens
from sanshi_lms.training.sessions.actions import (
    SessionValues,
    cancel_session,
    change_session,
    check_in,
    set_attendance,
    sign_up,
)
from sanshi_lms.training.sessions.models import OfflineSession
from sanshi_lms.training.sessions.queries import attendances_of, sessions_of_class
from tests.people import Cast
from tests.training.conftest import Complete
from tests.training.making import WHEN, make_class, make_course, make_programme, make_session

TWO_HOURS = Decimal("2.67")
"""What 120 minutes are by the sample of 90 hours a year."""


def lacks_of(subject: TrainingClass, user_id: int) -> list[str]:
    mine = member_of(subject.id, user_id)
    assert mine is not None
    return standings(subject, [mine])[0].lacks


def told(user_id: int) -> list[str]:
    query = db.select(Notice.title).where(Notice.user_id == user_id).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_from_programme_to_certificate(
    app: Flask, people: Cast, complete: Complete, ninety: int
) -> None:
    del ninety
    me, other = people.id("cadre"), people.id("other_cadre")
    with app.app_context(), transaction():
        must, may = make_course("must", "必修甲"), make_course("may", "选修乙", "2")
        programme = make_programme(hours="1", times=1, required=(must,), elective=(may,))
        subject = make_class(programme)
        class_id, courses = subject.id, (must.id, may.id)
        session_id = make_session(subject.id).id
        for one in (me, other):
            join(subject, one, "", WHEN)
        assert lacks_of(subject, me) == [
            "必修课还差《必修甲》", "选修还差 1 学时", "线下还差 1 次到课",
        ]  # fmt: skip
    for course_id in courses:
        complete(me, course_id)
    with app.app_context(), transaction():
        before = credit_hours_earned(me)
        session = db.session.get_one(OfflineSession, session_id)
        _, nonce = tokens.issue(session_id, now())
        check_in(session, tokens.Scan(session_id, tokens.second_of(now()), nonce), me, now())
        assert credit_hours_earned(me) - before == TWO_HOURS, "45 minutes are one"
        subject = db.session.get_one(TrainingClass, class_id)
        inside = members(class_id)
        done = graduate(subject, {member.id for member in inside}, now())
        assert [member.user_id for member in done] == [me], "whoever lacks something is left out"
        assert graduate(subject, {member.id for member in inside}, now()) == []
    with app.app_context():
        mine = [one for one in certificates_of(me) if one.title == "春季班"]
        assert len(mine) == 1
        assert mine[0].credit_hours == Decimal(0), "courses and sessions have earned already"
        assert told(me)[-1].startswith("恭喜")


def test_approval_waiting_and_moving_up(app: Flask, people: Cast) -> None:
    cadre, other, pro = (people.id(p) for p in ("cadre", "other_cadre", "pro"))
    with app.app_context(), transaction():
        course = make_course("a", "甲")
        subject = make_class(make_programme(required=(course,)), capacity=1, approval=True)
        for minute, one in enumerate((cadre, other, pro)):
            assert join(subject, one, "您好", WHEN + timedelta(minutes=minute)).state == "applied"
        applied = members(subject.id, ("applied",))
        assert approve(subject, {m.id for m in applied[:2]}, WHEN) == 2
        with pytest.raises(Refusal):
            decline(subject, {applied[2].id}, " ", WHEN)
        assert decline(subject, {applied[2].id}, "这期只招社区干部", WHEN) == 1
        assert [m.state for m in applied] == ["in", "waiting", "declined"]
        with pytest.raises(Refusal, match="没有通过"):
            join(subject, pro, "", WHEN)
        leave(subject, cadre, "", WHEN)
        assert [m.state for m in applied] == ["left", "in", "declined"]
        assert told(other)[-1] == "您已进入“春季班”"
        close_class(subject)
        with pytest.raises(Refusal, match="不接受报名"):
            join(subject, cadre, "", WHEN)


def values(subject: TrainingClass, **changes: object) -> ClassValues:
    names = ("title", "about", "starts_on", "ends_on", "capacity", "approval", "joining")
    return ClassValues(**{name: getattr(subject, name) for name in names} | changes)


def test_more_seats_move_the_list_and_fewer_than_people_are_refused(
    app: Flask, people: Cast
) -> None:
    for part in ("cadre", "other_cadre", "pro"):
        people.id(part)
    with app.app_context(), transaction():
        course = make_course("a", "甲")
        subject = make_class(make_programme(required=(course,)), capacity=1)
        for minute, part in enumerate(("cadre", "other-cadre", "pro")):
            add_person(subject, part, WHEN + timedelta(minutes=minute))
        change_class(subject, values(subject, capacity=2), WHEN)
        assert len(members(subject.id, ("in",))) == 2
        with pytest.raises(Refusal, match="已经有 2 人"):
            change_class(subject, values(subject, capacity=1), WHEN)
        change_class(subject, values(subject, capacity=0), WHEN)
        assert len(members(subject.id, ("in",))) == 3


def test_exemption_and_extension(app: Flask, people: Cast) -> None:
    me, tutor = people.id("cadre"), people.id("pro")
    with app.app_context(), transaction():
        course = make_course("a", "甲")
        subject = make_class(make_programme(times=1, required=(course,)))
        add_person(subject, "cadre", WHEN)
        by = db.session.get_one(User, tutor)
        for course_id in (course.id, 0):
            exempt(subject, me, course_id, "去年学过", by, WHEN)
            exempt(subject, me, course_id, "去年学过", by, WHEN)
        assert lacks_of(subject, me) == []
        with pytest.raises(Refusal, match="写明原因"):
            exempt(subject, me, course.id, "", by, WHEN)
        with pytest.raises(Refusal, match="晚于"):
            extend(subject, me, subject.ends_on, "生病", WHEN)
        extend(subject, me, subject.ends_on + timedelta(days=9), "生病", WHEN)
        mine = member_of(subject.id, me)
        assert mine is not None
        assert mine.extended_until == date(2026, 7, 5)


def test_a_class_keeps_its_goal_until_it_is_refreshed(app: Flask) -> None:
    with app.app_context(), transaction():
        one, two = make_course("a", "甲"), make_course("b", "乙")
        programme = make_programme(required=(one,))
        subject = make_class(programme)
        set_due_days(subject, {one.id: date(2026, 4, 1)})
        add_course(programme, two.id, required=True)
        add_course(programme, two.id, required=True)
        assert [row.course_id for row in subject.courses] == [one.id]
        refresh_plan(subject)
        assert [row.course_id for row in subject.courses] == [one.id, two.id]
        assert subject.courses[0].due_on == date(2026, 4, 1)
        set_course(programme, one.id, required=True, needs=[two.id])
        with pytest.raises(Refusal, match="互相等"):
            set_course(programme, two.id, required=True, needs=[one.id])
        drop_course(programme, two.id)
        assert programme.courses[0].needs == ()


def test_next_year_shifts_all_days_and_drops_the_roster(app: Flask, people: Cast) -> None:
    people.id("cadre")
    with app.app_context(), transaction():
        course = make_course("a", "甲")
        subject = make_class(make_programme(required=(course,)))
        set_due_days(subject, {course.id: date(2026, 4, 1)})
        make_session(subject.id, starts=WHEN)
        add_person(subject, "cadre", WHEN)
        key, starts = new_key(), subject.starts_on + timedelta(weeks=52)
        again = run_again(subject, "明年班", starts, key, WHEN)
        assert run_again(subject, "明年班", starts, key, WHEN).id == again.id, (
            "two clicks, one class"
        )
        assert (again.starts_on.weekday(), again.status) == (subject.starts_on.weekday(), "draft")
        assert again.ends_on - subject.ends_on == timedelta(weeks=52)
        assert again.courses[0].due_on == date(2027, 3, 31)
        assert [s.starts_at for s in sessions_of_class(again.id)] == [WHEN + timedelta(weeks=52)]
        assert members(again.id, ("in", "applied", "waiting", "done", "left")) == []
        assert again.code != subject.code


def test_the_board_tells_everybody_once(app: Flask, people: Cast) -> None:
    me, tutor = people.id("cadre"), people.id("pro")
    with app.app_context(), transaction():
        subject = make_class(make_programme(required=(make_course("a", "甲"),)))
        add_person(subject, "cadre", WHEN)
        key, by = new_key(), db.session.get_one(User, tutor)
        for _ in range(2):
            post(subject, by, "明天九点集合", key, WHEN)
        assert told(me) == ["您已进入“春季班”", "“春季班”有新公告"]


def test_a_scan_serves_one_person_and_only_in_time(app: Flask, people: Cast) -> None:
    me, other, pro = (people.id(p) for p in ("cadre", "other_cadre", "pro"))
    with app.app_context(), transaction():
        subject = make_class(make_programme(times=1))
        for part in ("cadre", "other-cadre"):
            add_person(subject, part, WHEN)
        start = now() + timedelta(hours=3)
        session = make_session(subject.id, starts=start)
        early = tokens.Scan(session.id, tokens.second_of(start - timedelta(hours=2)), "n1")
        with pytest.raises(Refusal, match="还没到签到时间"):
            check_in(session, early, me, start - timedelta(hours=2))
        check_in(session, early, me, start - timedelta(minutes=20))
        check_in(session, early, me, start - timedelta(minutes=19))
        with pytest.raises(Refusal, match="已经给别人签到"):
            check_in(session, early, other, start - timedelta(minutes=19))
        with pytest.raises(Refusal, match="过去太久"):
            check_in(session, tokens.Scan(session.id, early.second, "n2"), other, start)
        with pytest.raises(Refusal, match="不在这个班"):
            check_in(session, tokens.Scan(session.id, tokens.second_of(start), "n3"), pro, start)
        late = start + timedelta(hours=4)
        with pytest.raises(Refusal, match="签到已经结束"):
            check_in(session, tokens.Scan(session.id, tokens.second_of(late), "n4"), other, late)
        assert set(attendances_of(session.id)) == {me}
        with pytest.raises(Refusal, match="不能取消"):
            cancel_session(session)


def test_the_tutors_list_enters_and_takes_back_with_the_hours(
    app: Flask, people: Cast, ninety: int
) -> None:
    del ninety
    me, other, tutor = (people.id(p) for p in ("cadre", "other_cadre", "pro"))
    with app.app_context(), transaction():
        subject = make_class(make_programme(times=1))
        for part in ("cadre", "other-cadre"):
            add_person(subject, part, WHEN)
        session = make_session(subject.id)
        moment = now()
        assert set_attendance(session, {me, other}, {me, other}, tutor, moment) == (2, 0)
        assert credit_hours_earned(me) == TWO_HOURS
        assert set_attendance(session, {me}, set(), tutor, moment) == (0, 1)
        assert credit_hours_earned(me) == 0
        assert credit_hours_earned(other) == TWO_HOURS
        later = moment + timedelta(minutes=1)
        assert set_attendance(session, {me, tutor}, {me, tutor}, tutor, later) == (1, 0)
        assert credit_hours_earned(me) == TWO_HOURS, "entered anew after a mistake, earned anew"
        assert lacks_of(subject, me) == []


def test_a_moved_session_is_told_and_seats_are_kept(app: Flask, people: Cast) -> None:
    me = people.id("cadre")
    with app.app_context(), transaction():
        start = now() + timedelta(days=2)
        session = make_session(None, starts=start, seats=1)
        assert sign_up(session, me, now()).state == "in"
        assert sign_up(session, me, now()).state == "in", "two clicks, one seat"
        moved = SessionValues("现场观摩", "三楼", "", start, start + timedelta(hours=1), 1)
        change_session(session, moved, now())
        assert session.version == 1
        assert told(me) == ["“现场观摩”的时间或地点变了"]
        with pytest.raises(Refusal, match="已经开始"):
            sign_up(session, me, start)


def test_duties_of_my_learning(app: Flask, people: Cast, complete: Complete) -> None:
    me = people.id("cadre")
    with app.app_context(), transaction():
        one, two = make_course("a", "甲"), make_course("b", "乙")
        subject = make_class(make_programme(in_order=True, required=(one, two)))
        set_due_days(subject, {one.id: date(2026, 4, 1)})
        add_person(subject, "cadre", WHEN)
        first = one.id
        assert [(d.title, d.done, d.minutes) for d in duties_of(me)] == [("甲", False, 8)]
    complete(me, first)
    with app.app_context():
        assert [(d.title, d.done) for d in duties_of(me)] == [("甲", True), ("乙", False)]


def test_a_class_learns_by_its_own_rule_while_it_is_open(app: Flask, people: Cast) -> None:
    me, other = people.id("cadre"), people.id("other_cadre")
    with app.app_context(), transaction():
        course = make_course("must", "必修甲")
        subject = make_class(make_programme(required=(course,)))
        join(subject, me, "", WHEN)
        strict = add_rule(Rule(name="培训班用", share=1.0), None, WHEN)
        change_class(subject, values(subject, learning_rule_id=strict.id), WHEN)
        class_id, course_id, strict_id = subject.id, course.id, strict.id
    pairs = [(me, course_id), (other, course_id)]
    with app.app_context():
        assert [rule_for(*pair).name for pair in pairs] == ["培训班用", Rule().name]
        assert {pair[0]: rule.share for pair, rule in rules_for(pairs).items()} == {
            me: 1.0, other: Rule().share,
        }  # fmt: skip
    with app.app_context(), transaction():
        again = run_again(
            db.session.get_one(TrainingClass, class_id), "秋季班", date(2026, 9, 1), new_key(), WHEN
        )
        assert again.learning_rule_id == strict_id
        close_class(db.session.get_one(TrainingClass, class_id))
    with app.app_context():
        assert rule_for(me, course_id) == Rule()
