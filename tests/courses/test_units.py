"""Lectures of a unit: who writes and publishes them, who never meets them, whose they become."""

import base64
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.account import Unit, User, add_unit, place_person
from sanshi_lms.account.grants.actions import give
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses.actions import CourseValues, create_course
from sanshi_lms.courses.editorial.queries import hands_over, reaches_of, under_way
from sanshi_lms.courses.editorial.rules import Hand
from sanshi_lms.courses.editorial.switch import find_switch
from sanshi_lms.courses.models import Course, Lesson
from sanshi_lms.learning.questions.actions import ask
from sanshi_lms.learning.questions.models import Question
from sanshi_lms.quizzes.actions import hand_in, start_attempt
from sanshi_lms.quizzes.asking import bank
from sanshi_lms.quizzes.editing import add_item
from sanshi_lms.quizzes.models import Attempt, Item, Paper
from sanshi_lms.quizzes.papers.assembling import bank_of
from sanshi_lms.quizzes.queries import full_paper
from sanshi_lms.video.actions import add_video
from sanshi_lms.video.models import Video
from sanshi_lms.video.uploads.models import Upload
from tests.courses.steps import step
from tests.people import Cast
from tests.quizzes.papers import SINGLE, make_paper

COURSE = {
    "title": "石油路怎么加电梯",
    "summary": "本街道的做法。",
    "audience": "社区干部",
    "kind": "技能培训",
    "topic": "城市更新",
    "credit_hours": "0.5",
    "category": "专业",
    "slug": "shiyoulu",
}
LESSON = {"minutes": "5", "required": "y", "body_md": "正文", "version": "1"}


@dataclass(frozen=True)
class Town:
    """Two districts of a city and a street of the first; who works where is in `town`."""

    city: int
    near: int
    street: int
    far: int


@pytest.fixture
def town(app: Flask, people: Cast) -> Town:
    """The cadre writes and the 三师 publishes for 渝中区; the other cadre writes for 江北区."""
    ids = {part: people.id(part) for part in ("cadre", "other_cadre", "pro", "author", "admin")}
    with app.app_context(), transaction():
        city = add_unit("市", "重庆市")
        near, far = add_unit("区县", "渝中区", city), add_unit("区县", "江北区", city)
        street = add_unit("街镇", "石油路街道", near)
        for part, duty, unit in (
            ("cadre", "author", near),
            ("pro", "publisher", near),
            ("other_cadre", "author", far),
        ):
            give(db.session.get_one(User, ids[part]), duty, unit, by=None, at=now())
        place_person(db.session.get_one(User, ids["cadre"]), street, "")
        place_person(db.session.get_one(User, ids["other_cadre"]), far, "")
        return Town(city.id, near.id, street.id, far.id)


def duty(app: Flask, person_id: int, name: str, unit_id: int | None) -> None:
    with app.app_context(), transaction():
        unit = db.session.get(Unit, unit_id) if unit_id else None
        give(db.session.get_one(User, person_id), name, unit, by=None, at=now())


def made_video(app: Flask, title: str, unit_id: int | None) -> int:
    """Return a video that can be shown, as far as the database knows."""
    with app.app_context(), transaction():
        video = add_video(
            title=title, source_name="a.mp4", source_key=f"x/{title}", size=9, person_id=None,
            moment=now(), unit_id=unit_id,
        )  # fmt: skip
        video.media_key, video.made_at, video.seconds = f"video/{video.id}/p", now(), 60.0
        return video.id


def made_paper(app: Flask, unit_id: int | None) -> int:
    paper_id = make_paper(app)
    with app.app_context(), transaction():
        db.session.get_one(Paper, paper_id).unit_id = unit_id
    return paper_id


def course_of(app: Flask, unit_id: int | None, slug: str) -> int:
    """Return a course with one lesson, a draft."""
    values = CourseValues(slug, slug, "", "", "城市更新", "技能培训", 0, "专业", ("居民",))  # type: ignore[arg-type]  # a whole number does
    with app.app_context(), transaction():
        made = create_course(values, unit_id)
        lesson = Lesson(course_id=made.id, position=1, slug="kan", title=slug, kind="reading")
        lesson.minutes, lesson.body_md, lesson.updated_at, lesson.version = 5, "正文", now(), 1
        db.session.add(lesson)
        return made.id


