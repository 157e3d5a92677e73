"""The state machine: every step by everybody in every state; limits to the second; matching."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.community import rules as community_rules
from sanshi_lms.community.matching import BEGIN_WEIGHTS, Candidate, propose, score
from sanshi_lms.community.needs import codes, rules
from sanshi_lms.community.needs.rules import STEPS, Actor, Clock, Due, Limits, State
from sanshi_lms.community.rules import qualifications_problem, read_table

T = datetime(2026, 3, 5, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STAFF_EARLY = {"assign", "transfer", "merge", "withdraw"}
HANDLING = {"tell", "send_course", "ask"}

# Written by hand, apart from the code: who may do what, state by state.
MAY: dict[State, dict[Actor, set[str]]] = {
    State.RECEIVED: {Actor.CADRE: STAFF_EARLY | {"take"}, Actor.PRO: set(), Actor.ASKER: {"add"}},
    State.TAKEN: {
        Actor.CADRE: STAFF_EARLY | HANDLING | {"respond", "not_feasible"},
        Actor.PRO: HANDLING | {"respond"},
        Actor.ASKER: {"add"},
    },
    State.ASSIGNED: {
        Actor.CADRE: HANDLING | {"assign", "respond", "not_feasible"},
        Actor.PRO: HANDLING | {"respond", "give_back"},
        Actor.ASKER: {"add"},
    },
    State.RESPONDED: {
        Actor.CADRE: HANDLING | {"assign", "close", "not_feasible"},
        Actor.PRO: HANDLING | {"give_back"},
        Actor.ASKER: {"add"},
    },
    State.ASKED: {Actor.CADRE: {"withdraw"}, Actor.PRO: set(), Actor.ASKER: {"reply"}},
    State.DONE: {
        Actor.CADRE: {"send_course", "call_back", "reopen"},
        Actor.PRO: {"send_course"},
        Actor.ASKER: {"confirm", "reopen"},
    },
    State.CONFIRMED: {Actor.CADRE: set(), Actor.PRO: set(), Actor.ASKER: set()},
    State.NOT_FEASIBLE: {Actor.CADRE: {"reopen"}, Actor.PRO: set(), Actor.ASKER: {"reopen"}},
    State.MERGED: {Actor.CADRE: set(), Actor.PRO: set(), Actor.ASKER: set()},
    State.WITHDRAWN: {Actor.CADRE: set(), Actor.PRO: set(), Actor.ASKER: set()},
}
AFTER = {
    "take": State.TAKEN, "assign": State.ASSIGNED, "respond": State.RESPONDED,
    "ask": State.ASKED, "give_back": State.TAKEN, "transfer": State.RECEIVED,
    "merge": State.MERGED, "close": State.DONE, "not_feasible": State.NOT_FEASIBLE,
    "withdraw": State.WITHDRAWN, "restore": State.RECEIVED, "confirm": State.CONFIRMED,
    "call_back": State.CONFIRMED, "reopen": State.TAKEN,
}  # fmt: skip


@pytest.mark.parametrize("state", State)
def test_who_may_do_what(state: State) -> None:
    expected = {**MAY[state], Actor.ADMIN: set(MAY[state][Actor.CADRE])}
    if state == State.WITHDRAWN:
        expected[Actor.ADMIN] = {"restore"}
    for actor in Actor:
        assert {step.verb for step in rules.possible(state, {actor})} == expected[actor], actor
        for verb in STEPS:
            if verb in expected[actor]:
                assert rules.step_of(verb, state, {actor}).verb == verb
            else:
                with pytest.raises(rules.NotAllowed):
                    rules.step_of(verb, state, {actor})


def test_every_step_leads_where_it_says() -> None:
    for verb, step in STEPS.items():
        for state in step.start:
            expected = AFTER.get(verb, state)
            if verb == "reply":
                assert rules.state_after(step, state, has_pro=True) == State.ASSIGNED
                expected = State.TAKEN
            assert rules.state_after(step, state, has_pro=False) == expected


def test_whoever_asked_always_has_the_last_word() -> None:
    """No way leads to a solved need but their own word or a call that is told in words."""
    solved = {v for v, s in STEPS.items() if s.end == State.CONFIRMED}
    assert solved == {"confirm", "call_back"}
    assert STEPS["call_back"].words == "required"
    assert all(STEPS[v].words == "required" for v in ("reopen", "give_back", "not_feasible"))


def test_a_stranger_and_an_unknown_step_are_refused() -> None:
    with pytest.raises(rules.NotAllowed):
        rules.step_of("take", State.RECEIVED, ())
    with pytest.raises(rules.NotAllowed):
        rules.step_of("no such step", State.RECEIVED, set(Actor))


def test_as_what_somebody_with_several_parts_acts() -> None:
    assert rules.acting_as(STEPS["respond"], {Actor.ADMIN, Actor.CADRE}) == Actor.CADRE
    assert rules.acting_as(STEPS["respond"], {Actor.PRO, Actor.CADRE}) == Actor.PRO
    assert rules.acting_as(STEPS["close"], {Actor.PRO, Actor.ADMIN}) == Actor.ADMIN


LIMITS = Limits(sign=2, respond=24, close=168, confirm=72, warn_percent=25)


@pytest.mark.parametrize(
    ("state", "hours"),
    [
        (State.RECEIVED, 2),
        (State.TAKEN, 24),
        (State.ASSIGNED, 24),
        (State.RESPONDED, 168),
        (State.DONE, 72),
        (State.ASKED, None),
        (State.CONFIRMED, None),
        (State.NOT_FEASIBLE, None),
        (State.MERGED, None),
        (State.WITHDRAWN, None),
    ],
)
def test_when_each_state_is_late(state: State, hours: int | None) -> None:
    found = rules.due(state, Clock(T, T), LIMITS)
    assert found.at == (None if hours is None else T + hours * HOUR)
    if found.at is not None and found.warn_at is not None and hours is not None:
        assert found.warn_at == T + hours * 0.75 * HOUR
        told = rules.standing(found, found.warn_at - timedelta(seconds=1))
        assert told is not None
        assert told.level == "none"
        told = rules.standing(found, found.at)
        assert told is not None
        assert told.level == "warn", "the last second is not late"
        told = rules.standing(found, found.at + timedelta(seconds=1))
        assert told is not None
        assert told.level == "bad"
    assert rules.due(state, Clock(T, T), Limits()) == Due(), "0 means no limit"


def test_the_closing_limit_holds_whatever_is_being_done() -> None:
    late = T + 160 * HOUR
    assert rules.due(State.ASSIGNED, Clock(T, late), LIMITS).at == T + 168 * HOUR
    waited = Clock(T, late, timedelta(hours=30))
    assert rules.due(State.ASSIGNED, waited, LIMITS).at == late + 24 * HOUR


def test_how_urgency_is_told() -> None:
    found = Due(T + 2 * HOUR, T + HOUR)
    assert rules.standing(found, T + 5 * HOUR) == rules.Standing("bad", "超时 3 小时")
    assert rules.standing(found, T + HOUR) == rules.Standing("warn", "还剩 1 小时")
    assert rules.standing(found, T + 5 * HOUR, for_call_back=True) == rules.Standing(
        "bad", "该回访了，已过 3 小时"
    )
    assert rules.standing(Due(), T) is None
    lengths = {30: "不到 1 分钟", 1500: "25 分钟", 7200: "2 小时", 187_200: "2 天 4 小时"}
    for seconds, told in lengths.items():
        assert rules.lasting(timedelta(seconds=seconds)) == told


@given(st.data())
def test_a_code_is_found_again_and_a_wrong_digit_is_noticed(data: st.DataObject) -> None:
    code = codes.new_code(lambda digits: data.draw(st.sampled_from(digits)))
    assert len(code) == codes.CODE_DIGITS
    assert codes.read_code(codes.spoken_code(code)) == code
    assert codes.read_code(f"https://weike.example.cn/n/{code}") == code
    place = data.draw(st.integers(0, codes.CODE_DIGITS - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert codes.read_code(code[:place] + other + code[place + 1 :]) is None


@given(st.text(max_size=40))
def test_reading_a_code_never_fails(typed: str) -> None:
    found = codes.read_code(typed)
    assert found is None or (len(found) == codes.CODE_DIGITS and found.isascii())


def test_phones_and_fast_forms() -> None:
    assert codes.read_phone("138 1234-5678") == "13812345678"
    assert codes.read_phone("＋86") is None
    assert codes.read_phone("+8613812345678") == "13812345678"
    assert codes.read_phone("023-6812 3456") == "02368123456"
    assert codes.read_phone("12345") is None
    assert rules.too_fast(T, T + timedelta(seconds=2.9))
    assert not rules.too_fast(T, T + timedelta(seconds=3))


def test_matching_says_why() -> None:
    fits = Candidate(1, True, True, 2, 3, 2)
    far = Candidate(2, False, True, 0, 0)
    busy = Candidate(3, True, True, 9, 3)
    other = Candidate(4, True, False, 0, 0)
    found = propose([other, busy, far, fits], "渝中区", "加装电梯")
    assert [one.person_id for one in found] == [1, 2, 4, 3]
    assert found[0].reasons == (
        "擅长加装电梯", "服务渝中区", "办结过 3 件同类需求，2 件得到确认", "手上有 2 件在办",
    )  # fmt: skip
    assert found[1].doubts == ("不在渝中区服务",)
    assert found[2].doubts == ("没有填写擅长加装电梯",)
    assert "手上有 9 件在办，本人说最多接 4 件" in found[3].doubts
    assert propose([], "渝中区", "加装电梯") == []


def test_who_was_asked_for_comes_first_and_who_is_full_last() -> None:
    asked = Candidate(1, False, False, 0, 0, services=("方案审查",), asked_for=True)
    near = Candidate(2, True, False, 0, 0)
    full = Candidate(3, True, True, 2, 9, 9, 9, most_open=2)
    found = propose([full, near, asked], "渝中区", "加装电梯")
    assert [one.person_id for one in found] == [1, 3, 2]
    assert "提供“方案审查”" in found[0].reasons
    assert "手上有 2 件在办，本人说最多接 2 件" in found[1].doubts
    assert "有 9 个同类案例" in found[1].reasons
    nothing = dict.fromkeys(BEGIN_WEIGHTS, 0.0)
    assert [one.person_id for one in propose([full, near], "", "", weights=nothing)] == [2, 3]


COUNTS = st.integers(0, 30)
CANDIDATES = st.builds(
    Candidate, COUNTS, st.booleans(), st.booleans(), COUNTS, COUNTS, COUNTS, COUNTS,
    st.just(()), st.booleans(), st.integers(1, 20),
)  # fmt: skip


@given(CANDIDATES, st.dictionaries(st.sampled_from([*BEGIN_WEIGHTS]), st.floats(0, 100)))
def test_what_speaks_for_somebody_never_speaks_against(
    one: Candidate, weights: dict[str, float]
) -> None:
    better = [
        replace(one, helps_with_kind=True), replace(one, same_district=True),
        replace(one, asked_for=True), replace(one, closed_of_kind=one.closed_of_kind + 1),
        replace(one, cases_of_kind=one.cases_of_kind + 1), replace(one, open_needs=0),
        replace(one, most_open=20),
    ]  # fmt: skip
    assert all(score(other, weights) >= score(one, weights) for other in better)


def test_qualifications_stand_one_to_a_line() -> None:
    assert qualifications_problem("注册城乡规划师\n\n高级工程师") is None
    assert "最多写 8 项" in (qualifications_problem("\n".join(map(str, range(9)))) or "")
    assert "最多 60 个字" in (qualifications_problem("长" * 61) or "")


TABLES = {
    "区县\t街道\t社区\n渝中区\t石油路街道\t石油路社区\n": 1,
    "渝中区,石油路街道,石油路社区,SYL\n江北区,观音桥街道,塔坪社区\n": 2,
    "\ufeff社区名称,区县,街道\r\n石油路社区,渝中区,石油路街道\r\n\r\n": 1,
    '"渝中区","石油路街道","石油路, 社区"': 1,
    "渝中区，石油路街道，石油路社区": 1,
}


@pytest.mark.parametrize(("text", "rows"), TABLES.items())
def test_tables_as_people_paste_them(text: str, rows: int) -> None:
    found = read_table(text, (), ())
    assert (len(found.rows), found.faults) == (rows, [])


def test_what_is_wrong_with_a_table_is_said_line_by_line() -> None:
    lines = ["区县,街道,社区,编号", "渝中区,,甲,", "江北区,观音桥,乙,坏 码", "江北区,观音桥,丙,SYL"]
    text = "\n".join([*lines, "江北区,观音桥,丁,", "江北区,观音桥,丁,"])
    found = read_table(text, [("江北区", "观音桥", "戊")], ["SYL"])
    assert [line for line, _ in found.faults] == [2, 3, 4]
    assert [row.name for row in found.rows] == ["丁"]
    assert found.known == 1, "the same line twice is one community"
    assert read_table("", (), ()).faults
    assert read_table("江北区,观音桥,戊", [("江北区", "观音桥", "戊")], ()).known == 1


@given(st.text(max_size=200))
def test_reading_a_table_never_fails(text: str) -> None:
    found = read_table(text, (), ())
    for row in found.rows:
        assert row.name
        assert len(row.name) <= community_rules.NAME_LENGTH
