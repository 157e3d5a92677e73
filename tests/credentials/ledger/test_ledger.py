"""The ledger on a real database: once, by the rule in force, and worked out again to the same."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from sanshi_lms.account import User, ensure_person
from sanshi_lms.account.standings import StandingRow
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.credentials import award_certificate, award_hours, certificate_for, reverse_entry
from sanshi_lms.credentials.actions import revoke_certificate
from sanshi_lms.credentials.ledger.models import CreditEntry, RuleApplication, RuleVersion
from sanshi_lms.credentials.ledger.queries import (
    Book,
    balance,
    credit_hours_earned,
    entries_of,
    entry_for,
    rule_of,
    version_for,
)
from sanshi_lms.credentials.ledger.rule_store import apply_rule, take_in
from sanshi_lms.credentials.ledger.verifying import verify_ledger
from sanshi_lms.credentials.queries import old_line_holds
from tests.credentials.ledger.conftest import WHEN, put_in_force
from tests.people import Cast

Tamper = Callable[[str], None]
fresh = count()


FORGED = """
INSERT INTO credentials_credit_entries (user_id, hours, title, source_ref, at, activity, category,
 subject, day, year, evidence, raw_hours, why, entered_at)
 SELECT user_id, 90, 'x', 'x', at, activity, category, subject, day, year, '[]', 90, '', at
 FROM credentials_credit_entries WHERE id = 2
