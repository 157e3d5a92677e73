"""相关内容: about the same, not of the same course, and only what everybody may see."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import event, select

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.courses import Course, Lesson
from sanshi_lms.search import jobs, related
from sanshi_lms.search.rules import family_of, is_family
from sanshi_lms.search.sources import engine

COURSES = {
    "lift": ("加装电梯全流程", "城市更新", ["加装电梯费用怎么分摊", "加装电梯怎么摸意愿"]),
    "money": ("算清楚一笔账", "城市更新", ["费用分摊的三种办法", "维修资金怎么用"]),
    "stairs": ("上下楼的事", "城市更新", ["老楼加装电梯的结构", "楼道扶手"]),
    "roof": ("屋面修缮", "完整社区", ["屋面防水怎么做"]),
    "draft": ("加装电梯机密", "城市更新", ["加装电梯费用分摊机密"]),
}


@dataclass
class Ids:
    """Ids by slug of the course, lessons with their number."""

    course: dict[str, int]
    lesson: dict[tuple[str, int], int]


def _course(slug: str, title: str, topic: str, lessons: list[str]) -> None:
    moment = now()
    course = Course(
        slug=slug, title=title, topic=topic, kind="技能培训", summary=title, status="published",
        published_at=moment, created_at=moment, updated_at=moment,
    )  # fmt: skip
    db.session.add(course)
    db.session.flush()
    for place, name in enumerate(lessons, 1):
        db.session.add(Lesson(
            course_id=course.id, position=place, slug=f"l{place}", title=name, kind="reading",
            minutes=4, updated_at=moment, body_md="正文",
        ))  # fmt: skip


@pytest.fixture
def ids(app: Flask) -> Iterator[Ids]:
    with app.app_context():
        with transaction():
            for slug, (title, topic, lessons) in COURSES.items():
                _course(slug, title, topic, lessons)
        jobs.rebuild()
        rows = db.session.execute(
            select(Course.slug, Course.id, Lesson.position, Lesson.id).join(Lesson.course)
        ).all()
        found = Ids({r[0]: r[1] for r in rows}, {(r[0], r[2]): r[3] for r in rows})
        db.session.remove()
    change(app, "draft", status="draft")  # the index has not heard of it yet
    yield found
    with app.app_context():
        engine().close()  # type: ignore[attr-defined]  # a Whoosh engine keeps files open


def change(app: Flask, slug: str, **values: Any) -> None:
    with app.app_context(), transaction() as session:
        course = session.scalars(select(Course).where(Course.slug == slug)).one()
        for name, value in values.items():
            setattr(course, name, value)


def urls(app: Flask, kind: str, ref: int) -> list[str]:
    with app.test_request_context():
        found = related(kind, ref)
        assert found is not None
        return [one.url for one in found]


def test_a_lesson_leads_to_others_about_the_same(app: Flask, ids: Ids) -> None:
    found = urls(app, "lesson", ids.lesson["lift", 1])
    assert found[0] in {"/courses/money/l1", "/courses/stairs/l1"}
    assert {"/courses/money/l1", "/courses/stairs/l1"} <= set(found)
    assert 2 <= len(found) <= 4
    assert len(set(found)) == len(found)
    assert not [url for url in found if url.startswith("/courses/lift")], "itself and its family"
    assert not [url for url in found if "draft" in url], "hidden since, whatever the index says"


def test_a_course_leads_out_of_itself(app: Flask, ids: Ids) -> None:
    found = urls(app, "course", ids.course["lift"])
    assert "/courses/stairs/l1" in found
    assert not [url for url in found if url.startswith(("/courses/lift", "/courses/draft"))]


def test_what_is_withdrawn_is_gone_at_once_and_names_are_new(app: Flask, ids: Ids) -> None:
    ref = ids.lesson["lift", 1]
    change(app, "money", status="withdrawn")
    assert not [url for url in urls(app, "lesson", ref) if "money" in url]
    with app.app_context(), transaction() as session:
        session.get_one(Lesson, ids.lesson["stairs", 1]).title = "改了名的一课"
    with app.test_request_context():
        found = related("lesson", ref)
    assert found
    assert "改了名的一课" in {one.title for one in found}


def test_the_piece_and_the_page_have_the_same_list(client: FlaskClient, ids: Ids) -> None:
    asked = f"kind=lesson&ref={ids.lesson['lift', 1]}"
    piece, page = (
        client.get(f"/search/related?{asked}"),
        client.get(f"/search/related/page?{asked}"),
    )
    assert piece.status_code == page.status_code == 200
    assert "<html" not in piece.text
    assert "<ol" in piece.text
    assert piece.cache_control.private
    for text in (piece.text, page.text):
        assert 'href="/courses/stairs/l1"' in text
        assert "算清楚一笔账" in text, "what it belongs to"
        assert "机密" not in text
    for course in ("lift", "lift/l1"):
        text = client.get(f"/courses/{course}").text
        assert 'data-related="/search/related?kind=' in text
        assert 'href="/search/related/page?kind=' in text
        assert "相关内容" in text


def test_what_is_not_there_is_not_found(app: Flask, client: FlaskClient, ids: Ids) -> None:
    hidden = ids.lesson["draft", 1]
    for asked in (
        f"kind=lesson&ref={hidden}", "kind=lesson&ref=99999", "kind=x&ref=1", "kind=lesson",
        "", "kind=lesson&ref=x", "ref=-1&kind=lesson", f"kind=lesson&ref={'9' * 40}",
    ):  # fmt: skip
        assert client.get(f"/search/related?{asked}").status_code == 404, asked
        assert client.get(f"/search/related/page?{asked}").status_code == 404, asked
    alone = ids.lesson["roof", 1]
    for slug in COURSES:
        if slug != "roof":
            change(app, slug, status="withdrawn")
    with app.test_request_context():
        assert related("lesson", alone) == [], "pages about the site are not about roofs"
    assert client.get(f"/search/related?kind=lesson&ref={alone}").status_code == 204
    page = client.get(f"/search/related/page?kind=lesson&ref={alone}")
    assert page.status_code == 200
    assert "还没有相关的内容" in page.text
    assert 'href="/courses/roof/l1"' in page.text, "the way back"


def test_without_an_index_there_is_nothing(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction():
        _course("a", "题", "城市更新", ["加装电梯"])
    answer = client.get("/search/related?kind=lesson&ref=1")
    assert answer.status_code == 204
    assert "还没有相关的内容" in client.get("/search/related/page?kind=lesson&ref=1").text


def test_it_takes_a_bounded_number_of_statements(app: Flask, client: FlaskClient, ids: Ids) -> None:
    with app.app_context():
        database = db.engine
    asked: list[str] = []
    event.listen(database, "before_cursor_execute", lambda *values: asked.append(values[2]))
    for ref in ids.lesson.values():
        asked.clear()
        client.get(f"/search/related?kind=lesson&ref={ref}")
        assert len(asked) <= 40, asked


def test_who_belongs_together() -> None:
    root = family_of("lesson", "/courses/lift/l1")
    assert root == family_of("course", "/courses/lift") == "/courses/lift"
    for url in ("/courses/lift", "/courses/lift/l2", "/courses/lift/l2?t=3#question-4"):
        assert is_family(url, root)
    for url in ("/courses/lift-2", "/courses/lif", "/community/cases/1"):
        assert not is_family(url, root)
    assert not is_family("/community/cases/2", family_of("story", "/community/cases/1"))


@pytest.mark.journey
@pytest.mark.usefixtures("ids")
def test_a_reader_finds_them_below_the_lesson(phone: Page, live_url: str) -> None:
    phone.goto(f"{live_url}/courses/lift/l1")
    place = phone.locator("[data-related]")
    place.scroll_into_view_if_needed()
    expect(place.locator("a.lesson__title")).not_to_have_count(0)
    link = place.get_by_role("link", name="老楼加装电梯的结构")
    expect(link).to_be_visible()
    expect(place.get_by_text("看相关内容")).to_have_count(0)
    link.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("老楼加装电梯的结构")