def test_a_district_makes_and_publishes_a_lecture_that_its_neighbour_never_meets(
    app: Flask, people: Cast, town: Town
) -> None:
    author, publisher = people.client("cadre"), people.client("pro")
    neighbour, city = people.client("other_cadre"), people.client("author")
    video, foreign = made_video(app, "自己的", town.near), made_video(app, "别人的", town.far)
    assert author.post("/admin/courses/new", data=COURSE).headers["Location"].endswith("/1")
    rule = {"title": "测一测", "pass_percent": "60", "attempts_allowed": "0"}
    paper = author.post("/admin/quizzes/new", data=rule)
    paper_id = int(paper.headers["Location"].rpartition("/")[2])
    with app.app_context(), transaction():
        assert db.session.get_one(Course, 1).unit_id == town.near
        subject = full_paper(paper_id)
        assert subject is not None
        assert subject.unit_id == town.near
        add_item(subject, SINGLE, now())
    form = author.get("/admin/courses/1/lessons/new").text
    assert f'value="video:{video}"' in form
    assert "别人的" not in form
    new = "/admin/courses/1/lessons/new"
    refused = author.post(new, data={**LESSON, "title": "看", "content": f"video:{foreign}"})
    assert refused.status_code == 422
    assert "请从列出的选项里选" in refused.text
    for title, content in (("看", f"video:{video}"), ("测", f"quiz:{paper_id}")):
        sent = author.post(new, data={**LESSON, "title": title, "content": content})
        assert sent.status_code == 302, sent.text
    slug = re.search(r"/courses/shiyoulu/[\w-]+", author.get("/admin/courses/lessons/1").text)
    assert slug
    drafts = ["/courses/shiyoulu", slug[0]]
    desk = [
        *("/admin/courses/1", "/admin/courses/1/about", "/admin/courses/1/versions/"),
        *("/admin/courses/lessons/1", "/admin/courses/1/lessons/new"),
        *(f"/admin/video/{video}", f"/admin/video/{video}/clips", f"/admin/quizzes/{paper_id}"),
        *(f"/admin/quizzes/{paper_id}/analysis", f"/admin/quizzes/{paper_id}/export"),
        *(f"/api/v1/video/{video}/state", f"/admin/video/{video}/chapters"),
    ]
    for address in (*desk, *drafts):
        assert author.get(address).status_code == 200, address
        assert city.get(address).status_code == 200, address
        assert neighbour.get(address).status_code == 404, address
    for address in drafts:
        assert publisher.get(address).status_code == 200, address
    for address in ("/admin/courses/", "/admin/video/", "/admin/quizzes/"):
        assert "石油路" not in neighbour.get(address).text
        assert "自己的" not in neighbour.get(address).text
    sent = neighbour.post("/admin/courses/1/steps", data={"verb": "publish", "version": "0"})
    assert sent.status_code == 404
    assert step(author, "publish", version="0").status_code == 422
    assert step(publisher, "publish").status_code == 302
    assert neighbour.get("/courses/shiyoulu").status_code == 200
    assert neighbour.get("/admin/courses/1").status_code == 404
    offered = course_form(neighbour)
    assert f'value="video:{video}"' in offered  # everybody sees it by now
    assert publisher.post("/admin/courses/1/about", data=COURSE).status_code == 403


def course_form(client: FlaskClient) -> str:
    """Return the form of a lesson in a new course of one's own."""
    made = client.post("/admin/courses/new", data={**COURSE, "slug": "linju", "title": "邻区"})
    return client.get(f"{made.headers['Location']}/lessons/new").text


def test_no_link_of_their_pages_leads_a_units_author_to_a_closed_door(
    app: Flask, people: Cast, town: Town
) -> None:
    video, paper = made_video(app, "自己的", town.near), made_paper(app, town.near)
    course = course_of(app, town.near, "ziji")
    author = people.client("cadre")
    waiting = [
        *("/admin/", "/admin/courses/", f"/admin/courses/{course}", "/admin/courses/lessons/1"),
        *("/admin/video/", f"/admin/video/{video}", "/admin/quizzes/", f"/admin/quizzes/{paper}"),
        *("/admin/quizzes/bank/", "/admin/documents/", "/admin/broadcasts/", "/courses/ziji"),
    ]
    closed = []
    for address in waiting:
        page = author.get(address)
        assert page.status_code == 200, address
        links = set(re.findall(r'(?:href|action)="(/admin/[^"#]*)', page.text))
        closed += [
            (address, link)
            for link in sorted(links)
            if author.get(link.replace("&amp;", "&")).status_code == 403
        ]
    assert closed == []


