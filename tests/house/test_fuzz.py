"""Every route, every role, hostile values: no fault of ours, no foreign row, an answer in Chinese.

The walk follows `app.url_map`, and form fields are gathered from the pages themselves, so a new
route or field is attacked without a word here. Nothing is committed: each request meets the same
town.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, Protocol

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from sanshi_lms.account import actions as account_actions
from sanshi_lms.core import db as core_db
from tests.house.world import DRAFT_MARK, OTHER_MARK, ROLES, World, build
from tests.people import Cast

LONGEST_QUERY = 500
HAN = re.compile(r"[\u4e00-\u9fff]")
FIELD = re.compile(r'<(?:input|select|textarea|button)[^>]*?\sname="([^"]+)"')
OTHERS_TO_REVIEW = ("/admin/practicals/", "/practicals/")  # an author looks at everybody's work
OURS_TO_SEE_DRAFTS = {"author", "admin"}
OF_STRANGERS = {
    "credentials.verify", "signing.state", "badges.status", "site.page", "courses.series",
    "feeds.sitemap_part", "feeds.series", "feeds.topic",
}  # fmt: skip
OF_WHOEVER_HOLDS_THEM = {
    "community_code", "need_code", "class_code", "path_slug", "checkin_token",
}  # fmt: skip
NUMBERS = ("0", "-1", "2147483648", "9223372036854775808", "1" + "0" * 30, "1.5", "٣")
WORDS = (
    "%00", "%F0%9F%98%80", "%ED%A0%80", "%ff%fe", "a" * 3000, "' OR 1=1 --", "<script>alert(1)",
    "..%2f..%2f..%2fetc%2fpasswd", "../../../etc/passwd", "{{7*7}}", "%", "%E2%80%AE",
)  # fmt: skip
VALUES = (
    "", "0", "-1", "1" + "0" * 30, "9" * 5000, "NaN", "sNaN", "1e999999", "\x00", "a\x00b",
    "😀" * 50, "字" * 400, "' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd",
    "//evil.example", "\u202e\u200b", ">" * 999 + " a", "[" * 999,
)  # fmt: skip
# In each turn every field of a form has another value than its neighbours, and another in the next
# turn and at the next address: a third of the requests that each value everywhere would take.
TURNS, LEAP = 6, 5
ADDRESS_TURNS = 4
JSON_BODIES = (
    b"", b"nul", b"null", b"[]", b'"a"', b"1e999", b"[" * 100_000, b'{"a":' * 100_000,
    b"\xff\xfe", b'{"item": 1' + b"0" * 5000 + b"}", b'{"text": "\\ud800"}', b'{"text": "\\u0000"}',
    b'{"session": "\\ud800"}', b'{"session": 1}', b'{"item": true, "chosen": [true]}',
    b'{"item": -1, "chosen": [-1, 9223372036854775808]}', b'{"item": {}, "chosen": {}}',
    b'{"session": "W10.x", "sequence": NaN}',
)  # fmt: skip
REPORT_PARTS: tuple[Any, ...] = (
    None, -1, True, "1", 2**31, 2**63, 10**30, 1.5, [], {}, [[0, 1]] * 300, [[1]], [["a", None]],
    [[0, 10**30]], [[-5, 3]], float("nan"), float("inf"),
)  # fmt: skip


class Answer(Protocol):
    """What is judged of an answer, whoever asked."""

    status_code: int
    headers: Any


class Town:
    """The world with a way in for each role."""

    def __init__(self, app: Flask, people: Cast, world: World) -> None:
        self.app, self.world = app, world
        self.faults: list[str] = []
        self._client: FlaskClient = app.test_client(use_cookies=False)
        self._cookies = {"visitor": ""}
        for role in ROLES[1:]:
            found = people.client(role).get_cookie("sanshi")
            assert found is not None
            self._cookies[role] = f"sanshi={found.value}"

    def ask(self, role: str, method: str, path: str, **options: Any) -> TestResponse:
        """Send one request and hold its answer to what is promised everywhere."""
        headers = {"Cookie": self._cookies[role], **options.pop("headers", {})}
        answer = self._client.open(path, method=method, headers=headers, **options)
        text = str(answer.json) if answer.is_json else answer.get_data().decode("utf-8", "replace")
        answer.close()
        self.judge(role, method, path, answer, text, options)
        return answer

    def cookies(self, role: str) -> dict[str, str]:
        """Return what signs `role` in."""
        name, _, value = self._cookies[role].partition("=")
        return {name: value} if name else {}

    def judge(
        self, role: str, method: str, path: str, answer: Answer, text: str, options: object = ""
    ) -> None:
        """Note every promise that an answer breaks."""
        reviewing = role == "author" and path.startswith(OTHERS_TO_REVIEW)
        spoken = answer.status_code < 400 or method == "HEAD" or answer.status_code == 412
        broken = {
            "a fault of ours": answer.status_code >= 500 and path != "/healthz",
            "a stack trace": "Traceback" in text or "sqlalchemy" in text,
            "a draft leaks": DRAFT_MARK in text and role not in OURS_TO_SEE_DRAFTS,
            "a foreign row": OTHER_MARK in text and not (role == "admin" or reviewing),
            "not in Chinese": not spoken and not HAN.search(text),
            "a header no server sends": not all(str(v).isascii() for v in answer.headers.values()),
        }
        self.faults += [
            f"{fault}: {role} {method} {path[:99]} {str(options)[:200]} {answer.status_code}"
            for fault, found in broken.items()
            if found
        ]


@pytest.fixture
def town(
    app: Flask, people: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    # Whose hash takes long is measured elsewhere.
    monkeypatch.setattr(account_actions, "_hasher", PasswordHasher(1, 8, 1))
    found = Town(app, people, build(app, people, tmp_path))

    def look_and_forget() -> None:
        """Let the database check everything, then take it back."""
        session = core_db.db.session()
        session.flush()
        core_db.rollback()

    monkeypatch.setattr(core_db, "_commit", look_and_forget)
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    yield found
    assert found.faults == []


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=str)


def methods(rule: Rule) -> list[str]:
    found = (rule.methods or set()) - {"OPTIONS"}
    return sorted(found - {"HEAD"} if "GET" in found else found)


def address(rule: Rule, values: dict[str, str]) -> str:
    """Return the path of `rule`, with `values` put in as they are: already hostile, not quoted."""
    names = {"token": "caption_token"} if rule.endpoint in CAPTIONS else {}

    def put(match: re.Match[str]) -> str:
        name = match[1]
        return values.get(names.get(name, name), "x")

    return re.sub(r"<(?:\w+:)?(\w+)>", put, rule.rule)


def paths(rule: Rule, world: World, number: int) -> Iterator[str]:
    """Yield the true address, somebody else's, and hostile ones: some values in each place."""
    yield address(rule, world.own)
    if rule.arguments:
        yield address(rule, world.foreign)
    for place, name in enumerate(sorted(rule.arguments)):
        numeric = name.endswith("_id") and name != "upload_id"
        values = NUMBERS if numeric else WORDS
        for turn in range(ADDRESS_TURNS):
            value = values[(number + place + turn * LEAP) % len(values)]
            yield address(rule, {**world.own, name: value})


