"""Property tests here may share the machine with others: no deadline per example.

`opened` opens the index of a test, on each engine in turn.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.conftest import New
from tests.search.stores import ENGINES, Open, store

settings.register_profile("search", deadline=None)
settings.load_profile("search")


@pytest.fixture(scope="session")
def search_database(new_postgres: New) -> Iterator[str]:
    """URL of a database in which nothing is but what an engine makes."""
    with new_postgres() as url:
        yield url


@pytest.fixture(params=ENGINES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Open an index that does not exist yet, as often as you like."""
    with store(request, tmp_path) as new:
        yield new
