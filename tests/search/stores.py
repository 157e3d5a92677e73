"""Where the engines under test keep their index: a folder for Whoosh, a database of PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine

from sanshi_lms.search.pg_engine import PostgresEngine
from sanshi_lms.search.whoosh_engine import WhooshEngine

ENGINES = ["whoosh", "postgresql"]
Open = Callable[[], WhooshEngine | PostgresEngine]
"""Opens the index of a test once more, as another process would."""


@contextmanager
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Open]:
    """Give an index that does not exist yet on the engine that the fixture is for."""
    opened: list[WhooshEngine | PostgresEngine] = []

    def open_whoosh() -> WhooshEngine:
        opened.append(made := WhooshEngine(folder / "index"))
        return made

    def open_postgres() -> PostgresEngine:
        pool = create_engine(url)
        opened.append(made := PostgresEngine(lambda: pool))
        return made

    if request.param == "postgresql":
        url = request.getfixturevalue("search_database")
        execute(url, "DROP SCHEMA IF EXISTS sanshi_search CASCADE")
        yield open_postgres
    else:
        yield open_whoosh
    for one in opened:
        one.close()


def execute(url: str, statement: str) -> None:
    """Do something to the database behind the engine's back."""
    plain = url.replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())