def test_every_address_with_every_value(app: Flask, town: Town) -> None:
    for number, rule in enumerate(rules(app)):
        for method, path in product(methods(rule), paths(rule, town.world, number)):
            if path in {address(rule, town.world.own), address(rule, town.world.foreign)}:
                met = {role: town.ask(role, method, path).status_code for role in ROLES}
            # Whom the door itself turns away never brings a value to the view.
            elif met["cadre"] != 403:
                town.ask("cadre", method, path)
            else:
                town.ask("admin", method, path)


def fields(app: Flask, town: Town) -> list[str]:
    """Return the name of every form field and query value on any page that a GET can show."""
    names = {"page", "t", "ids", "limit", "item-1"}
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            for role in ("visitor", "cadre", "admin"):
                answer = town.ask(role, "GET", address(rule, town.world.own))
                names |= (
                    set(FIELD.findall(answer.text)) if answer.mimetype == "text/html" else set()
                )
    return sorted(names)


def test_every_form_and_query_with_every_value(app: Flask, town: Town) -> None:
    names = fields(app, town)
    assert {"username", "stem", "credit_hours", "reason", "q"} <= set(names)
    for number, rule in enumerate(rules(app)):
        path = address(rule, town.world.own)
        for method, turn in product(methods(rule), range(TURNS)):
            given = MultiDict(
                (name, VALUES[(place + number + turn * LEAP) % len(VALUES)])
                for place, name in enumerate(names)
            )
            if method in {"GET", "HEAD"}:
                short = MultiDict((name, value[:LONGEST_QUERY]) for name, value in given.items())
                town.ask("admin", method, path, query_string=short)
            else:
                town.ask("admin", method, path, data=given, headers={"Tus-Resumable": "1.0.0"})


