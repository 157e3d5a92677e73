"""Files that people gave us: written privately, made durable, then put in place at once.

A key such as "video/12/original.mp4" names a file or folder below the media folder. Nothing is
ever half there: bytes go to a private folder of the same file system, are fsynced, and one rename
shows them.
"""

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.core.settings import settings

_KEY = re.compile(r"[a-z0-9_][a-zA-Z0-9_.-]*(/[a-zA-Z0-9_][a-zA-Z0-9_.-]*)*")
_PRIVATE = ".private"


@dataclass(frozen=True)
class Storage:
    """A folder that holds files by key."""

    root: Path

    def path(self, key: str) -> Path:
        """Return the place of `key`. Raises ValueError for a key that could leave the folder."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a storage key: {key!r}")
        return self.root / key

    def exists(self, key: str) -> bool:
        """Tell whether something is stored under `key`."""
        return self.path(key).exists()

    def free_bytes(self) -> int:
        """Return how many bytes the disk has left."""
        return shutil.disk_usage(self.root).free

    def total_bytes(self) -> int:
        """Return how many bytes the disk holds in all."""
        return shutil.disk_usage(self.root).total

    def private_dir(self) -> Path:
        """Create a new folder only its creator knows; the caller removes or commits it."""
        parent = self.root / _PRIVATE
        parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=parent))

    def commit_file(self, temporary: Path, key: str) -> None:
        """Make the bytes of `temporary` durable and show them under `key`, replacing what was."""
        place = self.path(key)
        _make_parents(self.root, place.parent)
        _sync(temporary)
        temporary.replace(place)
        _sync(place.parent)

    def commit_dir(self, temporary: Path, key: str) -> None:
        """Make all files below `temporary` durable and show the folder under `key`.

        A folder already there (left by a job that died between this and its own commit) is
        replaced.
        """
        place = self.path(key)
        _make_parents(self.root, place.parent)
        for file in sorted(temporary.rglob("*")):
            _sync(file)
        _sync(temporary)
        if place.exists():
            outgoing = self.private_dir()
            place.rename(outgoing / "old")
            shutil.rmtree(outgoing, ignore_errors=True)
        temporary.rename(place)
        _sync(place.parent)

    def delete(self, key: str) -> None:
        """Remove the file or folder under `key`; nothing happens when there is none."""
        place = self.path(key)
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)


def storage() -> Storage:
    """Return the storage of the current application."""
    return Storage(settings().media_dir)


def _make_parents(root: Path, folder: Path) -> None:
    missing = [folder, *folder.parents]
    missing = [f for f in missing if f.is_relative_to(root) and not f.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        _sync(parent.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
