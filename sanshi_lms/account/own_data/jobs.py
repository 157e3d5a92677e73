"""Making copies, forgetting old ones, and the round of those whose time to leave has come."""

import shutil
from functools import partial
from secrets import token_hex

from sanshi_lms.account.own_data import actions
from sanshi_lms.account.own_data.copying import write_copy
from sanshi_lms.account.own_data.models import Copy
from sanshi_lms.account.own_data.queries import old_copies, people_due
from sanshi_lms.core import queue
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import after_commit, db, transaction
from sanshi_lms.core.jobs import JobRun, enqueue, job
from sanshi_lms.core.storage import storage

WAKER = "account.own_data"


@job(actions.COPY_JOB, lane="copy", attempts=3, label="打包个人数据")
def make_copy(run: JobRun) -> None:
    """Make a copy, unless its person left or asked for another one meanwhile."""
    number = int(run.payload["copy"])
    found = db.session.get(Copy, number)
    if found is None or found.ready_at is not None:
        return
    user_id = found.user_id
    folder = storage().private_dir()
    try:
        # Read without a transaction of ours: nobody waits for a lock while files are packed.
        write_copy(folder / "copy.zip", user_id, now(), run.progress)
        size, key = (folder / "copy.zip").stat().st_size, f"copies/{user_id}/{token_hex(16)}.zip"
        storage().commit_file(folder / "copy.zip", key)
        with run.commit() as session:
            kept = session.get(Copy, number)
            if kept is None:
                after_commit(partial(storage().delete, key))
            else:
                kept.key, kept.size, kept.ready_at = key, size, now()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@job(actions.LEAVE_JOB, label="注销账号", subject="user")
def leave(run: JobRun) -> None:
    """Let somebody go whose time has come."""
    with run.commit():
        actions.leave(int(run.payload["user"]), now())


def tidy() -> None:
    """Delete copies that are too old, and begin the leaving of whoever is due."""
    with transaction():
        actions.drop_copies(old_copies(now()))
        for user_id in people_due(now()):
            enqueue(actions.LEAVE_JOB, str(user_id), {"user": user_id})


def is_due() -> bool:
    """Tell whether there is something to tidy."""
    moment = now()
    due = bool(old_copies(moment) or people_due(moment))
    db.session.rollback()
    return due


def setup() -> None:
    """Let the worker's ticker look."""
    queue.on_wake(WAKER, run=tidy, due=is_due)