def test_hands_are_those_over_the_courses_own_unit(app: Flask, people: Cast, town: Town) -> None:
    duty(app, people.id("cadre"), "publisher", town.street)
    duty(app, people.id("cadre"), "reviewer", town.far)
    with app.app_context():
        reaches = reaches_of(db.session.get_one(User, people.id("cadre")))
        hands = {
            unit: hands_over(Course(unit_id=unit), reaches)
            for unit in (town.near, town.street, town.far, town.city, None)
        }
    assert hands == {
        town.near: {Hand.WRITER},
        town.street: {Hand.WRITER, Hand.REVIEWER, Hand.CHIEF},
        town.far: {Hand.REVIEWER},
        town.city: frozenset(),
        None: frozenset(),
    }


def test_three_reviews_within_a_district(app: Flask, people: Cast, town: Town) -> None:
    near, far = course_of(app, town.near, "ziji"), course_of(app, town.far, "linju")
    duty(app, people.id("resident"), "reviewer", town.near)
    with app.app_context(), transaction():
        for number in (near, far):
            db.session.get_one(Course, number).summary = "一句话"
    admin, pro = people.client("admin"), people.client("pro")
    on, off = {"to": "on", "version": "0"}, {"to": "off", "version": "1"}
    with app.app_context():
        on["version"] = str(find_switch().version)
    assert admin.post("/admin/courses/review/switch", data=on).status_code == 302
    assert pro.post("/admin/courses/review/switch", data=off).status_code == 403
    assert step(people.client("cadre"), "submit", near).status_code == 302
    assert step(people.client("other_cadre"), "submit", far).status_code == 302
    with app.app_context():
        seen = [one.course.id for one in under_way(db.session.get_one(User, people.id("pro")))]
    assert seen == [near]
    page = people.client("resident").get("/admin/courses/review/").text
    assert "ziji" in page
    assert "linju" not in page
    assert step(people.client("resident"), "pass_first", near).status_code == 302
    assert step(admin, "pass_second", near).status_code == 302
    assert step(pro, "pass_final", near).status_code == 302
    assert step(pro, "publish", near).status_code == 302


def test_only_the_citys_author_gives_a_thing_to_another_unit(
    app: Flask, people: Cast, town: Town
) -> None:
    course, video = course_of(app, town.near, "ziji"), made_video(app, "自己的", town.near)
    paper = made_paper(app, town.near)
    author, city, neighbour = (people.client(p) for p in ("cadre", "author", "other_cadre"))
    for room, number in (("courses", course), ("video", video), ("quizzes", paper)):
        at = f"/admin/{room}/{number}"
        assert author.post(f"{at}/unit", data={"unit": "江北区"}).status_code == 403
        assert city.post(f"{at}/unit", data={"unit": "没有的区"}).status_code == 422
        assert city.post(f"{at}/unit", data={"unit": "江北区"}).status_code == 302
        assert author.get(at).status_code == 404
        assert neighbour.get(at).status_code == 200
        assert city.post(f"{at}/unit", data={"unit": ""}).status_code == 302
        assert neighbour.get(at).status_code == 404


def test_whose_an_upload_becomes(app: Flask, people: Cast, town: Town) -> None:
    duty(app, people.id("resident"), "author", town.street)
    duty(app, people.id("resident"), "author", town.far)

    def begin(part: str, unit: str = "") -> int:
        said = base64.b64encode(unit.encode()).decode()
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9"}
        headers |= {"Upload-Metadata": f"unit {said}"} if unit else {}
        return people.client(part).post("/video/uploads", headers=headers).status_code

    assert begin("resident") == 422
    assert begin("resident", "渝中区") == 422
    assert begin("resident", "江北区") == 201
    assert begin("cadre") == 201
    assert begin("author") == 201
    with app.app_context():
        found = db.session.execute(select(Upload.person_id, Upload.unit_id)).all()
    assert {(row[0], row[1]) for row in found} == {
        (people.id("resident"), town.far),
        (people.id("cadre"), town.near),
        (people.id("author"), None),
    }
    for client in (people.client("cadre"), people.client("resident")):
        assert "收件箱" not in client.get("/admin/video/").text
        assert client.get("/api/v1/video/inbox").status_code == 403


