"""The supervisor with the real web server and the real worker: start, watch, stop, no orphans."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from sanshi_lms.core.settings import Settings
from tests.services import free_port, wait_until
from tools.console import StepError
from tools.serve import Address, Child, Supervisor, first_page, require_free

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.xdist_group("serve")


@dataclass
class Running:
    """A supervisor in a process of its own, with its log."""

    process: subprocess.Popen[bytes]
    address: Address
    log: Path

    def said(self, words: str) -> bool:
        return words in self.log.read_text(errors="replace")

    def family(self) -> dict[int, str]:
        """Every living descendant: pid and command line."""
        return descendants(self.process.pid)

    def pid_of(self, words: str) -> int:
        return next(pid for pid, line in self.family().items() if words in line)


def descendants(root: int) -> dict[int, str]:
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found: dict[int, str] = {}
    below = {root}
    while below:
        below = {pid for pid, parent in parents.items() if parent in below and pid not in found}
        for pid in below:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
            found[pid] = line.decode(errors="replace")
    return found


def alive(pids: dict[int, str]) -> list[str]:
    left = []
    for pid, line in pids.items():
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            left.append(f"{pid} {line}")
    return left


@pytest.fixture
def running(app: Flask, tmp_path: Path) -> Iterator[Running]:
    chosen: Settings = app.extensions["settings"]
    address = Address("127.0.0.1", free_port())
    log = tmp_path / "serve.log"
    env = {
        **os.environ,
        "DATA_DIR": str(chosen.data_dir),
        "SECRET_KEY": chosen.secret_key,
        "PORT": str(address.port),
        "HOST": address.host,
        "PYTHONUNBUFFERED": "1",
    }
    with (
        log.open("wb") as out,
        subprocess.Popen(
            [sys.executable, "-m", "tools.serve"],
            cwd=ROOT,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        ) as process,
    ):
        found = Running(process, address, log)
        try:
            wait_until(lambda: found.said("已就绪") and found.said("worker ready"), 120.0)
            yield found
        finally:
            left = {process.pid: "supervisor", **found.family()}
            if process.poll() is None:
                process.kill()
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_within_five_seconds(
    running: Running, how: signal.Signals
) -> None:
    family = running.family()
    assert any("tools.web" in line for line in family.values())
    assert any("worker" in line for line in family.values())
    began = time.monotonic()
    running.process.send_signal(how)
    assert running.process.wait(10) == 0, running.log.read_text()
    assert time.monotonic() - began < 5.0
    assert alive(family) == []
    require_free(running.address)


@pytest.mark.parametrize(
    ("victim", "name"), [("tools.web", "网站 web"), (" app worker", "后台任务 worker")]
)
def test_a_killed_child_comes_back_and_it_is_told(running: Running, victim: str, name: str) -> None:
    pid = running.pid_of(victim)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: running.said(f"{name} 意外退出"), 10.0)
    wait_until(lambda: any(victim in line for line in running.family().values()), 20.0)
    assert running.pid_of(victim) != pid
    wait_until(lambda: first_page(running.address) is not None, 30.0)
    assert len(re.findall("意外退出", running.log.read_text())) == 1, "once is enough"


def test_new_code_takes_over_everywhere_and_nothing_counts_as_a_failure(running: Running) -> None:
    marks = ("web_processes", "app worker")
    old = {pid for pid, line in running.family().items() if any(mark in line for mark in marks)}
    running.process.send_signal(signal.SIGUSR1)
    wait_until(lambda: not old & running.family().keys(), 60.0)
    wait_until(lambda: running.log.read_text().count("worker ready") == 2, 60.0)
    assert first_page(running.address) == 200
    assert not running.said("意外退出")


def test_children_do_not_outlive_a_killed_supervisor(running: Running) -> None:
    family = running.family()
    running.process.kill()
    wait_until(lambda: alive(family) == [], 15.0)


def test_a_long_log_is_cut_while_its_writer_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.serve.LOG_BYTES", 1000)
    log = tmp_path / "web.log"
    script = "import time; print('甲' * 1000, flush=True); time.sleep(1); print('乙', flush=True)"
    child = Child("one", [sys.executable, "-c", script], os.environ, tmp_path, log)
    child.start()
    assert child.process is not None
    wait_until(lambda: log.stat().st_size > 1000, 30.0)
    child.trim_log()
    child.process.wait(30)
    assert (tmp_path / "web.old.log").read_text().startswith("甲甲")
    assert log.read_text() == "乙\n", "the writer appends: no hole is left"


def test_a_child_that_dies_at_once_is_started_ever_more_slowly(tmp_path: Path) -> None:
    child = Child("one", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, tmp_path)
    child.start()
    delays = []
    for _ in range(7):
        assert child.process is not None
        child.process.wait(30)
        child.watch()
        delays.append(round(child.start_at - time.monotonic()))
        child.start()
    assert child.process is not None
    child.process.wait(30)
    assert delays == [1, 2, 4, 8, 16, 30, 30]


def test_who_does_not_hear_is_stopped_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('deaf', flush=True); time.sleep(60)"
    )
    log = tmp_path / "log"
    child = Child("deaf", [sys.executable, "-c", script], os.environ, tmp_path, log)
    child.start()
    wait_until(lambda: "deaf" in log.read_text(), 30.0)
    began = time.monotonic()
    Supervisor([child], Address("127.0.0.1", 1), ready=lambda _: None).finish()
    assert time.monotonic() - began < 5.0
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
    assert "下次启动时接着做" in capsys.readouterr().out


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = Address("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(StepError, match=f"端口 {address.port} 已被占用"):
            require_free(address)


def test_a_foreign_host_is_one_sentence() -> None:
    with pytest.raises(StepError, match="不是本机地址"):
        require_free(Address("192.0.2.1", 5000))


@pytest.mark.parametrize("port", ["0", "65536", "abc", "-1", "５０００"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(StepError, match="不是端口号"):
        Address.from_env({"PORT": port})


def test_the_address_that_a_person_opens() -> None:
    assert Address.from_env({}).url == "http://127.0.0.1:5000"
    assert Address("0.0.0.0", 80).url == "http://127.0.0.1:80"  # noqa: S104 - only its spelling
    assert Address("::1", 80).url == "http://[::1]:80"
