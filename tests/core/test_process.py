"""The supervisor: limits hold, nothing outlives us, and output never fills our memory."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sanshi_lms.core import process
from sanshi_lms.core.process import Finished, run_limited

GIB = 1024**3


def python(code: str, tmp_path: Path, **limits: object) -> Finished:
    settings: dict[str, object] = {
        "cpu_seconds": 10,
        "memory_bytes": GIB,
        "file_bytes": 10 * 1024**2,
        "wall_seconds": 20,
        **limits,
    }
    return run_limited([sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, **settings)  # type: ignore[arg-type]  # a bag of keywords


def gone(pid: int, seconds: float = 10.0) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        status = Path(f"/proc/{pid}/status")
        if status.exists() and "State:\tZ" in status.read_text():
            return True  # ended; whoever inherited it has not reaped it yet
        time.sleep(0.05)
    return False


def test_tells_how_it_ended_and_what_it_said(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import sys; print('一'); print('二'); print('oops', file=sys.stderr); sys.exit(3)"
    done = python(code, tmp_path, on_line=lines.append)
    assert done == Finished(3, "一\n二\n", "oops\n")
    assert not done.ok
    assert lines == ["一", "二"]


def test_runs_without_our_environment_and_where_it_was_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "not-for-children")
    done = python("import os; print(sorted(os.environ)); print(os.getcwd())", tmp_path)
    assert "SECRET_KEY" not in done.stdout_tail
    assert str(tmp_path) in done.stdout_tail


def test_memory_is_bounded(tmp_path: Path) -> None:
    done = python("x = bytearray(2 * 1024**3)", tmp_path)
    assert not done.ok
    assert "MemoryError" in done.stderr_tail


def test_processor_time_is_bounded(tmp_path: Path) -> None:
    assert python("while True: pass", tmp_path, cpu_seconds=1).returncode == -signal.SIGKILL


def test_a_file_cannot_grow_past_its_limit(tmp_path: Path) -> None:
    code = "f = open('big', 'wb')\nwhile True: f.write(b'x' * 65536)"
    done = python(code, tmp_path, file_bytes=1024**2)
    assert not done.ok
    assert (tmp_path / "big").stat().st_size <= 1024**2


def test_output_without_end_is_kept_as_a_tail(tmp_path: Path) -> None:
    code = "import sys\nfor i in range(400_000): sys.stdout.write('0123456789')\nprint('end')"
    done = python(code, tmp_path)
    assert done.ok
    assert len(done.stdout_tail) == process.TAIL_BYTES
    assert done.stdout_tail.endswith("end\n")


def test_wall_clock_ends_one_that_ignores_sigterm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.5)
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True); time.sleep(60)"
    )
    began = time.monotonic()
    done = python(code, tmp_path, wall_seconds=1)
    assert done.timed_out
    assert not done.ok
    assert done.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 8


def test_what_it_started_ends_with_it(tmp_path: Path) -> None:
    code = (
        f"import subprocess; p = subprocess.Popen([{sys.executable!r}, '-c', "
        "'import time; time.sleep(60)']); print(p.pid, flush=True)"
    )
    done = python(code, tmp_path)
    assert done.ok
    assert gone(int(done.stdout_tail))


def test_an_error_in_our_own_callback_ends_the_program(tmp_path: Path) -> None:
    pids: list[int] = []

    def lost(line: str) -> None:
        pids.append(int(line))
        raise LookupError("lease lost")

    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with pytest.raises(LookupError, match="lease lost"):
        python(code, tmp_path, on_line=lost)
    assert gone(pids[0])


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    child = (
        "import os, time; open('pid.tmp', 'w').write(str(os.getpid()));"
        " os.rename('pid.tmp', 'pid'); time.sleep(60)"
    )
    parent = (
        "import sys; from pathlib import Path\n"
        "from sanshi_lms.core.process import run_limited\n"
        f"run_limited([sys.executable, '-c', {child!r}], cwd=Path({str(tmp_path)!r}),"
        " cpu_seconds=5, memory_bytes=2**30, file_bytes=2**20, wall_seconds=60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", parent])
    until = time.monotonic() + 15
    while not (tmp_path / "pid").exists() and time.monotonic() < until:
        time.sleep(0.05)
    supervisor.kill()
    supervisor.wait()
    assert gone(int((tmp_path / "pid").read_text()))


def test_a_missing_program_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        run_limited(
            ["no-such-program-here"],
            cwd=tmp_path,
            cpu_seconds=1,
            memory_bytes=GIB,
            file_bytes=1,
            wall_seconds=1,
        )
