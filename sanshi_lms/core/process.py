"""Runs a program that we do not trust: limited, watched, and never outliving us.

For ffmpeg and everything else that touches uploaded bytes. No shell, its own process group, limits
of the kernel on processor time, memory, file size and open files, a wall clock of ours, and output
kept only as bounded tails, so that a chatty or endless child cannot fill our memory.
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LOOK_SECONDS = 1.0
still_wanted: ContextVar[Callable[[], None] | None] = ContextVar("still_wanted", default=None)
"""Asked each second while a program runs, also one that says nothing; raises to have it ended."""
TAIL_BYTES = 64 * 1024
GRACE_SECONDS = 5.0
_LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Finished:
    """How a program ended. ``returncode`` is negative when a signal ended it."""

    returncode: int
    stdout_tail: str
    stderr_tail: str
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        return self.returncode == 0 and not self.timed_out


@dataclass
class _Tail:
    """The last bytes of a stream; with ``on_line``, also its lines as they come."""

    on_line: Callable[[str], None] | None = None
    kept: bytearray = field(default_factory=bytearray)
    partial: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> None:
        self.kept += data
        del self.kept[:-TAIL_BYTES]
        if self.on_line is None:
            return
        self.partial += data
        *lines, rest = bytes(self.partial).split(b"\n")
        self.partial = bytearray(rest[-TAIL_BYTES:])
        for line in lines:
            self.on_line(line.decode("utf-8", "replace").rstrip("\r"))

    def text(self) -> str:
        return self.kept.decode("utf-8", "replace")


def run_limited(
    argv: Sequence[str],
    *,
    cwd: Path,
    cpu_seconds: float,
    memory_bytes: int,
    file_bytes: int,
    wall_seconds: float,
    on_line: Callable[[str], None] | None = None,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run ``argv`` to its end under limits and return how it ended.

    ``on_line`` receives each line of stdout as it comes, in the calling thread; when it raises, the
    program is ended and the error passes on (so a job that lost its lease stops its ffmpeg).
    ``file_bytes`` bounds every single file that the program writes.
    ``env`` is added to an otherwise nearly empty environment.

    After ``wall_seconds`` the group gets SIGTERM, five seconds later SIGKILL: an ffmpeg that is
    inside a filter does not hear SIGTERM. Raises FileNotFoundError when there is no such program.
    """
    program = shutil.which(argv[0])
    if program is None:
        raise FileNotFoundError(argv[0])
    cpu = max(1, int(cpu_seconds))
    limits = {
        "parent": os.getpid(),
        "nice": 5,
        "rlimits": {
            "RLIMIT_CPU": cpu,
            "RLIMIT_AS": int(memory_bytes),
            "RLIMIT_FSIZE": int(file_bytes),
            "RLIMIT_NOFILE": 256,
            "RLIMIT_CORE": 0,
        },
    }
    launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), json.dumps(limits)]
    child = subprocess.Popen(
        [*launcher, program, *argv[1:]],
        cwd=cwd,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    out, err = _Tail(on_line), _Tail()
    try:
        timed_out = _watch(child, out, err, time.monotonic() + wall_seconds)
    except BaseException:
        _end_group(child)
        raise
    finally:
        for pipe in (child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
    return Finished(child.returncode, out.text(), err.text(), timed_out)


def _watch(child: subprocess.Popen[bytes], out: _Tail, err: _Tail, deadline: float) -> bool:
    """Read both pipes until the program has ended; True when the wall clock ended it."""
    timed_out = False
    ask, asked = still_wanted.get(), time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(_pipe(child.stdout), selectors.EVENT_READ, out)
        selector.register(_pipe(child.stderr), selectors.EVENT_READ, err)
        while not _has_exited(child):
            if time.monotonic() > deadline:
                timed_out = True
                break
            if ask is not None and time.monotonic() - asked > LOOK_SECONDS:
                ask()
                asked = time.monotonic()
            _read_ready(selector, min(0.2, max(0.01, deadline - time.monotonic())))
        _end_group(child, asked_first=timed_out)
        while selector.get_map() and _read_ready(selector, 0.05):
            pass
    return timed_out


def _read_ready(selector: selectors.BaseSelector, seconds: float) -> bool:
    """Take what the pipes hold now; False when there was nothing."""
    if not selector.get_map():
        time.sleep(seconds)
        return False
    ready = selector.select(seconds)
    for key, _ in ready:
        data = os.read(key.fd, 65536)
        if data:
            key.data.feed(data)
        else:
            selector.unregister(key.fileobj)
    return bool(ready)


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 -- we asked Popen for it; this is for the type checker
    return stream


def _has_exited(child: subprocess.Popen[bytes], seconds: float = 0.0) -> bool:
    """Whether the program has ended, without reaping it: its number stays ours to signal."""
    until = time.monotonic() + seconds
    while os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
    return True


def _end_group(child: subprocess.Popen[bytes], *, asked_first: bool = True) -> None:
    """End the program and whatever it started, then reap it."""
    if child.returncode is not None:
        return
    if asked_first and not _has_exited(child):
        os.killpg(child.pid, signal.SIGTERM)
        _has_exited(child, GRACE_SECONDS)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