def test_questions_are_drawn_from_ones_units_and_the_citys(
    app: Flask, people: Cast, town: Town
) -> None:
    del people
    units = (None, town.near, town.street, town.far)
    papers = {unit: made_paper(app, unit) for unit in units}
    with app.app_context(), transaction():
        owner = {}
        for unit, number in papers.items():
            for item in db.session.scalars(select(Item).where(Item.paper_id == number)):
                item.topic, owner[item.id] = "电梯", unit

        def drawn(unit: int | None) -> set[int | None]:
            subject = db.session.get_one(Paper, papers[unit])
            return {owner[one.item_id] for one in bank_of(subject)}

        assert drawn(None) == {None}
        assert drawn(town.street) == {None, town.near, town.street}
        assert drawn(town.far) == {None, town.far}
        assert len(bank(Reach(frozenset({town.near})))) == 2


def test_a_lecturer_marks_the_answers_of_their_people(app: Flask, people: Cast, town: Town) -> None:
    paper = made_paper(app, None)
    duty(app, people.id("resident"), "lecturer", town.near)
    with app.app_context(), transaction():
        ids = {}
        for part in ("cadre", "other_cadre"):
            attempt = hand_in(start_attempt(paper, people.id(part), now()), now())
            attempt.to_mark = True
            ids[part] = attempt.id
    lecturer = people.client("resident")
    page = lecturer.get("/admin/quizzes/marking/").text
    assert f"/admin/quizzes/marking/{ids['cadre']}" in page
    assert f"/admin/quizzes/marking/{ids['other_cadre']}" not in page
    assert lecturer.post(f"/admin/quizzes/marking/{ids['other_cadre']}").status_code == 404
    assert people.client("cadre").get("/admin/quizzes/marking/").status_code == 403
    with app.app_context():
        assert db.session.get_one(Attempt, ids["other_cadre"]).to_mark


def test_a_lecturer_answers_under_the_courses_of_their_unit(
    app: Flask, people: Cast, town: Town
) -> None:
    own, other = course_of(app, town.near, "ziji"), course_of(app, town.far, "linju")
    duty(app, people.id("resident"), "lecturer", town.near)
    with app.app_context(), transaction():
        asked = {}
        for course_id in (own, other):
            course = db.session.get_one(Course, course_id)
            course.status, course.published_at = "published", now()
            db.session.flush()
            lesson = db.session.scalars(select(Lesson).where(Lesson.course_id == course_id)).one()
            pro = db.session.get_one(User, people.id("pro"))
            words = f"{course.slug}要多少钱"
            asked[course_id] = ask(pro, lesson, f"k{course_id}", None, words, now()).id
    lecturer = people.client("resident")
    desk = lecturer.get("/learning/questions/").text
    assert "ziji要多少钱" in desk
    assert "linju要多少钱" not in desk
    said = {"text": "看面积，一般每户几万元。", "key": "a" * 32}
    for number, answers, hides in ((asked[own], 302, 302), (asked[other], 403, 403)):
        at = f"/learning/questions/{number}"
        assert lecturer.post(f"{at}/answers", data=said).status_code == answers
        hidden = lecturer.post(f"{at}/hide", data={"reason": "和课程没有关系"})
        assert hidden.status_code == hides
    with app.app_context():
        states = {one.id: one.state for one in db.session.scalars(select(Question))}
    assert states == {asked[own]: "hidden", asked[other]: "open"}


def test_a_closed_video_opens_to_its_units_author_while_it_is_theirs(
    app: Flask, people: Cast, town: Town
) -> None:
    number = made_video(app, "自己的", town.near)
    with app.app_context(), transaction():
        db.session.get_one(Video, number).signed_in_only = True
    author = people.client("cadre")
    found = re.search(r'"(/video/[^"]+master.m3u8)', author.get(f"/admin/video/{number}").text)
    assert found
    assert author.get(found[1]).status_code == 404  # theirs, but this town has no such file
    with app.app_context(), transaction():
        db.session.get_one(Video, number).unit_id = town.far
    assert author.get(found[1]).status_code == 403
