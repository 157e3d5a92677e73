"""Home, pages of explanation, the edition switch, error pages."""

import re

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from sanshi_lms.core.access import public
from tests.people import Cast


def test_home_says_what_this_is(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in answer.text
    assert "把社区的事讲明白" in answer.text
    assert "长辈版" in answer.text


def test_the_switch_turns_the_elder_edition_on_and_off(client: FlaskClient) -> None:
    answer = client.post("/site/edition", data={"edition": "elder", "next": "/account/sign-in"})
    assert (answer.status_code, answer.location) == (303, "/account/sign-in")
    there = client.get("/account/sign-in").text
    assert 'class="elder"' in there
    assert "标准版" in there
    client.post("/site/edition", data={"edition": "standard", "next": "/"})
    assert 'class="elder"' not in client.get("/").text


def test_the_account_remembers_the_edition_on_another_device(people: Cast) -> None:
    people.client("cadre").post("/site/edition", data={"edition": "elder", "next": "/"})
    assert 'class="elder"' in people.client("cadre").get("/").text
    assert 'class="elder"' not in people.client("pro").get("/").text


@pytest.mark.parametrize("values", [{}, {"edition": "huge"}, {"edition": ""}])
def test_an_unknown_edition_is_refused(client: FlaskClient, values: dict[str, str]) -> None:
    answer = client.post("/site/edition", data=values)
    assert answer.status_code == 400
    assert "edition=" not in answer.headers.get("Set-Cookie", "")


def test_the_switch_never_leads_to_another_site(client: FlaskClient) -> None:
    values = {"edition": "elder", "next": "//evil.example/"}
    assert client.post("/site/edition", data=values).location == "/"


@pytest.mark.parametrize("slug", ["nothing", "../secret", "Help", ".hidden"])
def test_a_page_that_is_not_there_is_said_so(client: FlaskClient, slug: str) -> None:
    answer = client.get(f"/site/{slug}")
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.text


def test_every_link_of_the_frame_leads_somewhere(people: Cast) -> None:
    for client in (people.app.test_client(), people.client("cadre"), people.client("admin")):
        for path in set(re.findall(r'href="(/[^"#]*)"', client.get("/").text)):
            with client.get(path) as answer:
                assert answer.status_code < 400, path


@pytest.mark.parametrize("path", ["/admin/", "/admin/health", "/admin/account/people"])
def test_the_menu_says_which_one_page_this_is(people: Cast, path: str) -> None:
    menu = people.client("admin").get(path).text.split("admin-menu--side")[1].split("</nav>")[0]
    here = re.findall(r'href="([^"]+)" aria-current', menu)
    assert here == [path]


def test_the_style_guide_is_for_those_who_build_pages(client: FlaskClient, people: Cast) -> None:
    assert client.get("/site/style-guide").status_code == 302
    assert people.client("cadre").get("/site/style-guide").status_code == 403
    assert people.client("author").get("/site/style-guide").status_code == 200


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422, 429, 500, 503])
def test_every_trouble_is_told_in_plain_chinese(app: Flask, status: int) -> None:
    app.add_url_rule("/trouble", "trouble", public(lambda: abort(status)))
    answer = app.test_client().get("/trouble")
    assert answer.status_code == status
    words = re.sub(r"<[^>]+>", " ", re.split("<main[^>]*>", answer.text)[1].split("</main>")[0])
    assert "编号" in words
    assert not re.search(r"[A-Za-z]{4,}", re.sub(r"编号\s+\S+", "", words)), words


def test_a_trouble_that_the_frame_shares_still_ends_in_chinese(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["TESTING"] = False

    def lost() -> None:
        raise OperationalError("SELECT 1", {}, Exception("disk I/O error"))

    monkeypatch.setitem(app.jinja_env.globals, "current_person", lost)
    answer = app.test_client().get("/")
    assert answer.status_code == 503, "a database that cannot be read now may be read later"
    assert "系统正忙" in answer.text
    assert "disk" not in answer.text


def test_robots_and_favicon_answer(client: FlaskClient) -> None:
    assert "Disallow: /admin/" in client.get("/robots.txt").text
    with client.get("/favicon.ico", follow_redirects=True) as answer:
        assert answer.mimetype == "image/svg+xml"
