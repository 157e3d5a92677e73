"""New code without a pause: nobody is refused, what goes on ends, bad code changes nothing."""

import hashlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.services import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("serve")
VERSION = "VERSION = 1\n"
APPLICATION = """
import hashlib, time
from renewed_version import VERSION

def app(environ, start_response):
    path = environ["PATH_INFO"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/long":  # a line on which something is said from time to time
        return (time.sleep(0.1) or b"tick\\n" for _ in range(40))
    if path == "/upload":
        return [hashlib.sha256(environ["wsgi.input"].read()).hexdigest().encode()]
    return [str(VERSION).encode()]
"""


@dataclass
class Crowd:
    """Threads that ask all the time; every fault is kept."""

    port: int
    stop: threading.Event = field(default_factory=threading.Event)
    faults: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    again: int = 0
    threads: list[threading.Thread] = field(default_factory=list)

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def begin(self, *works: Callable[[], None]) -> None:
        for work in works:
            thread = threading.Thread(target=self._guarded, args=(work,))
            thread.start()
            self.threads.append(thread)

    def end(self) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(f"{work.__name__}: {error!r}")

    def new_lines(self) -> None:
        """Ask each time on a new connection: what waits in a socket must not be refused."""
        while not self.stop.is_set():
            with closing(self.line()) as line:
                self._ask(line)

    def kept_line(self) -> None:
        """Ask on one connection, as nginx and browsers do; a closed one is opened anew."""
        line = self.line()
        while not self.stop.is_set():
            self._ask(line)
        line.close()

    def _ask(self, line: http.client.HTTPConnection) -> None:
        """Get the page; a line that breaks before the answer is asked once more, on a new one.

        Browsers and nginx do that with a GET (RFC 9110, 9.2.2): an old process may leave between
        taking a line and reading from it. What is sent only once, an upload, has no second try.
        """
        try:
            line.request("GET", "/")
            answer = line.getresponse()
        except (ConnectionError, http.client.BadStatusLine):
            self.again += 1
            line.close()
            line.request("GET", "/")
            answer = line.getresponse()
        self.answers.append(answer.read().decode())

    def upload(self) -> None:
        """Send four hundred pieces over four seconds."""
        with closing(self.line()) as line:
            line.putrequest("POST", "/upload")
            line.putheader("Content-Length", "40000")
            line.endheaders()
            for _ in range(400):
                line.send(b"x" * 100)
                time.sleep(0.01)
            said = line.getresponse().read().decode()
        if said != hashlib.sha256(b"x" * 40000).hexdigest():
            self.faults.append(f"the upload came to {said}")

    def long_line(self) -> None:
        with closing(self.line()) as line:
            line.request("GET", "/long")
            said = line.getresponse().read()
        if said != b"tick\n" * 40:
            self.faults.append(f"the long line said {said!r}")


@dataclass
class Web:
    """The server in a process of its own."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    def version(self, words: str) -> None:
        (self.folder / "renewed_version.py").write_text(words)

    def said(self) -> str:
        return (self.folder / "log").read_text()

    def answer(self) -> str:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as line:
            line.request("GET", "/")
            return line.getresponse().read().decode()

    def generations(self) -> list[int]:
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in listed.split()]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    (tmp_path / "renewed.py").write_text(APPLICATION)
    (tmp_path / "renewed_version.py").write_text(VERSION)
    port = free_port()
    env = {
        **os.environ, "PYTHONPATH": str(tmp_path), "WEB_PROCESSES": "2",
        "PYTHONDONTWRITEBYTECODE": "1",  # a file changed within a second must be read anew
    }  # fmt: skip
    command = [sys.executable, "-m", "tools.web", "127.0.0.1", str(port), "renewed:app"]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log) as process,
    ):
        found = Web(process, tmp_path, port)
        try:
            wait_until(lambda: _answers(found), 60)
            yield found
        finally:
            process.terminate()
            process.wait(10)


def _answers(web: Web) -> bool:
    try:
        return bool(web.answer())
    except OSError:
        return False


def test_nobody_is_refused_while_the_code_changes(web: Web) -> None:
    crowd = Crowd(web.port)
    first = web.generations()
    crowd.begin(crowd.new_lines, crowd.new_lines, crowd.kept_line, crowd.kept_line)
    crowd.begin(crowd.kept_line, crowd.upload, crowd.long_line)
    try:
        for number in (2, 3):
            web.version(f"VERSION = {number}\n")
            web.process.send_signal(signal.SIGHUP)
            wait_until(lambda number=number: web.answer() == str(number), 60)  # type: ignore[misc]
        wait_until(lambda: len(web.generations()) == 1, 30)
    finally:
        crowd.end()
    assert not crowd.faults, (len(crowd.answers), crowd.faults[:5], web.said()[-500:])
    assert crowd.again <= 10, "more than a line or two for each process that left"
    assert set(crowd.answers) == {"1", "2", "3"}
    assert len(crowd.answers) > 200
    assert web.generations() != first
    assert web.answer() == "3"


def test_code_that_does_not_start_or_answer_changes_nothing(web: Web) -> None:
    for broken in ("VERSION = \n", "import renewed_nowhere\n", "raise SystemExit(0)\n"):
        told = web.said().count("旧的继续")
        web.version(broken)
        web.process.send_signal(signal.SIGHUP)
        wait_until(lambda told=told: web.said().count("旧的继续") > told, 60)  # type: ignore[misc]
        assert web.answer() == "1"


def test_stopping_does_not_wait_for_those_who_leave(web: Web) -> None:
    crowd = Crowd(web.port)
    crowd.begin(crowd.long_line, crowd.upload)
    web.version("VERSION = 2\n")
    web.process.send_signal(signal.SIGHUP)
    wait_until(lambda: web.answer() == "2", 60)
    family = web.generations()
    began = time.monotonic()
    web.process.terminate()
    assert web.process.wait(10) == 0
    assert time.monotonic() - began < 4.0
    crowd.end()
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()]
