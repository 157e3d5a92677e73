"""Entry of every verb: `python -m tools.bootstrap VERB`. Needs only the standard library."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import FrameType

from tools import serve
from tools.console import StepError, explain_os_error, give_up, run, say, step
from tools.environment import (
    CACHE,
    NODE_MODULES,
    PYTHON,
    ROOT,
    VENDOR,
    VENV,
    Stamp,
    only_one,
    prepare,
)
from tools.testing import prepare_test_tools

TOLD_BEFORE = (
    "DEMO_PASSWORD，或首次启动时显示的 or as shown at the first start"
    "（重设 anew: make demo DEMO_PASSWORD=…）"
)
ACCOUNTS = "admin（管理员） author（作者） cadre（社区干部） pro（三师）"


def settings_env() -> dict[str, str]:
    """The environment of every child: the caller's own; Settings.from_env knows the defaults."""
    return {"PYTHONUNBUFFERED": "1", **os.environ}


def data_dir(env: Mapping[str, str]) -> Path:
    """The same folder as Settings.from_env finds, which cannot be imported before the install."""
    return Path(env.get("DATA_DIR") or ROOT / "data").expanduser().resolve()


def flask(*arguments: str) -> list[str | Path]:
    return [PYTHON, "-m", "flask", "--app", "app", *arguments]


def follow(argv: list[str | Path], env: Mapping[str, str]) -> int:
    """Run a command whose output the person should see as it comes."""
    with subprocess.Popen([str(part) for part in argv], cwd=ROOT, env=dict(env)) as process:
        return process.wait()


def make_data_dir(env: Mapping[str, str]) -> Path:
    folder = data_dir(env)
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise StepError(
            f"没有写入权限：{folder}。请换一个：make run DATA_DIR=目录。"
            "The data folder cannot be written: choose another."
        )
    if env.get("DATABASE_URL") or not (folder / "sanshi.db").exists():
        # Stamps speak of a database that is gone, or that may have been replaced elsewhere.
        shutil.rmtree(folder / ".stamps", ignore_errors=True)
    return folder


def migrate(env: Mapping[str, str], folder: Path) -> None:
    stamp = Stamp(folder / ".stamps" / "migrations", ROOT / "migrations")
    if stamp.fresh():
        return
    with step("建立或升级数据库 database"):
        run(flask("db", "upgrade"), cwd=ROOT, env=env)
        stamp.write()