BODIES: tuple[dict[str, Any], ...] = (
    {"data": b"\x00\xff" * 100, "content_type": "application/x-www-form-urlencoded"},
    {"data": b"title=1&title=2&title=3&kind=a&kind=b", "content_type": "text/plain"},
    {"data": b"title=a&title=b&kind=single&kind=x&shown=1&shown=1&item-1=0&item-1=0",
     "content_type": "application/x-www-form-urlencoded"},
    {"data": b"--x\r\nbroken", "content_type": "multipart/form-data; boundary=x"},
    {"data": b"no boundary", "content_type": "multipart/form-data"},
    {"data": b"", "content_type": "multipart/form-data; boundary="},
    {"data": b"{}", "content_type": "application/json; charset=no-such"},
    {"data": b"<a/>", "content_type": "application/xml"},
    {"data": b"x", "content_type": "application/offset+octet-stream"},
    {"data": b"a=1&" * 3000, "content_type": "application/x-www-form-urlencoded"},
)  # fmt: skip
ODD_HEADERS = {
    "If-None-Match": "\x80", "If-Modified-Since": "yesterday", "Range": "bytes=9-1,-0,x",
    "Accept-Language": "\xff;q=x", "Referer": "http://[", "X-Forwarded-For": "'", "Origin": "x",
    "Upload-Offset": "9" * 30, "Upload-Length": "-1", "Upload-Metadata": "filename 4pig",
}  # fmt: skip
CAPTIONS = ("video.captions", "video.caption_text")
FILE_NAMES = ("", "../../x.txt", "a" * 3000 + ".txt", "\x00.txt", "无.vtt", "😀", ".", "CON.pdf")


def test_every_change_with_wrong_bodies(app: Flask, town: Town) -> None:
    for rule in rules(app):
        path = address(rule, town.world.own)
        for method in methods(rule):
            for body in BODIES if method not in {"GET", "HEAD"} else ():
                town.ask("admin", method, path, headers={"Tus-Resumable": "1.0.0"}, **body)
            town.ask("admin", method, path, headers=ODD_HEADERS)
            cookie = "sanshi=.eJ.x.y; remember_token=²:a|b; edition=\x80; session=x"
            town.ask("visitor", method, path, headers={"Cookie": cookie})


def test_files_with_odd_names_and_bytes(app: Flask, town: Town) -> None:
    for name, endpoint in product(FILE_NAMES, ("attach_post", "captions_post")):
        rule = next(r for r in rules(app) if r.endpoint.endswith(f".{endpoint}"))
        for content in ("00:00:01,000 --> 00:00:04,000\n&#0;&#xD800;", ""):
            data: dict[str, Any] = {
                part: (BytesIO(content.encode()), name) for part in ("file", "files")
            }
            town.ask(
                "admin", "POST", address(rule, town.world.own), data={**data, "language": "en"}
            )


def test_every_api_with_wrong_json(app: Flask, town: Town) -> None:
    for rule in rules(app):
        if not rule.rule.startswith("/api/") or "POST" not in (rule.methods or ()):
            continue
        path = address(rule, town.world.own)
        for role, body in product(("cadre", "admin"), JSON_BODIES):
            answer = town.ask(role, "POST", path, data=body, content_type="application/json")
            assert answer.json is not None, (path, body[:80])


def test_reports_of_watching_with_wrong_parts(town: Town) -> None:
    fine = {"session": town.world.watch_token, "sequence": 0, "stretches": [], "position": 0}
    path = "/api/v1/learning/reports"
    assert town.ask("cadre", "POST", path, json=fine).status_code == 200
    for name, part in product(fine, REPORT_PARTS):
        town.ask("cadre", "POST", path, json={**fine, name: part})
    stolen = {**fine, "session": town.world.other_watch_token}
    assert town.ask("cadre", "POST", path, json=stolen).status_code == 403


def test_what_is_not_yours_is_not_found(app: Flask, town: Town) -> None:
    """A cadre at every address of somebody else's things gets 403 or 404, and changes nothing."""
    for rule in rules(app):
        if rule.arguments <= {"name", "token", "version", "year"} or rule.endpoint == "static":
            continue
        if rule.endpoint in OF_STRANGERS:
            continue  # made for strangers
        if rule.arguments <= OF_WHOEVER_HOLDS_THEM:
            continue  # made for whoever holds the code
        for method in methods(rule):
            path = address(rule, town.world.foreign)
            answer = town.ask("cadre", method, path, headers={"Tus-Resumable": "1.0.0"})
            assert answer.status_code in {403, 404}, f"{method} {path}: {answer.status_code}"
