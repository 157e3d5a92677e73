"""One generation of the web server: `python -m tools.web_processes web:app SOCKET …`.

The application is built once, before the processes are made, and they share its memory until they
change it: two cost little more than one. One process computes on one core at a time, whatever the
number of its threads. The listening sockets, one for each process, are given by tools/web.py,
which keeps them from one generation to the next.
"""

from __future__ import annotations

import gc
import mmap
import multiprocessing
import resource
import signal
import socket
import sys
import threading
from importlib import import_module
from typing import Any

from granian import Granian
from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.log import LogLevels
from werkzeug.test import Client

from sanshi_lms.core.db import db
from tools.serve import die_with_parent
from tools.web import BACKLOG, is_successor, ready

# Threads wait for disk and slow uploads more than they compute; and as many watch reports as there
# are threads are written by one commit. Each may hold a connection of the pool (core/db.py).
THREADS = 24
# Each browser keeps its line open between two reports. Without a word of ours the server takes a
# thousand lines and lets everybody else wait. A line costs 20 KB.
LINES = 8192
_FILES_BESIDE_LINES = 1024


# Who leaves for a newer generation lets uploads end; whoever is stopped has two seconds.
LEAVING_SECONDS = 900
STOPPING_SECONDS = 2
GOODBYE_SECONDS = 3.0


class GivenSockets(Granian):  # type: ignore[misc,valid-type]  # one of several by platform
    """A server on sockets that are open already: of process n the n-th.

    By itself each process would open one of its own on the same port. With its end the connections
    that wait in it would be refused; ours stay open, and the next process takes what waits.
    """

    def __init__(self, sockets: list[socket.socket], *args: Any, **kwargs: Any) -> None:
        """Serve on `sockets`."""
        self.sockets = sockets
        self.goodbye = mmap.mmap(-1, 1)  # shared with the processes
        super().__init__(*args, workers=len(sockets), **kwargs)

    def _init_shared_socket(self) -> None:
        self._ssp = self._sfd = None

    def _spawn_worker(self, idx: int, *args: Any, **kwargs: Any) -> Any:
        self._sso = self.sockets[idx]
        self._shd = SocketHolder(self.sockets[idx].fileno(), False, BACKLOG)  # type: ignore[call-arg]  # its stub is behind
        return super()._spawn_worker(idx, *args, **kwargs)

    def leave(self, *_: object) -> None:
        """Say goodbye on each line that speaks, then end when what is going on has ended."""
        self.goodbye[0] = 1
        self.workers_kill_timeout = LEAVING_SECONDS
        threading.Timer(GOODBYE_SECONDS, self.signal_handler_interrupt).start()

    def polite(self, app: Any) -> Any:
        """Return `app`, which asks for lines to be closed once we leave.

        A line that is closed by us while its owner sends the next request would lose that request;
        one that is closed by both after an answer loses nothing.
        """

        def answer(environ: dict[str, Any], start_response: Any) -> Any:
            if not self.goodbye[0]:
                return app(environ, start_response)

            def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                return start_response(status, [*headers, ("Connection", "close")], *more)

            return app(environ, start)

        return answer


def main(target: str, sockets: list[socket.socket]) -> None:
    """Serve until SIGTERM, or leave gently at SIGUSR1."""
    module, _, name = target.partition(":")
    app = getattr(import_module(module), name)
    _allow_files(LINES + _FILES_BESIDE_LINES)
    forks = multiprocessing.get_start_method() == "fork"
    if is_successor() and Client(app).get("/").status_code >= 500:
        raise SystemExit("the new code does not answer")
    _let_go_of_connections(app)
    gc.collect()
    gc.freeze()  # what is there for good need not be looked through, nor its memory be copied

    def built(*_: Any, **__: Any) -> Any:
        die_with_parent(signal.SIGKILL)
        return server.polite(app)

    server = GivenSockets(
        sockets,
        target,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        backpressure=LINES,
        workers_kill_timeout=STOPPING_SECONDS,
        log_level=LogLevels.error,
    )
    server.on_startup(lambda: signal.signal(signal.SIGUSR1, server.leave) and None)
    ready()
    if forks:
        server.serve(target_loader=built, wrap_loader=False)
    else:  # macOS: a second process would build, and begin, all of its own
        server.serve()


def _let_go_of_connections(app: Any) -> None:
    """Close what was opened while the application was built: no two processes may share it."""
    if "sqlalchemy" in getattr(app, "extensions", {}):
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _allow_files(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


if __name__ == "__main__":
    main(sys.argv[1], [socket.socket(fileno=int(number)) for number in sys.argv[2:]])
