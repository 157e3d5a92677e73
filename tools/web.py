"""The web server: `python -m tools.web HOST PORT web:app`, whose code changes without a pause.

This process holds the listening sockets and knows nothing of the application; what answers is a
child (tools/web_processes.py). At SIGHUP it starts another child on the same sockets, with whatever
code and settings are there by now, waits until it is ready, and lets the old one end what it is
doing. A child that does not become ready is given up, and the old one goes on.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

from tools.serve import ROOT, die_with_parent

BACKLOG = 2048
MOST_PROCESSES = 16
READY = "SANSHI_READY"  # the number of the pipe by which a child says that it is ready
SUCCESSOR = "SANSHI_SUCCESSOR"
READY_SECONDS = 120.0
STOP_SECONDS = 2.6  # a little more than a child gives its processes; the supervisor gives us 4 s
LOOK_SECONDS = 0.05


class Generation:
    """A child and its processes."""

    def __init__(
        self, target: str, sockets: list[socket.socket], *, successor: bool = False
    ) -> None:
        """Start it; it is not ready yet. A successor must answer a page before it is."""
        self.began = time.monotonic()
        self.pipe, theirs = os.pipe()
        os.set_blocking(self.pipe, False)
        numbers = [str(one.fileno()) for one in sockets]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.web_processes", target, *numbers],
            cwd=ROOT,
            env={**os.environ, READY: str(theirs), SUCCESSOR: "1" if successor else ""},
            pass_fds=[theirs, *(one.fileno() for one in sockets)],
            preexec_fn=die_with_parent,  # this process has one thread
        )
        os.close(theirs)

    def is_ready(self) -> bool:
        """Whether it has said so."""
        with suppress(BlockingIOError):
            return os.read(self.pipe, 1) == b"1"
        return False

    def is_late(self) -> bool:
        return time.monotonic() - self.began > READY_SECONDS

    def end(self, sign: signal.Signals) -> None:
        if self.process.poll() is None:
            self.process.send_signal(sign)


class Server:
    """The generations: one that answers, perhaps one that comes, and those that leave."""

    def __init__(self, host: str, port: int, target: str) -> None:
        """Open the sockets and start the first generation."""
        self.target = target
        self.sockets = [listen(host, port) for _ in range(processes())]
        self.stopping = self.renewing = False
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, self._stop)
        signal.signal(signal.SIGHUP, self._renew)
        self.present = Generation(target, self.sockets)
        self.coming: Generation | None = None
        self.leaving: list[Generation] = []
        self.told = False

    def run(self) -> int:
        """Return when stopped, or when the child that answers has died, with its code."""
        while not self.stopping:
            if self.present.process.poll() is not None:
                self._finish()
                return self.present.process.returncode or 1
            if not self.told and self.present.is_ready():
                self.told = True
                notify("READY=1")
            if self.renewing and self.coming is None:
                self.renewing = False
                self.coming = Generation(self.target, self.sockets, successor=True)
            if self.coming is not None:
                self._receive(self.coming)
            self.leaving = [one for one in self.leaving if one.process.poll() is None]
            time.sleep(LOOK_SECONDS)
        self._finish()
        return 0

    def _receive(self, coming: Generation) -> None:
        if coming.process.poll() is not None or coming.is_late():
            coming.end(signal.SIGKILL)
            print("  ! 新代码没有启动，旧的继续。The new code did not start; the old goes on.",
                  file=sys.stderr, flush=True)  # fmt: skip
            self.coming = None
        elif coming.is_ready():
            self.present.end(signal.SIGUSR1)
            self.leaving.append(self.present)
            self.present, self.coming = coming, None

    def _finish(self) -> None:
        everybody = [g for g in (self.present, self.coming, *self.leaving) if g is not None]
        for one in everybody:
            one.end(signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        for one in everybody:
            with suppress(subprocess.TimeoutExpired):
                one.process.wait(max(0.0, until - time.monotonic()))
            one.end(signal.SIGKILL)
            one.process.wait()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _renew(self, _number: int, _frame: FrameType | None) -> None:
        self.renewing = True


def listen(host: str, port: int) -> socket.socket:
    """Open one of several sockets on the same port; the kernel spreads callers over them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    one = socket.socket(family, kind, protocol)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    one.bind(address)
    one.listen(BACKLOG)
    one.setblocking(False)
    return one


def processes() -> int:
    """Return WEB_PROCESSES, as core/settings.py reads it; one where processes cannot fork."""
    if sys.platform != "linux":
        return 1
    given = os.environ.get("WEB_PROCESSES", "")
    asked = int(given) if given.isascii() and given.isdigit() else 0
    return min(asked or min(2, os.cpu_count() or 1), MOST_PROCESSES)


def ready() -> None:
    """Say, in a child, that the application is built and the processes follow."""
    number = os.environ.pop(READY, None)
    if number is not None:
        os.write(int(number), b"1")
        os.close(int(number))


def is_successor() -> bool:
    """Whether, in a child, an older generation answers meanwhile."""
    return os.environ.pop(SUCCESSOR, "") == "1"


def notify(words: str) -> None:
    """Tell systemd (Type=notify), if it is there."""
    place = os.environ.get("NOTIFY_SOCKET")
    if place:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(words.encode(), place.replace("@", "\0", 1) if place[0] == "@" else place)


if __name__ == "__main__":
    sys.exit(Server(sys.argv[1], int(sys.argv[2]), sys.argv[3]).run())
