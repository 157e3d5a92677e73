"""What people try who are not meant to: drafts, other people's papers, untrue reports."""

import re
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from sanshi_lms.core.db import db, transaction
from sanshi_lms.credentials import award_certificate
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.video.models import Video
from tests.journeys.lectures import LIFT, SECRET
from tests.people import Cast

pytestmark = pytest.mark.media  # an installation with transcoded videos, without a browser
DRAFT = "/courses/yanggao"
SESSION = re.compile(r'data-session="([^"]+)"')
FASTEST = 2.0  # the usual rule's cap: media seconds that a second of the wall clock may pay


def links(page: str) -> list[str]:
    """Return all addresses that a page names."""
    return [
        link.replace("&amp;", "&")
        for link in re.findall(r'(?:href|src|poster|data-\w+)="(/[^"]+)"', page)
    ]


def status(client: FlaskClient, address: str) -> int:
    """Return the status of an address; a file that it sends is closed."""
    with client.get(address) as answer:
        return answer.status_code


@pytest.mark.parametrize("part", ["visitor", "cadre"])
def test_a_draft_is_nowhere(app: Flask, people: Cast, part: str) -> None:
    client = app.test_client() if part == "visitor" else people.client(part)
    author = people.client("author")
    page = author.get(f"{DRAFT}/draft")
    assert page.status_code == 200
    attachments = [link for link in links(page.text) if "/files/" in link]
    assert attachments
    for address in (DRAFT, f"{DRAFT}/draft", *attachments):
        assert status(author, address) == 200, address
        assert status(client, address) == 404, address
    assert SECRET not in client.get("/courses/").text
    assert SECRET not in client.get("/").text
    assert client.get("/api/v1/search?q=样稿").json == author.get("/api/v1/search?q=样稿").json
    assert client.get("/api/v1/search?q=样稿").json["results"] == []  # type: ignore[index]  # JSON


def test_a_drafts_media_cannot_be_guessed(app: Flask, people: Cast) -> None:
    """Addresses of media are signed; the names of files alone open nothing."""
    page = people.client("author").get(f"{DRAFT}/draft").text
    signed = [link for link in links(page) if "/video/play/" in link or "/video/captions/" in link]
    kinds = {link.rpartition(".")[2] for link in signed}
    assert {"m3u8", "mp4", "jpg", "vtt"} <= kinds
    stranger = app.test_client()
    with app.app_context():
        draft = db.session.scalars(select(Video).where(Video.title == "样稿第一课")).one()
        key, number = draft.media_key, draft.id
    for link in signed:
        _, _, kind, token, name = link.split("/", 4)
        forged = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
        for attempt in (forged, key, str(number), "x"):
            assert status(stranger, f"/video/{kind}/{attempt}/{name}") == 404
    original = Path(app.extensions["settings"].media_dir)
    for file in original.rglob("*.mp4"):
        assert status(stranger, f"/media/{file.relative_to(original)}") == 404


def session_of(client: FlaskClient, address: str = f"{LIFT}/wishes") -> str:
    """Return the watch session that a lesson page hands out."""
    found = SESSION.search(client.get(address).text)
    assert found
    return found[1]


def report(client: FlaskClient, session: str, number: int) -> dict[str, object]:
    """Send "watched to the end" as a script would."""
    body = {"session": session, "sequence": number, "stretches": [[0, 12]], "position": 12}
    answer = client.post("/api/v1/learning/reports", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json or {})


def test_watched_to_the_end_by_a_script_earns_no_more_than_the_time_that_passed(
    people: Cast,
) -> None:
    cadre, began = people.client("cadre"), time.monotonic()
    session = session_of(cadre)
    earned = 0.0
    for number in (1, 1, 2):
        answer = report(cadre, session, number)
        earned += float(str(answer["earned_seconds"]))
        assert answer["lesson_complete"] is False
    assert earned <= FASTEST * (time.monotonic() - began)
    other = people.client("other_cadre")
    body = {"session": session, "sequence": 9, "stretches": [[0, 12]], "position": 12}
    assert other.post("/api/v1/learning/reports", json=body).status_code == 403
    visitor = other.application.test_client()
    assert visitor.post("/api/v1/learning/reports", json=body).status_code == 401
    body["session"] = session[:-2] + "xx"
    assert cadre.post("/api/v1/learning/reports", json=body).status_code == 400


def test_papers_of_another_person_do_not_open(app: Flask, people: Cast) -> None:
    cadre, other, visitor = people.client("cadre"), people.client("other_cadre"), app.test_client()
    page = cadre.get(f"{LIFT}/quiz").text
    start = next(x for x in re.findall(r'action="(/quizzes/papers/[^"]+)"', page))
    attempt = cadre.post(start).location
    for address in (attempt, f"{attempt}/result", f"{attempt}/check"):
        assert status(other, address) in {403, 404}, address
        assert status(visitor, address) in {302, 401}, address
    hand_in = f"{attempt}/hand-in"
    assert other.post(hand_in, data={"then": "anyway"}).status_code in {403, 404}
    with app.app_context():
        assert db.session.scalars(select(Attempt)).one().handed_in_at is None


def test_a_certificate_opens_for_its_owner_alone(app: Flask, people: Cast) -> None:
    cadre, other, visitor = people.client("cadre"), people.client("other_cadre"), app.test_client()
    number = award(app, people.id("cadre"))
    for name in ("", "/certificate.pdf", "/certificate.png"):
        address = f"/credentials/{number}{name}"
        assert status(cadre, address) == 200, address
        assert status(other, address) in {403, 404}, address
        assert status(visitor, address) in {302, 401}, address


def award(app: Flask, person_id: int) -> str:
    """Give a person the certificate of the lift course, as learning does."""
    with app.app_context(), transaction():
        return award_certificate(person_id, "王小明", "加装电梯", 0.5, f"test:{person_id}").number
