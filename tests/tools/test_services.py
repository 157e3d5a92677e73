"""The servers that other tests rely on are real, empty at the start, and apart from each other."""

from pathlib import Path
from typing import NoReturn

import psycopg
import redis

from tests.services import shared_server


def dsn(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def test_postgres_database_is_empty_utf8_and_keeps_chinese(postgres_url: str) -> None:
    with psycopg.connect(dsn(postgres_url)) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone()
        assert found == (0,)
        connection.execute("CREATE TABLE t (name text)")
        connection.execute("INSERT INTO t VALUES ('加装电梯')")
        assert connection.execute("SELECT length(name) FROM t").fetchone() == (4,)


def test_each_test_has_a_database_of_its_own(postgres_url: str, postgres_server: str) -> None:
    with psycopg.connect(dsn(postgres_url)) as connection:
        assert connection.execute("SELECT to_regclass('public.t')").fetchone() == (None,)
    assert postgres_url.rpartition("/")[2] != postgres_server.rpartition("/")[2]


def test_redis_database_is_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", "behind")


def test_redis_is_emptied_between_tests(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_a_running_server_is_not_started_again(redis_server: str) -> None:
    def must_not_start(_folder: Path) -> NoReturn:
        raise AssertionError("started twice")

    assert shared_server("redis", must_not_start) == redis_server
