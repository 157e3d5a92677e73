"""When somebody graduates, who gets a seat, what is locked: the awkward cases."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.training.rules import (
    Graduation,
    PlanCourse,
    Record,
    blockers,
    free_seats,
    graduates,
    has_ring,
    lacks,
    moving_up,
    needed_first,
    seat_or_queue,
)

HALF = Decimal("0.5")
A, B, C, D = (
    PlanCourse(1, "甲", HALF),
    PlanCourse(2, "乙", HALF),
    PlanCourse(3, "丙", Decimal(3), required=False),
    PlanCourse(4, "丁", Decimal("1.25"), required=False),
)
PLAN = [A, B, C, D]
RULE = Graduation(Decimal(4), 2)


def test_a_rule_is_one_sentence() -> None:
    assert RULE.sentence(PLAN) == (
        "学完全部必修课（2 门），另选修不少于 4 学时，线下到课不少于 2 次，就可以结业；"
        "以前学完的课也算。"
    )
    assert Graduation().sentence([A]).startswith("学完全部必修课（1 门），就可以结业")
    assert Graduation(Decimal("1.50")).sentence([C]).startswith("选修不少于 1.5 学时，就可以")
    assert Graduation(Decimal(0), 1).sentence([]).startswith("线下到课不少于 1 次，")
    assert Graduation().sentence([C]) == "还没有写结业条件。"


def test_what_is_missing_is_said_in_words() -> None:
    parts = RULE.parts(PLAN, Record(frozenset({1, 3}), attended=1))
    assert [part.words for part in parts] == ["1 / 2 门", "3 / 4 学时", "1 / 2 次"]
    assert lacks(parts) == ["必修课还差《乙》", "选修还差 1 学时", "线下还差 1 次到课"]
    assert not graduates(parts)


def test_all_demands_must_be_met() -> None:
    done = Record(frozenset({1, 2, 3, 4}), attended=2)
    assert graduates(RULE.parts(PLAN, done))
    assert not graduates(RULE.parts(PLAN, Record(frozenset({1, 2, 3}), attended=2)))
    assert not graduates(Graduation().parts([C], done)), "a rule without demands is never met"


def test_exemption_counts_for_required_courses_and_attendance_but_earns_no_hours() -> None:
    excused = Record(frozenset({1, 3, 4}), frozenset({2}), 0, excused_from_attending=True)
    assert graduates(RULE.parts(PLAN, excused))
    no_hours = Record(frozenset({1, 2}), frozenset({3, 4}), 2)
    assert lacks(RULE.parts(PLAN, no_hours)) == ["选修还差 4 学时"]


@given(st.sets(st.integers(1, 4)), st.sets(st.integers(1, 4)), st.integers(0, 3))
def test_doing_more_never_takes_anything_away(
    done: set[int], more: set[int], attended: int
) -> None:
    before = RULE.parts(PLAN, Record(frozenset(done), attended=attended))
    after = RULE.parts(PLAN, Record(frozenset(done | more), attended=attended + 1))
    assert all(b.done <= a.done for b, a in zip(before, after, strict=True))
    assert graduates(after) or not graduates(before)
    assert all((part.percent == 100) == part.met for part in after)


def test_seats() -> None:
    assert free_seats(0, 1000) is None
    assert free_seats(3, 5) == 0, "a class may hold more than its seats after they were reduced"
    assert seat_or_queue(2, 1, 0) == "in"
    assert seat_or_queue(2, 1, 1) == "waiting", "the free seat belongs to who waits already"
    assert seat_or_queue(2, 2, 0) == "waiting"
    assert seat_or_queue(0, 999, 0) == "in"


@given(st.integers(0, 20), st.integers(0, 30), st.lists(st.integers(), unique=True))
def test_the_waiting_list_moves_up_in_order_and_never_over_the_seats(
    capacity: int, taken: int, queue: list[int]
) -> None:
    up = moving_up(capacity, taken, queue)
    assert up == queue[: len(up)], "first come, first served"
    if capacity:
        assert taken + len(up) <= max(capacity, taken)
        assert len(up) == len(queue) or taken + len(up) >= capacity, "no seat stays empty"
    else:
        assert up == queue


def test_what_comes_first() -> None:
    lift = PlanCourse(3, "丙", needs=(1,), required=False)
    plan = [A, B, lift]
    assert needed_first(2, plan, in_order=True) == (1,)
    assert needed_first(2, plan, in_order=False) == ()
    assert needed_first(3, plan, in_order=True) == (1,), "an elective waits only for its own"
    assert blockers(3, plan, {1}, in_order=True) == ()
    assert blockers(99, plan, set(), in_order=True) == ()


def test_a_ring_is_found() -> None:
    one, two = PlanCourse(1, "甲", needs=(2,)), PlanCourse(2, "乙", needs=(1,))
    assert has_ring([one, two], in_order=False)
    late = PlanCourse(1, "甲", needs=(2,))
    assert not has_ring([late, B], in_order=False)
    assert has_ring([late, B], in_order=True), "order and needs contradict each other"


@given(st.lists(st.tuples(st.integers(1, 6), st.sets(st.integers(1, 6)))), st.booleans())
def test_without_a_ring_everything_can_be_opened_one_after_the_other(
    given_courses: list[tuple[int, set[int]]], in_order: bool
) -> None:
    plan = [PlanCourse(n, str(n), needs=tuple(needs)) for n, needs in dict(given_courses).items()]
    if has_ring(plan, in_order=in_order):
        return
    settled: set[int] = set()
    for _ in plan:
        settled |= {c.course_id for c in plan
                    if not blockers(c.course_id, plan, settled, in_order=in_order)}  # fmt: skip
    assert settled == {c.course_id for c in plan}
