"""Fixtures for all tests: an application on a real database, a browserless client, the cast."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import hypothesis
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

from sanshi_lms import create_app
from sanshi_lms.core.db import db
from sanshi_lms.core.security import limiter
from sanshi_lms.core.settings import Settings
from tests.people import Cast
from tests.seeded import keep_seed, return_to_seed

New = Callable[[], AbstractContextManager[str]]

# A loaded machine makes any example slow; a time is never what a test asserts.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

pytest_plugins = ["tests.services", "tests.browser", "tests.buckets"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the same tests run on the other engine: pytest --engine postgresql."""
    parser.addoption("--engine", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a third of the time a test waits, for a page or a clock."""
    return (os.cpu_count() or 1) + 1


MIGRATIONS = str(Path(__file__).resolve().parents[1] / "migrations")
PASSWORD = "linjiang-menhu-7"


def settings_in(folder: Path, **changes: str) -> Settings:
    """Return settings of an installation that lives in `folder`, apart from the machine's own."""
    env = {"DATA_DIR": str(folder), "SECRET_KEY": "t" * 64, "LOG_LEVEL": "WARNING", **changes}
    return Settings.from_env(env)


@pytest.fixture(scope="session")
def template_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, made once by the migrations and copied for each test."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(settings_in(folder))
    with app.app_context():
        upgrade(MIGRATIONS)
        db.session.remove()
        db.engine.dispose()
    return folder / "sanshi.db"


@pytest.fixture(scope="session")
def migrated_postgres(new_postgres: New, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL database that the migrations made, once for the session."""
    with new_postgres() as url:
        app = create_app(settings_in(tmp_path_factory.mktemp("migrated"), DATABASE_URL=url))
        with app.app_context():
            upgrade(MIGRATIONS)
            db.session.remove()
            db.engine.dispose()
        keep_seed(url)
        yield url


@pytest.fixture
def filled_postgres_url(migrated_postgres: str) -> str:
    """URL of a PostgreSQL database that has all tables, as the migrations leave them."""
    return_to_seed(migrated_postgres)
    return migrated_postgres


@pytest.fixture
def chosen_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a database that has all tables and no rows, on the engine asked for."""
    if request.config.getoption("engine") == "postgresql":
        url = request.getfixturevalue("filled_postgres_url")
        return settings_in(tmp_path / "data", DATABASE_URL=url)
    chosen = settings_in(tmp_path / "data")
    template = request.getfixturevalue("template_database")
    shutil.copyfile(template, chosen.data_dir / "sanshi.db")
    return chosen


_compile_builder = Rule._compile_builder
_builders: dict[object, Callable[..., tuple[str, str]]] = {}


def _compiled_once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """Compile what builds an address once for all applications of a session.

    A thousand tests make an application each; nine tenths of the 0.15 s that takes went into
    compiling the same four hundred addresses again.
    """
    key = (*self._trace, *sorted((self.defaults or {}).items()), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(self, append_unknown)
    return _builders[key]


Rule._compile_builder = _compiled_once  # type: ignore[method-assign]


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all applications of a session."""

    def __init__(self) -> None:
        self.made: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was compiled before, if the source is the same."""
        if bucket.key in self.made:
            bucket.bytecode_from_string(self.made[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.made[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


def ready_for_tests(application: Flask) -> Flask:
    """Leave out what stands between a test and its page: form tokens and rate limits.

    The limiter is one for the whole process; what a test of limits did must not reach the next.
    """
    application.jinja_env.bytecode_cache = COMPILED
    application.config.update(WTF_CSRF_ENABLED=False, TESTING=True)
    limiter.enabled = False
    return application


@pytest.fixture
def limits(app: Flask) -> Iterator[None]:
    """Rate limits as people meet them, counted from nought."""
    with app.app_context():
        limiter.reset()
    limiter.enabled = True
    yield
    limiter.enabled = False


def let_go(application: Flask) -> None:
    """End what an application still does, then close its connections.

    What writes down who was seen comes two seconds later: it found the pool closed and opened a
    connection there that nobody closed any more.
    """
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer) and thread.function.__qualname__ == "Seen.write":
            thread.cancel()
            thread.join()
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(chosen_settings: Settings) -> Iterator[Flask]:
    """An application of its own on a fresh database."""
    application = ready_for_tests(create_app(chosen_settings))
    yield application
    let_go(application)


@pytest.fixture(params=["sqlite", "postgresql"])
def either_app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on SQLite, then one on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("app")
        return
    url = request.getfixturevalue("filled_postgres_url")
    application = ready_for_tests(create_app(settings_in(tmp_path / "data", DATABASE_URL=url)))
    yield application
    let_go(application)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client that nobody is signed in with."""
    return app.test_client()


@pytest.fixture
def people(app: Flask) -> Cast:
    """The cast: administrator, author, cadre, professional, resident; made when first named."""
    return Cast(app, PASSWORD)
