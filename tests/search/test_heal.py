"""Whatever happens to the files, a search answers or says so, and the index comes back."""

import contextlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import IndexDamagedError, Key, Question
from sanshi_lms.search.whoosh_engine import WhooshEngine
from tests.search.stores import Open

BASE = [
    Document("lesson", n, f"第{n}讲 加装电梯", f"/l/{n}", body="居民意愿。" * 50) for n in range(40)
]
ENDLESS_WRITER = """
import sys
from pathlib import Path
from sanshi_lms.core.registers import Document
from sanshi_lms.search.whoosh_engine import WhooshEngine
engine = WhooshEngine(Path(sys.argv[1]))
print("ready", flush=True)
for n in range(10**6):
    ref = 1000 + n % 50
    engine.update([Document("lesson", ref, "海绵城市", f"/l/{ref}", body="雨水花园。" * 200)])
"""


def nothing(keys: Sequence[Key]) -> list[Document]:
    assert not keys
    return []


def live_files(root: Path, pattern: str) -> list[Path]:
    folder = root / (root / "current").read_text().strip()
    return sorted(folder.glob(pattern))


def cut_short(root: Path) -> None:
    for file in live_files(root, "*.seg"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def fill_with_garbage(root: Path) -> None:
    for file in live_files(root, "*.seg"):
        file.write_bytes(random.Random(1).randbytes(file.stat().st_size))


def flip_one_byte(root: Path) -> None:
    for file in live_files(root, "*.seg"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.write_bytes(content)


def empty_every_file(root: Path) -> None:
    for file in live_files(root, "*"):
        file.write_bytes(b"")


def delete_segments(root: Path) -> None:
    for file in live_files(root, "*.seg"):
        file.unlink()


def delete_tocs(root: Path) -> None:
    for file in live_files(root, "*.toc"):
        file.unlink()


def delete_manifest(root: Path) -> None:
    for file in live_files(root, "manifest.json"):
        file.unlink()


def garble_manifest(root: Path) -> None:
    for file in live_files(root, "manifest.json"):
        file.write_bytes(b"\xff[1, 2")


def delete_pointer(root: Path) -> None:
    (root / "current").unlink()


def garble_pointer(root: Path) -> None:
    (root / "current").write_bytes(b"\xff../../etc")


def delete_generation(root: Path) -> None:
    shutil.rmtree(root / (root / "current").read_text().strip())


def delete_everything(root: Path) -> None:
    shutil.rmtree(root)


HARM = [
    cut_short, fill_with_garbage, flip_one_byte, empty_every_file, delete_segments, delete_tocs,
    delete_manifest, garble_manifest, delete_pointer, garble_pointer, delete_generation,
    delete_everything,
]  # fmt: skip


@pytest.mark.parametrize("opened", [True, False], ids=["running", "starting"])
@pytest.mark.parametrize("harm", HARM, ids=lambda f: f.__name__)
def test_damage_is_noticed_and_a_rebuild_heals(
    tmp_path: Path, harm: Callable[[Path], None], *, opened: bool
) -> None:
    root = tmp_path / "index"
    engine = WhooshEngine(root)
    engine.rebuild(BASE, nothing)
    if opened:
        assert engine.search(Question("电梯")).total == 40
    else:
        engine.close()
        engine = WhooshEngine(root)
    harm(root)
    if harm not in (delete_manifest, garble_manifest) or not opened:
        # A manifest is only needed to open; who has the generation open may go on with it.
        with pytest.raises(IndexDamagedError):
            engine.search(Question("居民意愿"))
    with pytest.raises(IndexDamagedError):
        engine.check()
    with pytest.raises(IndexDamagedError):
        engine.update([BASE[0]])
    assert engine.rebuild(BASE, nothing) == 40
    engine.check()
    assert engine.search(Question("电梯")).total == 40
    engine.close()


def test_a_writer_killed_at_any_moment_leaves_a_whole_index(tmp_path: Path) -> None:
    root = tmp_path / "index"
    engine = WhooshEngine(root)
    engine.rebuild(BASE, nothing)
    chance = random.Random(5)
    for _ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", ENDLESS_WRITER, str(root)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.05, 0.8))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        fresh = WhooshEngine(root)
        fresh.check()
        assert fresh.search(Question("第7讲")).hits[0].document.ref == 7
        assert fresh.search(Question("加装电梯")).total == 40
        fresh.update([Document("lesson", 7, "第7讲 加装电梯", "/l/7")])
        fresh.close()
    assert engine.search(Question("海绵城市")).total > 0
    engine.rebuild(BASE, nothing)
    assert len(list(root.glob("g-*"))) <= 2
    engine.close()


def test_readers_are_never_disturbed_by_a_writer(opened: Open) -> None:
    writer = opened()
    writer.rebuild(BASE, nothing)
    reader = opened()
    trouble: list[Exception] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                assert reader.search(Question("加装电梯")).total == 40
            except Exception as error:
                trouble.append(error)
                return

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(25):
        writer.update([Document("lesson", 500 + n, "海绵城市", "/x")])
    writer.rebuild(BASE, nothing)
    done.set()
    for thread in threads:
        thread.join()
    assert trouble == []


def test_a_rebuild_that_breaks_leaves_the_old_index(opened: Open) -> None:
    engine = opened()
    engine.rebuild(BASE, nothing)

    def broken() -> Sequence[Document]:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        engine.rebuild((document for document in [*BASE, *broken()]), nothing)
    assert engine.search(Question("加装电梯")).total == 40
    engine.update([Document("lesson", 500, "海绵城市", "/x")])
    engine.check()
    assert engine.rebuild(BASE, nothing) == 40


def test_files_are_closed_after_the_last_reader(tmp_path: Path) -> None:
    engine = WhooshEngine(tmp_path / "index")
    engine.rebuild(BASE, nothing)
    for n in range(8):
        engine.update([Document("lesson", n, "新的", "/x")])
        engine.search(Question("新的"))
    here = Path("/proc/self/fd")
    still_open = []
    for descriptor in here.iterdir():
        with contextlib.suppress(OSError):
            still_open.append(str(descriptor.readlink()))
    folders = {part for path in still_open for part in path.split("/") if part.startswith("g-")}
    assert len(folders) <= 1
    engine.close()
