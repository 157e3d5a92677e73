"""Small secrets are there whole or not at all, for their owner alone."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sanshi_lms.core.durable import create_private, replace_private


def test_of_many_who_create_one_wins_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    with ThreadPoolExecutor(8) as together:
        list(together.map(lambda n: create_private(path, b"%d" % n * 1000), range(8)))
    kept = path.read_bytes()
    assert kept in {b"%d" % n * 1000 for n in range(8)}
    create_private(path, b"later")
    assert path.read_bytes() == kept
    replace_private(path, b"next")
    assert path.read_bytes() == b"next"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_leaves_what_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    replace_private(path, b"first")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]
