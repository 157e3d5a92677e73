"""Files that people gave us: written privately, made durable, then put in place at once.

A key such as "video/12/original.mp4" names a file or folder. `Storage` keeps them in a folder of
this machine, `bucket.BucketStorage` in an S3-compatible bucket; rooms call `storage()` and do not
know which. Nothing is ever half there: bytes go to a private folder of the same file system, are
fsynced, and one rename shows them.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

from flask import current_app

from sanshi_lms.core.durable import sync
from sanshi_lms.core.settings import settings

_KEY = re.compile(r"[a-z0-9_][a-zA-Z0-9_.-]*(/[a-zA-Z0-9_][a-zA-Z0-9_.-]*)*")
_PRIVATE = ".private"
_PIECE = 256 * 1024


class StorageDown(Exception):
    """The storage cannot be reached now. A page says so and a job waits; nothing is lost."""


@dataclass(frozen=True)
class Storage:
    """A folder that holds files by key."""

    root: Path

    def path(self, key: str) -> Path:
        """Return the place of `key` on this machine; there is nothing there if nothing is stored.

        Raises ValueError for a key that could leave the folder, StorageDown when it cannot be told.
        """
        return self.place(key)

    def folder(self, key: str) -> Path:
        """Return the folder `key` on this machine with all its files. Raises as `path` does."""
        return self.place(key)

    def place(self, key: str) -> Path:
        """Return where `key` belongs on this machine, whether or not it is here."""
        if not _KEY.fullmatch(key):
            raise ValueError(f"not a storage key: {key!r}")
        return self.root / key

    def is_here(self, key: str) -> bool:
        """Tell whether the file under `key` can be read without asking another machine."""
        return self.place(key).is_file()

    def exists(self, key: str) -> bool:
        """Tell whether something is stored under `key`."""
        return self.place(key).exists()

    def size(self, key: str) -> int:
        """Return how many bytes the file under `key` has. Raises FileNotFoundError."""
        return self.place(key).stat().st_size

    def read(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Yield `length` bytes of a file from `start` on. Raises FileNotFoundError."""
        with self.place(key).open("rb") as file:
            file.seek(start)
            while length > 0 and (piece := file.read(min(length, _PIECE))):
                length -= len(piece)
                yield piece

    def names(self, key: str) -> list[str]:
        """Return the names in the folder `key`; none when there is no such folder.

        A folder whose last file has just gone may still be named.
        """
        place = self.place(key)
        return sorted(child.name for child in place.iterdir()) if place.is_dir() else []

    def keys(self, folder: str) -> list[str]:
        """Return the keys of all files below the folder `folder`, in order."""
        files = (file for file in self.place(folder).rglob("*") if file.is_file())
        return sorted(file.relative_to(self.root).as_posix() for file in files)

    def all_keys(self, skip: Path) -> list[str]:
        """Return the keys of all files there are, in order, except those below the folder `skip`.

        What gathers in private is left out: nobody was told that it is kept.
        """
        found = []
        for here, folders, files in os.walk(self.root):
            at = Path(here)
            folders[:] = [f for f in folders if not f.startswith(".") and at / f != skip]
            keys = ((at / file).relative_to(self.root).as_posix() for file in files)
            found += [key for key in keys if _KEY.fullmatch(key)]
        return sorted(found)

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
        place = self.place(key)
        make_parents(self.root, place.parent)
        sync(temporary)
        temporary.replace(place)
        sync(place.parent)

    def commit_dir(self, temporary: Path, key: str) -> None:
        """Make all files below `temporary` durable and show the folder under `key`.

        A folder already there (left by a job that died between this and its own commit) is
        replaced.
        """
        place = self.place(key)
        make_parents(self.root, place.parent)
        for file in sorted(temporary.rglob("*")):
            sync(file)
        sync(temporary)
        if place.exists():
            outgoing = self.private_dir()
            place.rename(outgoing / "old")
            shutil.rmtree(outgoing, ignore_errors=True)
        temporary.rename(place)
        sync(place.parent)

    def delete(self, key: str) -> None:
        """Remove the file or folder under `key`; nothing happens when there is none."""
        place = self.place(key)
        if place.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)

    def try_out(self, temporary: Path, key: str) -> bytes:
        """Store a small file, return what is read back, and remove it. Raises StorageDown."""
        self.commit_file(temporary, key)
        try:
            return b"".join(self.read(key, 0, self.size(key)))
        finally:
            self.delete(key)

    def look(self) -> int:
        """Return how many changes are still on their way. Raises StorageDown."""
        return 0

    def look_after(self) -> None:
        """Do what waits: bring over, delete, make room. Raises StorageDown."""

    def adopt(self, skip: Path) -> int:
        """Owe another place what is only here; return how many files. There is no other place."""
        del skip
        return 0


def storage() -> Storage:
    """Return the storage of the current application."""
    chosen = settings()
    if chosen.storage_url is None:
        return Storage(chosen.media_dir)
    if "storage" not in current_app.extensions:
        # Only who keeps a bucket pays for its library: 30 MB and a third of a second.
        module = import_module("sanshi_lms.core.bucket")
        current_app.extensions["storage"] = module.open_bucket(chosen)
    return cast("Storage", current_app.extensions["storage"])


def make_parents(root: Path, folder: Path) -> None:
    """Create `folder` below `root` durably."""
    missing = [folder, *folder.parents]
    missing = [f for f in missing if f.is_relative_to(root) and not f.exists()]
    for parent in reversed(missing):
        parent.mkdir(exist_ok=True)
        sync(parent.parent)
