"""Seats and waiting lists with many people at once, on both engines: never above the seats,
nobody lost, first come first served.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from sanshi_lms.account import ensure_person
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.training.classes.models import Member, TrainingClass
from sanshi_lms.training.classes.queries import members
from sanshi_lms.training.classes.roster import join, leave
from sanshi_lms.training.sessions.actions import sign_up, take_back_sign_up
from sanshi_lms.training.sessions.models import OfflineSession, Signup
from tests.training.making import WHEN, make_class, make_course, make_programme, make_session

THREADS, SEATS = 8, 3
PASSWORD = "linjiang-menhu-7"


def make_people(app: Flask, count: int) -> list[int]:
    with app.app_context(), transaction():
        return [
            ensure_person(f"person-{n:02}", f"学员{n}", "", "cadre", PASSWORD)[0].id
            for n in range(count)
        ]


def at_once(app: Flask, acts: list[Callable[[], object]]) -> None:
    """Run each act in a thread and a transaction of its own, all from the same moment."""
    together = threading.Barrier(len(acts))
    failures: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            with app.app_context():
                together.wait(30)
                with transaction():
                    act()
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert failures == []


def states(app: Flask) -> dict[str, int]:
    with app.app_context():
        query = select(Member.state, func.count()).group_by(Member.state)
        return {row[0]: row[1] for row in db.session.execute(query)}


def test_eight_join_at_once_for_three_seats_then_the_seated_leave_at_once(
    either_app: Flask,
) -> None:
    app, people = either_app, make_people(either_app, THREADS)
    with app.app_context(), transaction():
        course = make_course("seats", "名额")
        class_id = make_class(make_programme(required=(course,)), capacity=SEATS).id

    def joining(user_id: int) -> Callable[[], object]:
        # Twice in one: a double click is one place.
        def act() -> None:
            subject = db.session.get_one(TrainingClass, class_id)
            join(subject, user_id, "", now())
            join(subject, user_id, "", now())

        return act

    def leaving(user_id: int) -> Callable[[], object]:
        return lambda: leave(db.session.get_one(TrainingClass, class_id), user_id, "", now())

    at_once(app, [joining(user_id) for user_id in people])
    assert states(app) == {"in": SEATS, "waiting": THREADS - SEATS}
    with app.app_context():
        seated = [m.user_id for m in members(class_id, ("in",))]
        queue = [m.user_id for m in members(class_id, ("waiting",))]
    at_once(app, [leaving(user_id) for user_id in seated])
    assert states(app) == {"in": SEATS, "waiting": THREADS - 2 * SEATS, "left": SEATS}
    with app.app_context():
        assert {m.user_id for m in members(class_id, ("in",))} == set(queue[:SEATS])
    mixed = [leaving(queue[0]), leaving(queue[1]), *(joining(one) for one in seated)]
    at_once(app, mixed)
    found = states(app)
    assert found["in"] == SEATS
    assert sum(found.values()) == THREADS, "one row a person, nobody lost"


def test_eight_sign_up_at_once_for_a_session(either_app: Flask) -> None:
    app, people = either_app, make_people(either_app, THREADS)
    with app.app_context(), transaction():
        session_id = make_session(None, starts=now() + timedelta(days=1), seats=SEATS).id

    def act(user_id: int, verb: Callable[..., object]) -> Callable[[], object]:
        return lambda: verb(db.session.get_one(OfflineSession, session_id), user_id, now())

    def seats() -> dict[str, int]:
        with app.app_context():
            query = select(Signup.state, func.count()).group_by(Signup.state)
            return {row[0]: row[1] for row in db.session.execute(query)}

    at_once(app, [act(user_id, sign_up) for user_id in people])
    assert seats() == {"in": SEATS, "waiting": THREADS - SEATS}
    at_once(app, [act(user_id, take_back_sign_up) for user_id in people[:4]])
    assert seats() == {"in": SEATS, "waiting": 1, "left": 4}


@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(
    capacity=st.integers(0, 3),
    acts=st.lists(st.tuples(st.sampled_from(["join", "leave"]), st.integers(0, 4)), max_size=14),
)
def test_any_history_keeps_the_seats_and_the_order(
    app: Flask, capacity: int, acts: list[tuple[str, int]]
) -> None:
    """A naive list is the model: the first `capacity` of those who came and did not go."""
    people = make_people(app, 5)
    model: list[int] = []
    with app.app_context(), transaction() as session:
        course = make_course(f"c{abs(hash((capacity, tuple(acts))))}", "名额")
        title = course.slug[:40]
        subject = make_class(make_programme(title, required=(course,)), capacity=capacity)
        for tick, (verb, number) in enumerate(acts):
            at, user_id = WHEN + timedelta(minutes=tick), people[number]
            if verb == "join":
                join(subject, user_id, "", at)
                model += [user_id] if user_id not in model else []
            else:
                leave(subject, user_id, "", at)
                model = [one for one in model if one != user_id]
            session.flush()
            inside = [m.user_id for m in members(subject.id, ("in",))]
            waiting = [m.user_id for m in members(subject.id, ("waiting",))]
            seats = capacity or len(model)
            assert inside == model[:seats]
            assert waiting == model[seats:]
