"""The web server: `python -m tools.web HOST PORT web:app`.

The application is built once, before the processes are made, and they share its memory until they
change it: two cost little more than one. One process computes on one core at a time, whatever the
number of its threads.
"""

from __future__ import annotations

import gc
import multiprocessing
import resource
import sys
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from sanshi_lms.core.db import db
from sanshi_lms.core.settings import default_processes

# Threads wait for disk and slow uploads more than they compute; and as many watch reports as there
# are threads are written by one commit. Each may hold a connection of the pool (core/db.py).
THREADS = 24
# Each browser keeps its line open between two reports. Without a word of ours the server takes a
# thousand lines and lets everybody else wait. A line costs 20 KB.
LINES = 8192
_FILES_BESIDE_LINES = 1024


def main(host: str, port: int, target: str) -> None:
    """Serve until SIGTERM."""
    module, _, name = target.partition(":")
    app = getattr(import_module(module), name)
    _allow_files(LINES + _FILES_BESIDE_LINES)
    forks = multiprocessing.get_start_method() == "fork"
    _let_go_of_connections(app)
    gc.collect()
    gc.freeze()  # what is there for good need not be looked through, nor its memory be copied

    def built(*_: Any, **__: Any) -> Any:
        return app

    server = Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=_processes(app) if forks else 1,
        blocking_threads=THREADS,
        backlog=2048,
        backpressure=LINES,
        workers_kill_timeout=2,
        log_level=LogLevels.error,
    )
    if forks:
        server.serve(target_loader=built, wrap_loader=False)
    else:  # macOS: a second process would build, and begin, all of its own
        server.serve()


def _processes(app: Any) -> int:
    settings = app.extensions.get("settings")
    return settings.web_processes if settings else default_processes()


def _let_go_of_connections(app: Any) -> None:
    """Close what was opened while the application was built: no two processes may share it."""
    if "sqlalchemy" in app.extensions:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
