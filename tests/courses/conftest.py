"""What the tests of this room share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.courses import register_lesson_kind
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.loader import plan
from sanshi_lms.courses.pack import read_packs
from sanshi_lms.courses.pack_apply import carry_out
from tests.courses.packs import Talk


@pytest.fixture
def talk(app: Flask) -> Talk:
    """A kind with targets, registered as a room above would do it."""
    kind = Talk()
    register_lesson_kind(app, kind)
    return kind


@pytest.fixture
def load(app: Flask, talk: Talk) -> Callable[[Path], None]:
    """Loads the packs of a content folder into the database."""
    del talk

    def load_now(content: Path) -> None:
        with app.app_context():
            reading = read_packs(content, lesson_kinds())
            assert reading.errors == ()
            with transaction():
                carry_out(plan(reading.courses), now())

    return load_now
