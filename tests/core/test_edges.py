"""The edges of a request: the transaction, access, errors, health, static files."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sanshi_lms.core import audit
from sanshi_lms.core.access import public
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.db import after_commit, db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import Settings, SettingsError
from tests.people import Cast

effects: list[str] = []


@pytest.fixture
def probing(app: Flask) -> FlaskClient:
    """A client of an application with three views that each write a row."""
    effects.clear()

    @public
    def write(ending: str) -> str:
        audit.note("t.write", "t:1")
        after_commit(lambda: effects.append(ending))
        if ending == "refused":
            raise Refusal("这样不行，请改一改。")
        if ending == "broken":
            raise ZeroDivisionError
        return "好"

    @public
    def silent() -> str:
        return "never seen"

    app.add_url_rule("/t/<ending>", "t.write", write, methods=["POST"])
    app.add_url_rule("/read/<ending>", "t.read", write)
    app.add_url_rule("/t-silent", "t.silent", lambda: "unmarked")
    app.config.update(PROPAGATE_EXCEPTIONS=False, TESTING=False)
    return app.test_client()


def rows(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def test_a_post_that_succeeds_commits_and_then_has_its_effect(
    app: Flask, probing: FlaskClient
) -> None:
    assert probing.post("/t/fine").status_code == 200
    assert (rows(app), effects) == (1, ["fine"])


@pytest.mark.parametrize("path", ["/search/?q=%00", "/search/?%00=1", "/api/v1/search?q=%00"])
def test_what_no_text_can_hold_is_refused_in_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    said = str(answer.json) if answer.is_json else answer.text
    assert "网页发来的内容不完整或格式不对" in said


@pytest.mark.parametrize(("ending", "status"), [("refused", 422), ("broken", 500)])
def test_a_refusal_or_a_fault_leaves_no_trace(
    app: Flask, probing: FlaskClient, ending: str, status: int
) -> None:
    assert probing.post(f"/t/{ending}").status_code == status
    assert (rows(app), effects) == (0, [])


def test_a_get_never_writes(app: Flask, probing: FlaskClient) -> None:
    assert probing.get("/read/fine").status_code == 200
    assert (rows(app), effects) == (0, [])


def test_a_view_without_a_mark_is_closed_even_to_the_administrator(
    probing: FlaskClient, people: Cast
) -> None:
    assert probing.get("/t-silent").status_code == 403
    assert people.client("admin").get("/t-silent").status_code == 403


def test_errors_speak_chinese_and_carry_a_number(probing: FlaskClient) -> None:
    broken = probing.post("/t/broken")
    assert broken.headers["X-Request-ID"] in broken.text
    assert "不是您的错" in broken.text
    assert "这样不行" in probing.post("/t/refused").text
    assert probing.get("/no-such-page").status_code == 404


def test_an_api_answers_errors_in_json(client: FlaskClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["error"]["code"] == "not_found"


def test_security_headers_are_on_every_answer(client: FlaskClient) -> None:
    for path in ("/", "/no-such-page", "/healthz"):
        headers = client.get(path).headers
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_health_tells_the_parts_apart(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.json is not None
    assert {"database", "queue", "disk"} <= set(answer.json["parts"])
    assert answer.json["parts"]["database"]["ok"]


@pytest.mark.parametrize(
    "name", ["../settings.py", "account/../../app.py", "account/models.py", "%2e%2e/rooms.py"]
)
def test_static_files_do_not_lead_elsewhere(client: FlaskClient, name: str) -> None:
    assert client.get(f"/static/x/{name}").status_code == 404


def test_transactions_do_not_nest(app: Flask) -> None:
    with app.app_context(), transaction(), pytest.raises(RuntimeError), transaction():
        pass


@pytest.mark.parametrize("key", ["PORT", "MAX_UPLOAD_MB"])
def test_a_setting_that_is_no_number_stops_the_start(key: str, tmp_path: object) -> None:
    with pytest.raises(SettingsError, match=key):
        Settings.from_env({"DATA_DIR": str(tmp_path), key: "many"})


@pytest.mark.parametrize(
    "path", ["/quizzes/attempts/99999999999999999999", "/courses/a%00b", "/v/a%00b", "/%00"]
)
def test_addresses_that_no_row_can_have_are_not_found(people: Cast, path: str) -> None:
    assert people.client("cadre").get(path).status_code == 404
