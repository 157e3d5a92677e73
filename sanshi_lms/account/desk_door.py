"""The door of the desk (/admin): who must use two steps, and who was away too long.

DESK_IDLE_MINUTES: an office's screen is left open at noon. A page asks for the password and comes
back to itself; a form that was being filled in meanwhile is carried through and sent on with the
password, so nothing that was typed is lost. REQUIRE_SECOND_STEP (GB/T 22239-2019 8.1.4.1 d): who
may enter the desk uses two steps there, and wherever else a view asks for a right.
"""

import time
from typing import Any

from flask import Flask, current_app, flash, g, redirect, render_template, request, session, url_for

from sanshi_lms.account.actions import password_matches
from sanshi_lms.account.models import User
from sanshi_lms.account.outside.queries import has_password
from sanshi_lms.account.proof import here, note_proof, proved_at
from sanshi_lms.account.second_step import actions as second_step
from sanshi_lms.account.sign_in_events.actions import record_failure
from sanshi_lms.account.slowing.actions import count_failure
from sanshi_lms.account.slowing.queries import minutes_to_wait
from sanshi_lms.core.access import current_person, declared_access
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, keep_though_refused, release_connection
from sanshi_lms.core.errors import explain, wants_json
from sanshi_lms.core.settings import settings

PASSWORD_FIELD = "desk_password"  # noqa: S105 - the name of a field
_SEEN = "desk_seen_at"
_SEEN_EVERY = 30.0
AWAY = "离开管理台的时间有点久了，请再输一次密码。"


def setup(app: Flask) -> None:
    """Stand at the door."""
    app.before_request(_stand)


def _stand() -> Any:
    chosen = settings()
    if not (chosen.desk_idle_minutes or chosen.require_second_step):
        return None
    person = current_person() if _is_desk() or _asks_for_a_right() else None
    if person is None or not person.may_somewhere("desk.view"):
        return None
    if chosen.require_second_step and not second_step.is_on(person.id):
        return _ask_for_second_step()
    if not chosen.desk_idle_minutes or not _is_desk():
        return None
    if _was_away(chosen.desk_idle_minutes * 60):
        return _ask_again(person)
    if not wants_json():  # a page that asks for news by itself is nobody at the desk
        _note_seen()
    return None


def _is_desk() -> bool:
    return request.endpoint is not None and request.path.startswith(("/admin/", "/api/v1/admin/"))


def _asks_for_a_right() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and declared_access(view) not in {None, "public", "signed_in"}


def _was_away(longest: float) -> bool:
    seen = session.get(_SEEN, 0.0)
    return time.time() - max(float(seen), proved_at()) > longest


def _note_seen() -> None:
    if time.time() - float(session.get(_SEEN, 0.0)) > _SEEN_EVERY:
        session[_SEEN] = time.time()


def _ask_for_second_step() -> Any:
    if wants_json():
        return explain(403, "请先开启两步验证，再使用管理台。")
    flash("管理台规定要用两步验证。请先在这里设置好，再回到管理台。", "warning")
    return redirect(url_for("second_step.second_step"))


def _ask_again(person: User) -> Any:
    if wants_json():
        return explain(401, AWAY)
    if request.method in {"GET", "HEAD"}:
        flash(AWAY, "info")
        return redirect(url_for("account.prove", next=request.full_path.rstrip("?")))
    if PASSWORD_FIELD not in request.form:
        return _carry(person), 401
    problem = _problem(person, request.form[PASSWORD_FIELD][:200])
    if problem:
        return _carry(person, problem), 422
    note_proof()
    _note_seen()
    return None


def _problem(person: User, password: str) -> str:
    """Return what is wrong with a password, "" for nothing; failures are counted and slowed."""
    person_id, username, where = person.id, person.username, here()
    places = [f"desk:{person_id}"]
    minutes = minutes_to_wait(username, places, where.at)
    if minutes:
        return f"密码试错的次数太多了，请等 {minutes} 分钟再试。"
    g.read_only = True  # hashing takes long: nobody waits for us meanwhile
    release_connection()
    right = password_matches(db.session.get_one(User, person_id), password)
    release_connection()
    g.read_only = False
    if right:
        return ""

    def write() -> None:
        record_failure(db.session.get_one(User, person_id), "", "prove", "wrong_password", where)
        count_failure(username, places, now())

    keep_though_refused(write)
    return "密码不对，请再试。"


def _carry(person: User, message: str = "") -> str:
    return render_template(
        "account/desk_again.html",
        message=message,
        action=request.full_path.rstrip("?"),
        field=PASSWORD_FIELD,
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in {PASSWORD_FIELD, "csrf_token"}
        ],
        files=any(one.filename for one in request.files.values()),
        has_password=has_password(person),
    )
