"""Making files, forgetting old ones, and asking for those that schedules want."""

import shutil
from functools import partial
from secrets import token_hex

from sanshi_lms.account import User
from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit, db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.jobs import JobFailed, JobRun, job
from sanshi_lms.core.storage import storage
from sanshi_lms.reports import actions
from sanshi_lms.reports.counting import count_waiting, some_waiting
from sanshi_lms.reports.making import from_query, table_of
from sanshi_lms.reports.models import ReportFile
from sanshi_lms.reports.queries import old_files, schedules_due
from sanshi_lms.reports.reach import RIGHT, units_of
from sanshi_lms.reports.writing import write_table

WAKER = "reports.files"
COUNTER = "reports.count"


@job(actions.FILE_JOB, lane="copy", attempts=3, label="生成报表文件")
def make_file(run: JobRun) -> None:
    """Make a file with what its owner may read at this moment, unless they may not any more."""
    number = int(run.payload["file"])
    found = db.session.get(ReportFile, number)
    if found is None or found.ready_at is not None:
        return
    owner = db.session.get_one(User, found.owner_id)
    if not owner.may_somewhere(RIGHT):
        raise JobFailed("申请人已没有“查看报表”的权限，没有生成。")
    folder = storage().private_dir()
    try:
        report, form, owner_id = found.report, found.format, owner.id
        try:
            table = table_of(report, from_query(found.query), units_of(owner), now())
        except Refusal as refusal:
            raise JobFailed(refusal.message) from refusal
        # Read without a transaction of ours: nobody waits for a lock while a file is written.
        rows = write_table(table, form, folder / "report", run.progress)
        size = (folder / "report").stat().st_size
        key = f"reports/{owner_id}/{token_hex(16)}.{form}"
        storage().commit_file(folder / "report", key)
        with run.commit() as session:
            kept = session.get(ReportFile, number)
            if kept is None:
                after_commit(partial(storage().delete, key))
                return
            kept.key, kept.size, kept.rows, kept.ready_at = key, size, rows, now()
            if kept.scheduled:
                actions.tell_ready(kept, now())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tidy() -> None:
    """Delete files that are too old, and ask for what schedules want now."""
    with transaction():
        moment = now()
        actions.drop_files(old_files(moment))
        for one in schedules_due(moment):
            actions.run_schedule(one, from_query(one.view.query), moment)


def is_due() -> bool:
    """Tell whether there is something to tidy or to make."""
    moment = now()
    due = bool(schedules_due(moment) or old_files(moment))
    db.session.rollback()
    return due


def count_up() -> None:
    """Count what changed; without a job's row, of which there would be one every few seconds."""
    count_waiting()


def has_waiting() -> bool:
    """Tell whether something changed that is not counted yet."""
    due = some_waiting()
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker look."""
    queue.on_wake(WAKER, run=tidy, due=is_due)
    queue.on_wake(COUNTER, run=count_up, due=has_waiting)