def load_demo(env: Mapping[str, str], folder: Path, *, anew: bool = False) -> str:
    """Return the random password when the accounts are new; it is told only this once."""
    chosen = env.get("DEMO_PASSWORD", "")
    stamp = Stamp(folder / ".stamps" / "demo", ROOT / "content", chosen)
    if stamp.fresh() and not anew:
        return ""
    password = ""
    with (
        step("载入演示内容（首次较久）demo content, the first time takes a while", talkative=True),
        subprocess.Popen(
            [str(part) for part in flask("demo", "load")],
            cwd=ROOT,
            # A line a job is for who runs the site, not for who waits for its first start.
            env={"LOG_LEVEL": "WARNING", **env},
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        for line in process.stdout or ():
            say(f"    {line.rstrip()}")
            if line.startswith("demo password:") and "only this once" in line:
                password = line.partition(":")[2].strip()
        if process.wait() != 0:
            raise StepError("演示内容没有载入，原因见上。The demo content could not be loaded.")
        stamp.write()
    return password


def verb_run() -> int:
    began = time.monotonic()
    env = settings_env()
    address = serve.Address.from_env(env)
    serve.require_free(address)
    say("三师微课堂 Sanshi LMS")
    prepare()
    folder = make_data_dir(env)
    with in_use(folder):
        migrate(env, folder)
        password = load_demo(env, folder)
        serve.require_free(address)  # somebody may have taken it during a long first start

        def ready(start_seconds: float) -> None:
            say(f"  · 启动网站 web server and worker {start_seconds:.1f} s")
            total = time.monotonic() - began
            say(f"\n  已就绪（{total:.1f} 秒） ready:  {address.url}")
            say(f"  演示账号 accounts: {ACCOUNTS}")
            say(f"  密码 password: {password or TOLD_BEFORE}")
            say(f"  日志 logs: {folder / 'logs'}")
            say("  按 Ctrl-C 停止 Ctrl-C stops it\n")

        note = folder / "serve.pid"
        note.write_text(str(os.getpid()))
        try:
            serve.serve(PYTHON, env, address, ready, folder / "logs")
        finally:
            note.unlink(missing_ok=True)
    return 0


def in_use(folder: Path) -> AbstractContextManager[None]:
    """The lock that a running system holds on its data."""
    busy = (
        f"数据目录 {folder} 正被另一个运行中的系统使用，请先停止它，或换一个 DATA_DIR。"
        "This data folder is in use by a running system: stop that first."
    )
    return only_one(folder / ".running", wait_seconds=0, busy=busy)


def verb_reload() -> int:
    """Install what is missing, migrate, and let new code take over without a pause."""
    env = settings_env()
    folder = data_dir(env)
    try:
        supervisor = int((folder / "serve.pid").read_text())
        os.kill(supervisor, 0)
    except (OSError, ValueError) as error:
        raise StepError(
            f"数据目录 {folder} 上没有运行中的系统，请用 make run 启动。"
            "Nothing runs on this data folder: start it by make run."
        ) from error
    prepare()
    migrate(env, folder)
    os.kill(supervisor, signal.SIGUSR1)
    say(f"  · 正在换上新代码，网站不中断；结果见日志 see {folder / 'logs'}")
    return 0


def verb_setup() -> int:
    prepare(dev=True)
    return 0


def verb_demo() -> int:
    env = settings_env()
    prepare()
    folder = make_data_dir(env)
    migrate(env, folder)
    load_demo(env, folder, anew=True)
    return 0


def verb_index() -> int:
    prepare()
    return follow(flask("search", "rebuild"), settings_env())


def verb_test() -> int:
    return run_tests(sys.argv[2:])


def verb_journey() -> int:
    return run_tests(["-m", "journey", *sys.argv[2:]])


# What writes is tested on the second engine too; pages and rules do not depend on it.
ON_POSTGRESQL = [
    "tests/account",
    "tests/admin/settings",
    "tests/admin/test_cancel.py",
    "tests/community/test_effect.py",
    "tests/community/test_events.py",
    "tests/community/test_experts.py",
    "tests/community/test_meetings.py",
    "tests/community/test_points.py",
    "tests/community/test_resources.py",
    "tests/community/test_services.py",
    "tests/community/test_stars.py",
    "tests/core",
    "tests/courses/test_loader.py",
    "tests/courses/test_units.py",
    "tests/credentials/claims",
    "tests/credentials/ledger",
    "tests/credentials/test_actions.py",
    "tests/learning",
    "tests/notices",
    "tests/training/test_assignments.py",
    "tests/quizzes/test_actions.py",
    "tests/reports",
    "tests/training/test_classes.py",
]


def run_tests(arguments: list[str]) -> int:
    """Run pytest on all cores; pyproject.toml says where the tests are if no path is given."""
    prepare(dev=True)
    prepare_test_tools()
    command: list[str | Path] = [PYTHON, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadgroup"]
    if arguments:
        return follow([*command, *arguments], os.environ)
    again = [*command, "--engine", "postgresql", *ON_POSTGRESQL]
    return follow(command, os.environ) or follow(again, os.environ)


def verb_check() -> int:
    prepare(dev=True)
    commands: list[list[str | Path]] = [
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [PYTHON, "-m", "mypy"],
        [PYTHON, "-m", "pytest", "tests/house", "-q"],
        [PYTHON, "-m", "tools.audit"],
    ]
    return max(follow(command, os.environ) for command in commands)


def verb_bench() -> int:
    prepare(dev=True)
    return follow([PYTHON, "-m", "bench", *sys.argv[2:]], os.environ)


def verb_backup() -> int:
    prepare()
    return follow([PYTHON, "-m", "tools.backup", *sys.argv[1:]], os.environ)


def verb_drill() -> int:
    prepare()
    return follow([PYTHON, "-m", "tools.drill", *sys.argv[1:]], os.environ)


def verb_export() -> int:
    prepare()
    named = sys.argv[2:] or [f"sanshi-{time.strftime('%Y%m%d-%H%M')}.zip"]
    return follow(flask("export", "--all", *named), settings_env())


def verb_import() -> int:
    if not sys.argv[2:]:
        raise StepError("请写明文件：make import FROM=….zip。Name the file.")
    env = settings_env()
    prepare()
    folder = make_data_dir(env)
    with in_use(folder):
        migrate(env, folder)
        return follow(flask("import", *sys.argv[2:]), env)


def verb_clean() -> int:
    for folder in (VENV, CACHE, VENDOR, NODE_MODULES):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"):
        for folder in [p for p in ROOT.rglob(name) if p.is_dir()]:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


VERBS: dict[str, Callable[[], int]] = {
    "run": verb_run,
    "reload": verb_reload,
    "setup": verb_setup,
    "demo": verb_demo,
    "index": verb_index,
    "test": verb_test,
    "journey": verb_journey,
    "check": verb_check,
    "bench": verb_bench,
    "backup": verb_backup,
    "restore": verb_backup,
    "drill": verb_drill,
    "export": verb_export,
    "import": verb_import,
    "clean": verb_clean,
}


def interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, interrupted)
    try:
        return VERBS[sys.argv[1]]()
    except StepError as failure:
        return give_up(str(failure))
    except OSError as error:
        return give_up(explain_os_error(error))
    except KeyboardInterrupt:
        say("\n  · 已停止 stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main())
