"""Fixtures for all tests: an application on a real database, a browserless client, the cast."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms import create_app
from sanshi_lms.core.db import db
from sanshi_lms.core.settings import Settings
from tests.people import Cast

pytest_plugins = ["tests.services", "tests.browser"]

PASSWORD = "linjiang-menhu-7"


def settings_in(folder: Path, **changes: str) -> Settings:
    """Return settings of an installation that lives in `folder`, apart from the machine's own."""
    env = {"DATA_DIR": str(folder), "SECRET_KEY": "t" * 64, "LOG_LEVEL": "WARNING", **changes}
    return Settings.from_env(env)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all tables, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_in(folder))
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return folder / "sanshi.db"


@pytest.fixture
def app(tmp_path: Path, template_database: Path) -> Iterator[Flask]:
    """An application of its own on a fresh copy of the database."""
    chosen = settings_in(tmp_path / "data")
    shutil.copyfile(template_database, chosen.data_dir / "sanshi.db")
    application = create_app(chosen)
    application.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, TESTING=True)
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def people(app: Flask) -> Cast:
    """The cast: administrator, author, cadre, professional, resident; made when first named."""
    return Cast(app, PASSWORD)
