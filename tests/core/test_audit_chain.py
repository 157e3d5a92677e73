"""The chain of the audit trail: whole as written, broken by any change, on both engines."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from sanshi_lms.core import audit_chain
from sanshi_lms.core.audit import AuditEntry, note
from sanshi_lms.core.audit_chain import NOTHING, check, digest_of, head, seal_new, verify, witness
from sanshi_lms.core.db import db, transaction

FACTS = st.fixed_dictionaries(
    {"id": st.integers(1), "verb": st.text(), "subject": st.text(), "before": st.none() | st.text()}
)


def chained(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    before = ""
    for number, row in enumerate(rows, 1):
        fresh = {"seal": number, **row}
        before = digest_of(fresh, before)
        made.append({**fresh, "digest": before})
    return made


@given(st.lists(FACTS, min_size=1, max_size=6), st.data())
def test_any_change_is_found(rows: list[dict[str, object]], data: st.DataObject) -> None:
    whole = chained(rows)
    assert check(whole)[1] is None
    place = data.draw(st.integers(0, len(whole) - 1))
    row = whole[place]
    name = data.draw(st.sampled_from(["id", "verb", "subject", "before"]))
    changed = [*whole[:place], {**row, name: "别的" if row[name] != "别的" else "另一个"}]
    assert check([*changed, *whole[place + 1 :]])[1]
    if place < len(whole) - 1:
        assert check(whole[:place] + whole[place + 1 :])[1], "one that is missing"


def act(times: int = 3) -> None:
    with transaction():
        for number in range(times):
            note("jobs.retry", f"job:{number}", {"名": "前"}, {"job": number})


CHANGES: tuple[tuple[str, Callable[[], object]], ...] = (
    ("被改过", lambda: db.session.execute(
        update(AuditEntry).where(AuditEntry.seal == 2).values(subject="job:9"))),
    ("被改过", lambda: db.session.execute(
        update(AuditEntry).where(AuditEntry.seal == 3).values(before=None))),
    ("不见了", lambda: db.session.execute(text("DELETE FROM core_audit_entries WHERE seal = 2"))),
    ("末尾少了", lambda: db.session.execute(text("DELETE FROM core_audit_entries WHERE seal = 3"))),
    ("末尾少了", lambda: db.session.execute(text("DELETE FROM core_audit_entries"))),
)  # fmt: skip


@pytest.mark.parametrize(("said", "change"), CHANGES)
def test_a_change_in_the_database_is_told(
    app: Flask, said: str, change: Callable[[], object]
) -> None:
    with app.app_context():
        act()
        seal_new()
        assert verify().broken is None
        with transaction():
            change()
        assert said in (verify().broken or "")


def test_sealing_twice_changes_nothing_and_goes_on(either_app: Flask) -> None:
    with either_app.app_context():
        assert verify() == audit_chain.Chain(0, 0, NOTHING)
        act(audit_chain._BATCH + 2)
        assert verify().waiting == audit_chain._BATCH + 2
        seal_new()
        first = head()
        seal_new()
        assert head() == first == witness()
        act(1)
        seal_new()
        found = verify()
        assert (found.sealed, found.waiting, found.broken) == (first.number + 1, 0, None)


def test_a_cut_end_is_noted_in_the_trail_itself(app: Flask) -> None:
    with app.app_context():
        act()
        seal_new()
        lost = witness()
        with transaction():
            db.session.execute(text("DELETE FROM core_audit_entries WHERE seal > 1"))
        seal_new()
        gap = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "audit.gap")).one()
        assert str(lost) in (gap.before or "")
        assert verify().broken is None, "the trail goes on, with its gap written in it"


def test_several_workers_at_once_seal_each_entry_once(either_app: Flask) -> None:
    with either_app.app_context():
        act(40)

    def work() -> None:
        with either_app.app_context():
            seal_new()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with either_app.app_context():
        seal_new()
        assert verify().broken is None
        assert db.session.scalar(select(func.count(func.distinct(AuditEntry.seal)))) == 40


def test_the_exported_file_is_checked_anywhere(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        act()
    file, run = tmp_path / "trail.jsonl", app.test_cli_runner()
    assert run.invoke(args=["audit", "export", str(file)]).exit_code == 0
    assert "操作记录完整" in run.invoke(args=["audit", "verify"]).output
    told = run.invoke(args=["audit", "verify", str(file)])
    assert told.exit_code == 0
    assert "3-" in told.output
    lines = file.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[1])["subject"] == "job:0"
    for broken in ([lines[0], *lines[2:]], ["{}"], ["nothing"], [], [lines[0], "{}"]):
        file.write_text("\n".join(broken), encoding="utf-8")
        assert run.invoke(args=["audit", "verify", str(file)]).exit_code == 1
