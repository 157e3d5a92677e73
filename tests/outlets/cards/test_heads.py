"""What public pages tell other programs: everything right, and nothing that is not for all."""

import json
import re
from datetime import date
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from sanshi_lms.community.stories.models import Story, StoryPicture
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.video.models import Chapter
from tests.outlets.cards.conftest import Lecture, fetch
from tests.people import Cast

DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
TAG = re.compile(r'<meta property="([^"]+)" content="([^"]*)">')


def told(client: FlaskClient, path: str) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Return the tags and the data of a page."""
    text = client.get(path).text
    head = text.partition("</head>")[0]
    tags = {name: unescape(value) for name, value in TAG.findall(head)}
    return tags, [json.loads(found) for found in DATA.findall(head)]


def make_story(app: Flask, author_id: int, state: str) -> int:
    with app.app_context(), transaction() as session:
        story = Story(
            kind="case", nonce=f"{state:0>32}", title="坡道修好了", summary="轮椅进得了门。",
            body_md="经过", district="渝中区", state=state, version=3, author_id=author_id,
            created_at=now(), updated_at=now(), ended_on=date(2026, 5, 1), invented=True,
            published_at=now() if state == "published" else None,
        )  # fmt: skip
        story.pictures.append(
            StoryPicture(part="after", key="stories/x.jpg", width=1, height=1, size=1)
        )
        session.add(story)
        session.flush()
        return story.id


def test_the_front_door_says_what_the_house_is_and_how_to_search(client: FlaskClient) -> None:
    tags, (organization, site) = told(client, "/")
    assert tags["og:type"] == "website"
    assert tags["og:image"] == "http://localhost/outlets/cards/site.jpg"
    assert organization["@type"] == "Organization"
    action = site["potentialAction"]
    assert (site["@type"], action["@type"]) == ("WebSite", "SearchAction")
    address = action["target"]["urlTemplate"].replace("{search_term_string}", "电梯")
    assert client.get(address).status_code == 200


def test_a_course_lists_its_lessons(client: FlaskClient, lecture: Lecture) -> None:
    tags, (course,) = told(client, f"{lecture.course_page}?from=poster")
    assert tags["og:title"] == "加装电梯"
    assert tags["og:url"] == "http://localhost/courses/dianti"
    assert tags["og:description"] == course["description"] == "从意愿到竣工"
    assert course["@type"] == "Course"
    part = course["hasPart"][0]
    assert part["name"] == "先问意愿"
    assert client.get(part["url"]).status_code == 200
    assert fetch(client, tags["og:image"]).mimetype == "image/jpeg"


def test_a_lecture_is_a_video_with_its_chapters(client: FlaskClient, lecture: Lecture) -> None:
    tags, (video,) = told(client, f"{lecture.page}?t=2")
    assert tags["og:type"] == "video.other"
    assert tags["og:description"].startswith("挨家挨户问一遍，问清楚谁愿意")
    assert video["@type"] == "VideoObject"
    assert video["name"] == "先问意愿"
    assert video["duration"].startswith("PT")
    assert video["uploadDate"][:10] >= "2026-01-01"
    assert "+08:00" in video["uploadDate"]
    assert client.get(video["embedUrl"]).status_code == 200
    assert fetch(client, video["thumbnailUrl"][0]).mimetype == "image/jpeg"
    assert [clip["name"] for clip in video["hasPart"]] == ["开场", "三分之二怎么算"]
    assert video["hasPart"][1]["url"].endswith("/courses/dianti/yiyuan?t=2")


def test_a_lecture_without_chapters_is_a_video_too(
    app: Flask, client: FlaskClient, lecture: Lecture
) -> None:
    with app.app_context(), transaction() as session:
        session.query(Chapter).delete()
    _, (video,) = told(client, lecture.page)
    assert video["hasPart"] == []


def test_a_lecture_for_signed_in_people_tells_its_title_alone(
    client: FlaskClient, people: Cast, lecture: Lecture
) -> None:
    lecture.close()
    for who in (client, people.client("admin")):
        tags, data = told(who, lecture.page)
        assert data == []
        assert tags["og:title"] == "先问意愿"
        assert not {"og:description", "og:image"} & set(tags)
        assert who.get(lecture.page).text.count("挨家挨户") == 1, "in the page, not in its head"


def test_a_draft_tells_nothing_even_to_its_editor(people: Cast, lecture: Lecture) -> None:
    lecture.hide()
    editor = people.client("author")
    for path in (lecture.page, lecture.course_page):
        assert editor.get(path).status_code == 200
        assert told(editor, path) == ({}, [])


def test_a_page_of_an_error_tells_nothing(client: FlaskClient) -> None:
    assert told(client, "/courses/none/none") == ({}, [])
    assert told(client, "/courses/none") == ({}, [])
    assert told(client, "/community/cases/1") == ({}, [])


def test_a_case_is_an_article_once_it_is_published(
    app: Flask, client: FlaskClient, people: Cast
) -> None:
    number = make_story(app, people.id("admin"), "published")
    draft = make_story(app, people.id("admin"), "draft")
    tags, (article,) = told(client, f"/community/cases/{number}")
    assert article["@type"] == "Article"
    assert article["headline"] == tags["og:title"] == "坡道修好了"
    assert tags["og:description"] == "（虚构示例）轮椅进得了门。"
    assert "管理员" not in json.dumps(article, ensure_ascii=False), (
        "who wrote it is nobody's business"
    )
    assert told(people.client("admin"), f"/community/cases/{draft}") == ({}, [])


def test_data_in_the_head_breaks_no_policy(phone: Page, lecture: Lecture) -> None:
    """The page fixture fails at any complaint of Chromium about the content policy."""
    for path in ("/", lecture.course_page, lecture.page):
        phone.goto(path)
        blocks = phone.locator('script[type="application/ld+json"]').all_text_contents()
        assert [json.loads(block)["@context"] for block in blocks]