"""


def differences(app: Flask) -> list[tuple[int | None, str]]:
    with app.app_context():
        return [(d.entry_id, d.words) for d in verify_ledger(old_line_holds).differences]


def award(
    user_id: int, ref: str, minutes: float | Decimal = 90, at: datetime = WHEN
) -> CreditEntry:
    return award_hours(user_id, "online_course", "加装电梯", source_ref=ref, at=at, minutes=minutes)


@pytest.mark.usefixtures("ninety")
def test_a_line_keeps_its_evidence_and_its_rule(app: Flask, people: Cast, ninety: int) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        award(me, "course:1:user:1", 1799 / 60)
        assert award(me, "course:1:user:1", 600).seconds == 1799
    with app.app_context():
        (line,) = entries_of(me, 2026)
        assert (line.seconds, line.hours, line.rule_version_id) == (1799, Decimal("0.67"), ninety)
        assert (line.day, line.year) == (date(2026, 3, 5), 2026)
    assert differences(app) == []


def test_new_years_eve_belongs_to_the_year_in_chongqing(app: Flask, people: Cast) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        last = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
        award_hours(me, "offline", "a", source_ref="a", at=last, hours=1)
        award_hours(me, "offline", "b", source_ref="b", at=last + timedelta(seconds=1), hours=2)
    with app.app_context():
        assert balance(me, 2026)["专业"] == 1
        assert balance(me, 2027)["专业"] == 2


@pytest.mark.parametrize("seconds", [900, 901, 1799, 1800, 1801])
def test_a_length_in_floats_is_the_same_whole_seconds(
    app: Flask, people: Cast, seconds: int
) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        put_in_force("sample-yunnan-cadres")
        line = award(me, "x", seconds / 60)
        assert line.seconds == seconds
        assert award(me, "y", Decimal(seconds) / 60).seconds == seconds
        assert award(me, "z", seconds / 60 + 0.014).seconds == seconds


@pytest.mark.usefixtures("ninety")
def test_taking_back_gives_the_room_under_the_cap_back(app: Flask, people: Cast) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        first = award(me, "a", 7 * 45)
        capped = award(me, "b", 2 * 45)
        assert [capped.raw_hours, capped.hours] == [2, 1]
        assert "一天最多计 8" in capped.why
        assert award(me, "c", 45).hours == 0
        taken = reverse_entry(first, "误记", WHEN + timedelta(days=40))
        assert reverse_entry(first, "误记", WHEN).id == taken.id
        assert [taken.day, taken.hours] == [first.day, -7]
        assert award(me, "d", 2 * 45).hours == 2
        with pytest.raises(ValueError, match="counter-line"):
            reverse_entry(taken, "x", WHEN)
    with app.app_context():
        assert credit_hours_earned(me) == 3
    assert differences(app) == []


def test_what_stood_before_a_rule_stays(app: Flask, people: Cast) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        award_certificate(me, "刘建国", "加装电梯", "0.5", "course:1:user:1", WHEN)
        put_in_force("sample-90-hours")
        line = entry_for("course:1:user:1")
        assert line is not None
        assert (line.hours, line.rule_version_id) == (Decimal("0.5"), None)
        assert award(me, "course:1:user:1", 900).id == line.id
    assert differences(app) == []


def test_a_certificate_shows_what_was_entered(app: Flask, people: Cast, ninety: int) -> None:
    del ninety
    me = people.id("pro")
    with app.app_context(), transaction():
        award(me, "course:1:user:1", 90)
        award_hours(
            me, "test", "测验", source_ref="course:1:user:1:test:4", at=WHEN, subject="course:1"
        )
        subject = award_certificate(me, "刘建国", "加装电梯", 99, "course:1:user:1", WHEN)
        assert subject.credit_hours == Decimal("2.5")
        revoke_certificate(subject, "由他人代学", WHEN)
    with app.app_context():
        assert credit_hours_earned(me) == 0
        assert len(entries_of(me, 2026)) == 4
        kept = certificate_for("course:1:user:1")
        assert kept is not None
        assert kept.credit_hours == Decimal("2.5")
    assert differences(app) == []


def test_a_rule_never_reaches_back(app: Flask, people: Cast) -> None:
    me = people.id("pro")
    with app.app_context(), transaction() as session:
        version = session.get_one(RuleVersion, put_in_force("sample-yunnan-cadres"))
        for day in (date(2026, 3, 4), date(2020, 1, 1)):
            with pytest.raises(Refusal, match="不能早于今天"):
                apply_rule(version, "all", "", day, WHEN, None)
        text_2 = version.text.replace("hours = 50", "hours = 60")
        again = take_in(text_2, WHEN, None)
        assert (again.version, take_in(text_2, WHEN, None).id) == (2, again.id)
        apply_rule(again, "role", "pro", date(2026, 4, 1), WHEN, None)
        person, _ = ensure_person("pro", "", "", "pro", None)
        assert person.id == me
        assert version_for(person, date(2026, 3, 31))[0] == version.id
        assert version_for(person, date(2026, 4, 1))[0] == again.id
        apply_rule(None, "role", "pro", date(2026, 5, 1), WHEN, None)
        assert version_for(person, date(2026, 5, 1))[0] == version.id


@pytest.mark.usefixtures("ninety")
def test_a_check_does_not_believe_which_rule_a_line_names(
    app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        planner = db.session.get_one(User, me)
        planner.post = "规划师"
        text_of = (REPOSITORY / "content/credit-rules/sample-yunnan-cadres.toml").read_text("utf-8")
        other = take_in(text_of, WHEN, None)
        award(me, "honest", at=now())
        wrong = "sanshi_lms.credentials.ledger.actions.version_for"
        with monkeypatch.context() as patch:
            patch.setattr(wrong, lambda *_: (other.id, rule_of(other.text)))
            award(me, "by another rule", at=now())
            patch.setattr(wrong, lambda *_: (None, None))
            award(me, "by no rule", at=now())
    words = "所依据的规则不是当时对这位学员有效的规则。"
    assert differences(app) == [(2, words), (3, words)]


@pytest.mark.usefixtures("ninety")
def test_a_past_year_asks_what_the_post_of_that_year_asked(app: Flask, people: Cast) -> None:
    me = people.id("pro")
    with app.app_context(), transaction() as session:
        text_of = (REPOSITORY / "content/credit-rules/sample-yunnan-cadres.toml").read_text("utf-8")
        cadres = take_in(text_of, WHEN, None)
        for post, version in (("社区干部", cadres.id), ("规划师", None)):
            session.add(
                RuleApplication(
                    version_id=version,
                    scope="post",
                    who=post,
                    starts_on=date(2026, 1, 1),
                    made_at=WHEN,
                )
            )
        session.query(StandingRow).delete()
        for year, post in ((2026, "社区干部"), (2027, "规划师")):
            since = datetime(year, 2, 1, tzinfo=UTC)
            session.add(StandingRow(user_id=me, since=since, post=post, role="pro"))
        person = session.get_one(User, me)
        session.flush()
        book, today = Book.load([me]), date(2027, 6, 1)
        past, present = (book.target_for(person, year, today) for year in (2026, 2027))
        assert past is not None
        assert present is not None
        assert [past.hours, present.hours] == [50, 90]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credentials_rule_versions SET text = ''",
        "DELETE FROM credentials_rule_versions",
        "UPDATE credentials_rule_applications SET who = 'x', scope = 'post'",
    ],
)
@pytest.mark.usefixtures("ninety")
def test_the_database_keeps_rules_as_they_were(app: Flask, statement: str) -> None:
    with app.app_context(), pytest.raises(DBAPIError, match="append-only"), transaction() as s:
        s.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE credentials_credit_entries SET hours = 9 WHERE id = 2", "重新计算应为 2"),
        ("UPDATE credentials_credit_entries SET seconds = 60 WHERE id = 2", "重新计算应为 0.02"),
        ("UPDATE credentials_credit_entries SET title = 'x' WHERE id = 2", "封印不符"),
        ("UPDATE credentials_credit_entries SET category = '公需' WHERE id = 2", "封印不符"),
        ("DELETE FROM credentials_credit_entries WHERE id = 2", "账簿应有 3 笔，实际有 2 笔"),
        ("DELETE FROM credentials_credit_entries WHERE id = 3", "账簿应有 3 笔，实际有 2 笔"),
        ("UPDATE credentials_credit_entries SET rule_version_id = NULL WHERE id = 2", "应为 0"),
        ("UPDATE credentials_credit_entries SET year = 2027 WHERE id = 2", "日期与发生时间不符"),
        ("UPDATE credentials_credit_entries SET seal = NULL WHERE id = 2", "没有证书与它相符"),
        ("UPDATE credentials_ledgers SET entries = 2", "账簿末尾的封印不符"),
        ("DELETE FROM credentials_ledgers", "账簿末尾的记录不见了"),
        (
            FORGED,
            "没有证书与它相符",
        ),
    ],
)
@pytest.mark.usefixtures("ninety")
def test_whatever_is_changed_behind_its_back_is_found(
    app: Flask, people: Cast, tamper: Tamper, statement: str, said: str
) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        for ref in ("a", "b", "c"):
            award(me, ref)
    assert differences(app) == []
    tamper(statement)
    assert said in str(differences(app))


def test_verify_tells_by_its_exit_code(app: Flask, people: Cast, tamper: Tamper) -> None:
    me = people.id("pro")
    with app.app_context(), transaction():
        award_hours(me, "offline", "入户测量", source_ref="a", at=WHEN, hours=2)
    run = app.test_cli_runner()
    fine = run.invoke(args=["ledger", "verify"])
    assert (fine.exit_code, "1 人、1 笔，发现 0 处" in fine.output) == (0, True)
    tamper("UPDATE credentials_credit_entries SET hours = 20")
    wrong = run.invoke(args=["ledger", "verify"])
    assert wrong.exit_code == 1
    assert f"刘建国（编号 {me}）第 1 笔《入户测量》" in wrong.output
    assert "学时记的是 20，重新计算应为 2" in wrong.output


def test_rules_are_loaded_from_their_folder_once(app: Flask) -> None:
    run = app.test_cli_runner()
    assert "new  sample-90-hours v1" in run.invoke(args=["ledger", "load-rules"]).output
    assert "kept sample-90-hours v1" in run.invoke(args=["ledger", "load-rules"]).output


ACTS = st.one_of(
    st.tuples(
        st.just("award"),
        st.sampled_from(["online_course", "test", "offline", "teaching", "outside"]),
        st.sampled_from(["公需", "专业"]),
        st.integers(0, 40_000),
        st.integers(0, 400),
        st.integers(0, 12),
    ),
    st.tuples(st.just("again"), st.integers(0, 50)),
    st.tuples(st.just("reverse"), st.integers(0, 50)),
)


def naive_recount(made: list[dict[str, object]], year: int) -> Decimal:
    """Count a history anew with nothing of ours: the sample's numbers in plain words."""
    hours: list[tuple[dict[str, object], int]] = []  # hundredths
    for fact in made:
        if "undo" in fact:
            undone = hours[int(str(fact["undo"]))]
            hours.append((undone[0], -undone[1]))
            continue
        seconds, stated = int(str(fact["seconds"])), int(str(fact["stated"]))
        kind, day = fact["kind"], fact["day"]
        time = int(Decimal(seconds * 100) / 2700 + Decimal("0.5"))
        twice = int(Decimal(seconds * 200) / 2700 + Decimal("0.5"))
        raw = {"test": 50, "outside": stated * 100, "teaching": twice}.get(str(kind), time)
        same_year = [(f, h) for f, h in hours if str(f["day"])[:4] == str(day)[:4]]
        rooms = [800 - sum(h for f, h in same_year if f["day"] == day)]
        of_kind = [(f, h) for f, h in same_year if f["kind"] == kind]
        if kind in {"teaching", "outside"}:
            rooms.append(
                {"teaching": 3000, "outside": 4500}[str(kind)] - sum(h for _, h in of_kind)
            )
        if kind == "test":
            same = [h for f, h in of_kind if f["subject"] == fact["subject"]]
            rooms.append(100 - sum(same))
        hours.append((fact, max(0, min(raw, *rooms))))
    return Decimal(sum(h for f, h in hours if str(f["day"]).startswith(str(year)))) / 100


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, max_size=25))
@pytest.mark.usefixtures("ninety")
def test_any_history_sums_to_a_naive_recount(app: Flask, history: list[tuple[object, ...]]) -> None:
    made: list[dict[str, object]] = []
    lines: list[CreditEntry] = []
    undone: set[int] = set()
    run = next(fresh)
    with app.app_context(), transaction():
        person, _ = ensure_person(f"p{run}-x", "刘建国", "", "pro", "linjiang-menhu-7")
        me = person.id
        for act in history:
            if act[0] == "award":
                _, kind, category, seconds, stated, place = act
                at = WHEN + timedelta(days=int(str(place)) * 35)
                line = award_hours(
                    me,
                    str(kind),
                    "x",
                    source_ref=f"{run}:{len(lines)}",
                    at=at,
                    category=str(category),
                    minutes=Decimal(int(str(seconds))) / 60,
                    hours=int(str(stated)),
                    subject=f"s:{int(str(place)) % 3}",
                )
                fact = {"kind": kind, "seconds": seconds, "stated": stated, "day": line.day}
                made.append({**fact, "subject": line.subject})
                lines.append(line)
            elif lines and act[0] == "again":
                known = lines[int(str(act[1])) % len(lines)]
                if known.reverses_id is None:
                    again = award_hours(me, "test", "y", source_ref=known.source_ref, at=WHEN)
                    assert again.id == known.id
            elif lines:
                place = int(str(act[1])) % len(lines)
                if lines[place].reverses_id is None and place not in undone:
                    undone.add(place)
                    made.append({"undo": place})
                    lines.append(reverse_entry(lines[place], "误记", WHEN))
    with app.app_context():
        for year in (2026, 2027):
            assert sum(balance(me, year).values()) == naive_recount(made, year)
        stored = db.session.scalars(select(CreditEntry.hours).where(CreditEntry.user_id == me))
        assert credit_hours_earned(me) == sum(stored, Decimal(0))
        found = [d for d in verify_ledger(old_line_holds).differences if d.user_id == me]
        assert found == []


@pytest.mark.usefixtures("ninety")
def test_eight_at_once_award_each_once_and_keep_the_cap(app: Flask, people: Cast) -> None:
    """Eight threads complete the same ten courses in their own order, at the same time."""
    me = people.id("pro")
    together = threading.Barrier(8)
    failures: list[BaseException] = []

    def run(k: int) -> None:
        try:
            together.wait(20)
            for step in range(10):
                place = (step * 3 + k) % 10
                with app.app_context(), transaction():
                    ref = f"course:{place}:user:{me}"
                    award(me, ref, 90, WHEN + timedelta(days=place % 2))
                    award_certificate(me, "刘建国", f"课程 {place}", 0, ref, WHEN)
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    with app.app_context():
        lines = entries_of(me, 2026)
        assert len(lines) == 10
        # 2 hours each, five on each of two days, at most 8 a day.
        assert credit_hours_earned(me) == 16
        assert sorted(line.hours for line in lines) == [0] * 2 + [2] * 8
    assert differences(app) == []
