"""The small supervisor: web server and worker together, started, watched and stopped as one.

Each child leads a session of its own, so Ctrl-C reaches only the supervisor, which then lets both
finish in order. Should the supervisor itself be killed, the kernel tells the children (Linux).
"""

from __future__ import annotations

import ctypes
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tools.console import StepError, give_up, say

ROOT = Path(__file__).resolve().parent.parent

GRACE_SECONDS = 4.0  # then SIGKILL; the promise to the person at Ctrl-C is 5 s
CALM_SECONDS = 60.0  # a child that lived this long starts again without delay
LONGEST_WAIT_SECONDS = 30.0
LOG_BYTES = 20 * 1024 * 1024
PR_SET_PDEATHSIG = 1


@dataclass
class Address:
    host: str
    port: int

    @property
    def url(self) -> str:
        """What a person types; a server on every interface is reached by this machine's own."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Address:
        """Read HOST and PORT.

        Raises:
            StepError: PORT is not a port number.
        """
        port = env.get("PORT") or "5000"
        if not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
            raise StepError(f"PORT={port} 不是端口号（1–65535）。PORT must be 1 to 65535.")
        return cls(env.get("HOST") or "127.0.0.1", int(port))


def require_free(address: Address) -> None:
    """Find out now, and say it in words, instead of in a traceback of the web server.

    Raises:
        StepError: the port is in use, forbidden, or the host is not of this machine.
    """
    try:
        found = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, target = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except PermissionError as error:
        raise StepError(
            f"普通用户不能使用端口 {address.port}，请换一个大于 1023 的：make run PORT=5000。"
            "This port needs root: choose one above 1023."
        ) from error
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == 99:
            raise StepError(
                f"HOST={address.host} 不是本机地址。HOST is not an address of this machine."
            ) from error
        raise StepError(
            f"端口 {address.port} 已被占用：系统可能已经在运行（{address.url}），"
            f"或换一个端口：make run PORT={address.port + 1}。"
            "The port is in use: is it running already? Otherwise choose another."
        ) from error


def die_with_parent(sign: signal.Signals = signal.SIGTERM) -> None:
    """Between fork and exec: ask Linux for SIGTERM when the supervisor is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign)


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    argv: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path
    log: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    renews_itself: bool = False  # at SIGHUP, without a pause; others end and are started anew
    expected: bool = False  # its end is no failure

    def start(self) -> None:
        with self.log.open("ab") if self.log else nullcontext() as output:
            self.process = subprocess.Popen(
                [str(part) for part in self.argv],
                cwd=self.cwd,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,  # the supervisor has one thread
            )
        self.started = time.monotonic()

    def signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def renew(self) -> None:
        """Let new code take the place of the old."""
        self.expected = not self.renews_itself
        self.signal(signal.SIGHUP if self.renews_itself else signal.SIGTERM)

    def sweep(self) -> None:
        """Kill what a dead child has left in its session, so the port is free for the next."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return

    def trim_log(self) -> None:
        """Keep one older log beside a long one; the child appends, so it need not reopen."""
        if self.log and self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            shutil.copyfile(self.log, self.log.with_suffix(".old.log"))
            os.truncate(self.log, 0)

    def watch(self) -> None:
        """Start it again after a death, later each time while it keeps dying at once."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.sweep()
        if self.expected:
            self.expected = False
            self.start()
            return
        self.failures = 1 if now - self.started > CALM_SECONDS else self.failures + 1
        delay = min(2.0 ** (self.failures - 1), LONGEST_WAIT_SECONDS)
        self.process = None
        self.start_at = now + delay
        reason = f" 原因见 see {self.log}" if self.log else ""
        say(
            f"  ! {self.name} 意外退出（{code}），{delay:.0f} 秒后重新启动。"
            f"It ended by itself; starting it again in {delay:.0f} s.{reason}"
        )


@dataclass
class Supervisor:
    """Runs the children until it is told to stop."""

    children: list[Child]
    address: Address
    ready: Callable[[float], None]
    stopping: bool = False
    renewing: bool = False
    began: float = field(default_factory=time.monotonic)

    def stop(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping = True

    def renew(self, _number: int = 0, _frame: FrameType | None = None) -> None:
        self.renewing = True

    def run(self) -> None:
        """Return after an orderly stop."""
        signal.signal(signal.SIGUSR1, self.renew)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            for child in self.children:
                child.start()
            told = False
            while not self.stopping:
                if self.renewing:
                    self.renewing = False
                    say("  · 换上新代码 new code takes over")
                    for child in self.children:
                        child.renew()
                for child in self.children:
                    child.watch()
                    child.trim_log()
                if not told and first_page(self.address) is not None:
                    told = True
                    self.ready(time.monotonic() - self.began)
                time.sleep(0.2 if told else 0.05)
        finally:
            self.finish()

    def finish(self) -> None:
        say("\n  · 正在停止 stopping …")
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.signal(signal.SIGKILL)
                child.process.wait()
                say(
                    f"  · {child.name} 正忙，已中断，下次启动时接着做。"
                    "It was busy and goes on at the next start."
                )
            child.sweep()
        say("  · 已停止 stopped")


def first_page(address: Address) -> int | None:
    """Return the status of the home page; None while nothing answers."""
    host = address.url.removeprefix("http://").rpartition(":")[0].strip("[]")
    connection = http.client.HTTPConnection(host, address.port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def web_command(python: Path, address: Address) -> list[str | Path]:
    """See tools/web.py."""
    return [python, "-m", "tools.web", address.host, str(address.port), "web:app"]


def worker_command(python: Path) -> list[str | Path]:
    return [python, "-m", "flask", "--app", "app", "worker"]


def serve(
    python: Path,
    env: Mapping[str, str],
    address: Address,
    ready: Callable[[float], None],
    logs: Path | None = None,
) -> None:
    """Run web server and worker until SIGINT, SIGTERM or SIGHUP; SIGUSR1 brings up new code.

    ``logs`` is a folder for their logs; without it they come out here, as containers want it.
    """
    if logs:
        logs.mkdir(parents=True, exist_ok=True)
    children = [
        Child(
            "网站 web",
            web_command(python, address),
            env,
            ROOT,
            logs and logs / "web.log",
            renews_itself=True,
        ),
        Child("后台任务 worker", worker_command(python), env, ROOT, logs and logs / "worker.log"),
    ]
    Supervisor(children, address, ready).run()


def main() -> int:
    """`python -m tools.serve`: only start, for an installation that is already in place."""
    try:
        address = Address.from_env(os.environ)
        require_free(address)
    except StepError as error:
        return give_up(str(error))
    serve(
        Path(sys.executable), os.environ, address, lambda _: say(f"  已就绪 ready: {address.url}")
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
