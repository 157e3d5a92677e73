"""Who it is that sits there now: what counts as proof, and acts that ask for a fresh one."""

import functools
import time
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import flash, redirect, request, session, url_for
from flask_login import login_user

from sanshi_lms.account.devices.actions import begin
from sanshi_lms.account.devices.rules import device_words, masked_address
from sanshi_lms.account.models import User
from sanshi_lms.account.sign_in_events.actions import From, record
from sanshi_lms.account.sign_in_events.queries import is_new_device
from sanshi_lms.account.signals import account_touched
from sanshi_lms.account.slowing.actions import forget_place
from sanshi_lms.account.slowing.known import places, remember_device
from sanshi_lms.core.clock import now

View = TypeVar("View", bound=Callable[..., Any])
FRESH_SECONDS = 15 * 60
HALF_SECONDS = 10 * 60
_PROVED, _HALF = "proved_at", "half_signed_in"
ARRIVED = "arrived_from_outside"


def here() -> From:
    """Return where whoever asks sits, for the record of signing in."""
    return From(device_words(request.user_agent.string), (request.remote_addr or "?")[:45], now())


def let_in(person: User, *, remember: bool = False, way: str = "password") -> None:
    """Sign somebody in who has proved who they are; `way` "" for who was in already."""
    _clear_session()
    place = here()
    if way:
        if is_new_device(person.id, place.device):
            account_touched.send(person, what="device", words=place.device, at=place.at)
        record(person, "in", way, place)
        forget_place(person.username, places(person))
    person.sign_in_key = begin(person, place.device, masked_address(place.address), place.at)
    login_user(person, remember=remember)
    remember_device(person)
    note_proof()


def note_proof() -> None:
    """Remember that the person has just proved who they are."""
    session[_PROVED] = time.time()


def proved_at() -> float:
    """Return when the person last proved who they are, 0 for never."""
    proved = session.get(_PROVED)
    return proved if isinstance(proved, float) else 0.0


def is_fresh() -> bool:
    """Tell whether the proof is fresh enough for what cannot be taken back."""
    return 0 <= time.time() - proved_at() < FRESH_SECONDS


def asks_who(view: View) -> View:
    """Mark a view that changes something grave: whoever proved it long ago is asked again.

    A phone left on a table stays signed in for weeks; that must not be enough to revoke a
    certificate or to make somebody an administrator (step-up, ASVS 4.0.3 2.2.4 and 3.7.1).
    """

    @functools.wraps(view)
    def asked(*args: Any, **kwargs: Any) -> Any:
        if is_fresh():
            return view(*args, **kwargs)
        flash("这一步很重要，请先确认是您本人，然后再点一次刚才的按钮。", "warning")
        return redirect(url_for("account.prove", next=_page_before()))

    return cast("View", asked)


def keep_half(person: User, *, remember: bool, way: str = "password") -> None:
    """Remember whose password was right, until the second step."""
    _clear_session()
    session[_HALF] = {
        "who": f"{person.id}:{person.session_mark}",
        "remember": remember,
        "way": way,
        "at": time.time(),
    }


def half() -> dict[str, Any] | None:
    """Return who stands between the steps ("who", "remember", "way"); None after ten minutes."""
    kept = session.get(_HALF)
    if not isinstance(kept, dict) or time.time() - float(kept.get("at", 0)) > HALF_SECONDS:
        return None
    return kept


def _clear_session() -> None:
    """Begin the session anew, whatever was planted in it before.

    Who arrived from an outside account stays: their own browser brought them back under the state
    of this session (outside), and they are asked before anything is linked.
    """
    arrived = session.get(ARRIVED)
    session.clear()
    if arrived is not None:
        session[ARRIVED] = arrived


def _page_before() -> str:
    """Return the path of the page whose button was pressed."""
    _, _, rest = (request.referrer or "").partition("://")
    host, slash, path = rest.partition("/")
    return f"{slash}{path}" if host == request.host else "/"
