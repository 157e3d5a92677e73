"""Whatever happens to the tables, a search answers or says so, and the index comes back."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import IndexDamagedError, Question
from sanshi_lms.search.pg_engine import PostgresEngine
from tests.search.stores import execute
from tests.search.test_heal import BASE, nothing

WRITER = """
import sys
from sqlalchemy import create_engine
from sanshi_lms.core.registers import Document
from sanshi_lms.search.pg_engine import PostgresEngine
pool = create_engine(sys.argv[1])
engine = PostgresEngine(lambda: pool)
print("ready", flush=True)
"""
ENDLESS_WRITER = f"""{WRITER}
for n in range(10**6):
    ref = 1000 + n % 50
    engine.update([Document("lesson", ref, "海绵城市", f"/l/{{ref}}", body="雨水花园。" * 200)])
"""
ENDLESS_REBUILD = f"""{WRITER}
def documents():
    for n in range(10**6):
        yield Document("lesson", n, "海绵城市", "/x", body="雨水花园。" * 200)
engine.rebuild(documents(), lambda keys: [])
"""
IN_FORCE = "(SELECT generation FROM sanshi_search.state)"


@pytest.fixture
def engine(search_database: str) -> Iterator[PostgresEngine]:
    """An engine that holds BASE, of which a first generation is gone."""
    execute(search_database, "DROP SCHEMA IF EXISTS sanshi_search CASCADE")
    pool = create_engine(search_database)
    made = PostgresEngine(lambda: pool)
    made.rebuild(BASE, nothing)
    yield made
    made.close()


def to_each_table(statement: str) -> str:
    """Return a block that does `statement` to the tables of the generation that answers."""
    return f"""DO $$ BEGIN
      EXECUTE format('{statement}', {IN_FORCE});
    END $$"""


HARM = {
    "no schema": "DROP SCHEMA sanshi_search CASCADE",
    "no state": "DELETE FROM sanshi_search.state",
    "no table of states": "DROP TABLE sanshi_search.state",
    "another version": "UPDATE sanshi_search.state SET format = 99",
    "no documents": to_each_table("DROP TABLE sanshi_search.documents_%s"),
    "no texts": to_each_table("DROP TABLE sanshi_search.texts_%s"),
    "no terms": to_each_table("DROP TABLE sanshi_search.terms_%s"),
    "no labels": to_each_table("DROP TABLE sanshi_search.combinations_%s"),
}
SILENT_HARM = {
    "documents emptied": to_each_table("TRUNCATE sanshi_search.documents_%s"),
    "texts emptied": to_each_table("TRUNCATE sanshi_search.texts_%s"),
    "terms emptied": to_each_table("TRUNCATE sanshi_search.terms_%s"),
    "no index": to_each_table("DROP INDEX sanshi_search.documents_%s_terms"),
}


@pytest.mark.parametrize("harm", HARM)
def test_damage_is_noticed_and_a_rebuild_heals(
    engine: PostgresEngine, search_database: str, harm: str
) -> None:
    execute(search_database, HARM[harm])
    with pytest.raises(IndexDamagedError):
        engine.check()
    with pytest.raises(IndexDamagedError):
        engine.update([BASE[0]])
    if harm != "no labels":  # which a process knows once it has read them
        with pytest.raises(IndexDamagedError):
            engine.search(Question("居民意愿"))
    assert engine.rebuild(BASE, nothing) == 40
    engine.check()
    assert engine.search(Question("电梯")).total == 40


@pytest.mark.parametrize("harm", SILENT_HARM)
def test_a_check_notices_what_a_search_does_not(
    engine: PostgresEngine, search_database: str, harm: str
) -> None:
    execute(search_database, SILENT_HARM[harm])
    with pytest.raises(IndexDamagedError):
        engine.check()
    assert engine.rebuild(BASE, nothing) == 40
    engine.check()


def start(program: str, url: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_a_writer_killed_at_any_moment_leaves_a_whole_index(
    engine: PostgresEngine, search_database: str
) -> None:
    chance = random.Random(5)
    for _ in range(3):
        writer = start(ENDLESS_WRITER, search_database)
        time.sleep(chance.uniform(0.05, 0.8))
        end(writer)
        engine.check()
        assert engine.search(Question("第7讲")).hits[0].document.ref == 7
        assert engine.search(Question("加装电梯")).total == 40
        engine.update([Document("lesson", 7, "第7讲 加装电梯", "/l/7")])
    assert engine.search(Question("海绵城市")).total > 0


def test_a_rebuild_killed_in_the_middle_leaves_nothing_behind(
    engine: PostgresEngine, search_database: str
) -> None:
    builder = start(ENDLESS_REBUILD, search_database)
    time.sleep(2.0)
    end(builder)
    engine.update([Document("lesson", 7, "第7讲 加装电梯", "/l/7")])
    assert engine.search(Question("加装电梯")).total == 40
    assert rebuilt_within(engine, 20.0) == 40
    with engine._engine().connect() as connection:
        tables = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'sanshi_search'"
        ).scalar()
    assert tables == 7


def rebuilt_within(engine: PostgresEngine, seconds: float) -> int:
    """Rebuild as soon as the server has noticed that the other builder is gone."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return engine.rebuild(BASE, nothing)
        except Exception:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_searches_go_on_while_one_rebuild_follows_the_other(engine: PostgresEngine) -> None:
    trouble: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                assert engine.search(Question("加装电梯")).total == 40
            except Exception as error:
                trouble.append(error)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        engine.rebuild(BASE, nothing)
    done.set()
    for thread in threads:
        thread.join()
    assert trouble == []


def test_an_endless_document_is_found_by_what_weighs_most(engine: PostgresEngine) -> None:
    chance = random.Random(3)
    words = "".join(chr(chance.randrange(0x4E00, 0x9F00)) for _ in range(400_000))
    engine.update([Document("page", 1, "一本厚书", "/book", body=words)])
    assert engine.search(Question("厚书")).hits[0].document.body == words


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "'", "\\", "%s", "{documents}"])
def test_odd_characters_are_kept_out_or_kept_whole(engine: PostgresEngine, odd: str) -> None:
    engine.update([Document("page", 1, f"屋顶{odd}菜园", "/x", body=f"a{odd}b", topic=odd)])
    for query in ("屋顶", f'"顶{odd}菜"', f"a{odd}b", f"屋顶{odd}菜园"):
        engine.search(Question(query, chosen={"topic": odd}, today=9000, favour=odd))
    assert engine.search(Question("菜园")).total == 1
    assert engine.titled(odd, 3) is not None
