"""The pure parts of the installer: hashes, stamps, locks, and sentences for what goes wrong."""

import errno
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sanshi_lms.core.settings import Settings
from tools import bootstrap, environment
from tools.console import StepError, explain, explain_os_error, run
from tools.environment import Stamp, digest, only_one

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    return tmp_path


def test_a_digest_covers_names_and_bytes(folder: Path) -> None:
    (folder / "content").mkdir()
    (folder / "content/a.md").write_text("甲")
    first = digest(folder / "content")
    assert digest(folder / "content") == first
    (folder / "content/a.md").rename(folder / "content/b.md")
    renamed = digest(folder / "content")
    (folder / "content/b.md").write_text("乙")
    assert len({first, renamed, digest(folder / "content")}) == 3


def test_compiled_files_do_not_count(folder: Path) -> None:
    (folder / "m/__pycache__").mkdir(parents=True)
    before = digest(folder / "m")
    (folder / "m/__pycache__/x.pyc").write_bytes(b"x")
    assert digest(folder / "m") == before


def test_a_step_is_fresh_only_after_it_was_finished(folder: Path) -> None:
    stamp = Stamp(folder / "deep/stamp", "input")
    assert not stamp.fresh()
    stamp.write()
    assert Stamp(folder / "deep/stamp", "input").fresh()
    assert not Stamp(folder / "deep/stamp", "other input").fresh()


def test_the_second_of_two_gets_a_sentence(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        only_one(lock, wait_seconds=0, busy="正在使用"),
        pytest.raises(StepError, match="正在使用"),
        only_one(lock, wait_seconds=0.3, busy="正在使用"),
    ):
        pass
    with only_one(lock, wait_seconds=0, busy="正在使用"):
        pass


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "磁盘已满"),
        ("npm error code ENOSPC", "磁盘已满"),
        ("npm error code ENOTFOUND", "下载失败"),
        ("NewConnectionError('...')", "下载失败"),
        ("anything else", "命令失败（代码 3）"),
    ],
)
def test_a_failed_command_becomes_a_sentence(output: str, sentence: str) -> None:
    told = explain(["pip", "install"], 3, [output])
    assert told.startswith(sentence)
    assert output in told, "the expert finds the last lines below"


def test_a_command_that_fails_or_is_missing_stops_the_step(tmp_path: Path) -> None:
    script = "import sys; print('the reason'); sys.exit(3)"
    with pytest.raises(StepError, match="the reason"):
        run([sys.executable, "-c", script], cwd=tmp_path)
    with pytest.raises(StepError, match="找不到命令"):
        run(["no-such-command-here"], cwd=tmp_path)
    run([sys.executable, "-c", "print('fine')"], cwd=tmp_path)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EACCES, "没有写入权限"), (errno.EROFS, "没有写入权限")],
)
def test_an_error_of_the_disk_becomes_a_sentence(number: int, sentence: str) -> None:
    assert sentence in explain_os_error(OSError(number, "x", "/somewhere"))


def test_the_installer_and_the_application_agree_on_the_data_folder(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path / "here"), "SECRET_KEY": "k" * 64}
    assert bootstrap.data_dir(env) == Settings.from_env(env).data_dir
    assert bootstrap.data_dir({}) == ROOT / "data"


def test_stamps_do_not_outlive_the_database_they_speak_of(tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    stamps = tmp_path / ".stamps"
    stamps.mkdir()
    (tmp_path / "sanshi.db").touch()
    bootstrap.make_data_dir(env)
    assert stamps.exists()
    (tmp_path / "sanshi.db").unlink()
    bootstrap.make_data_dir(env)
    assert not stamps.exists()


def test_every_verb_of_the_makefile_exists_and_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    called = set(re.findall(r"\$\(call tool,(\w+)", makefile))
    assert called == set(bootstrap.VERBS)
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for verb in called:
        assert f"make {verb} " in listed.stdout


def test_the_lock_of_npm_names_no_registry() -> None:
    lock = (ROOT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_every_pinned_requirement_is_exact() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[A-Za-z0-9_.\-]+(\[\w+\])?==[\w.]+(; .+)?", line), line
