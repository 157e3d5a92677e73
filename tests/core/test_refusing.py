"""A constraint that decides refuses in words, and a refusal is told on the next page."""

import pytest
from flask import Flask, get_flashed_messages

from sanshi_lms.account import Post
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import refusals_told, taken_means


def test_what_is_taken_is_refused_and_what_was_changed_before_stays(app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.add(Post(name="消防员"))
        with pytest.raises(Refusal, match="已经有了") as caught, taken_means("已经有了。", 409):
            db.session.add(Post(name="消防员"))
        assert caught.value.status == 409
        with taken_means("已经有了。"):
            db.session.add(Post(name="护林员"))
    with app.app_context():
        names = list(db.session.scalars(db.select(Post.name)))
        assert names.count("消防员") == names.count("护林员") == 1


def test_another_fault_is_not_mistaken_for_it(app: Flask) -> None:
    with app.app_context(), transaction(), pytest.raises(KeyError), taken_means("已经有了。"):
        raise KeyError


def test_a_refusal_takes_back_what_was_changed_and_is_told(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        with refusals_told():
            db.session.add(Post(name="消防员"))
            db.session.flush()
            raise Refusal("现在不行。")
        assert get_flashed_messages(with_categories=True) == [("error", "现在不行。")]
        assert db.session.scalar(db.select(Post).where(Post.name == "消防员")) is None
