"""Files in an S3-compatible bucket. This machine's folder is where they gather and are used.

Storing is durable here first, and noted as owed, before the bucket is asked: while it is down,
people go on storing and reading what is here, and the worker's ticker brings it over later.
Reading fetches a file once; copies that were not used for an hour make room when they grow beyond
STORAGE_CACHE_MB. Large files that are not here pass through in pieces.

People never meet the bucket's own address: the pages' policy lets them load from us alone, the
right to a closed lecture is asked at each request, and no bucket needs to be opened to browsers.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

from sanshi_lms.core.objects import Objects, connect
from sanshi_lms.core.owed import Owed
from sanshi_lms.core.settings import Settings
from sanshi_lms.core.storage import Storage, StorageDown, make_parents

_CACHE = ".cache"
_GROWS = ".m3u8"  # another machine may have written more since; nothing else changes its bytes
_LAST = "manifest.json"  # what says that a folder is whole goes over last
_IN_USE_SECONDS = 3600
_PATIENCE_SECONDS = 15.0
_log = logging.getLogger(__name__)


@dataclass
class Patience:
    """After a failure this process leaves the bucket alone for a while, except to read."""

    until: float = 0.0

    def waiting(self) -> bool:
        """Tell whether it is too early to try again."""
        return time.monotonic() < self.until

    def begin(self) -> None:
        """Wait from now on."""
        self.until = time.monotonic() + _PATIENCE_SECONDS

    def end(self) -> None:
        """It answers again."""
        self.until = 0.0


@dataclass(frozen=True)
class BucketStorage(Storage):
    """A bucket that holds files by key below `prefix`; `root` is its folder on this machine.

    `.cache` below it links every file that the bucket surely has: those may go to make room.
    """

    objects: Objects
    prefix: str
    cache_bytes: int
    patience: Patience = field(default_factory=Patience)

    def path(self, key: str) -> Path:
        """Return the place of `key` here, fetching a file that only the bucket has."""
        place = self.place(key)
        if place.is_file():
            with suppress(FileNotFoundError):
                os.utime(place, (time.time(), place.stat().st_mtime))  # used now
            if key.endswith(_GROWS) and not self.owed.about(key):
                with suppress(StorageDown):
                    self._fetch(key, place)
        elif not place.exists():
            self._fetch(key, place)
        return place

    def folder(self, key: str) -> Path:
        """Return the folder `key` here, with every file that other machines put into it."""
        for name in self.objects.below(self._name(key) + "/"):
            self.path(name.removeprefix(self.prefix))
        return self.place(key)

    def exists(self, key: str) -> bool:
        """Tell whether a file or folder is stored under `key`.

        A copy here proves nothing, since another machine may have deleted what it is a copy of;
        only while nobody can be asked it is believed.
        """
        here = self.place(key).exists()
        if here and not (self.root / _CACHE / key).exists():
            return True
        name = self._name(key)
        try:
            return self.objects.size(name) is not None or any(self.objects.below(f"{name}/", 1))
        except StorageDown:
            if here:
                return True
            raise

    def names(self, key: str) -> list[str]:
        """Return the names in the folder `key`, in the bucket and on their way."""
        return sorted(self.objects.children(self._name(key) + "/").union(super().names(key)))

    def size(self, key: str) -> int:
        """Return how many bytes the file under `key` has. Raises FileNotFoundError."""
        if self.is_here(key):
            return super().size(key)
        found = self.objects.size(self._name(key))
        if found is None:
            raise FileNotFoundError(key)
        return found

    def read(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """Yield a part of a file, from here or from the bucket. Raises FileNotFoundError."""
        if self.is_here(key):
            yield from super().read(key, start, length)
        elif length > 0:
            yield from self.objects.read(self._name(key), start, length)

    def keys(self, folder: str) -> list[str]:
        """Return the keys of all files below a folder, also of those on their way."""
        over = self.objects.below(self._name(folder) + "/")
        return sorted({n.removeprefix(self.prefix) for n in over}.union(super().keys(folder)))

    def all_keys(self, skip: Path) -> list[str]:
        """Return the keys of all files in the bucket and of those on their way to it."""
        over = {name.removeprefix(self.prefix) for name in self.objects.below(self.prefix)}
        here = (key for key in super().all_keys(skip) if not (self.root / _CACHE / key).exists())
        return sorted(over.union(here))

    def commit_file(self, temporary: Path, key: str) -> None:
        """Store a file here, durably, and bring it over now or, if that fails, later."""
        note = self.owed.note("push", key)
        super().commit_file(temporary, key)
        self._settle(note)

    def commit_dir(self, temporary: Path, key: str) -> None:
        """Store a folder here, durably, and bring it over now or, if that fails, later."""
        note = self.owed.note("push", key)
        super().commit_dir(temporary, key)
        self._settle(note)

    def delete(self, key: str) -> None:
        """Remove the file or folder under `key`, here at once, in the bucket now or later."""
        note = self.owed.note("delete", key)
        self._drop_here(key)
        self._settle(note)

    @property
    def owed(self) -> Owed:
        """What the bucket has not heard of yet."""
        return Owed(self.root / ".owed")

    def try_out(self, temporary: Path, key: str) -> bytes:
        """Store a small file in the bucket itself, read it back, remove it. Raises StorageDown."""
        name, size = self._name(key), temporary.stat().st_size
        self.objects.put(temporary, name)
        try:
            return b"".join(self.objects.read(name, 0, size))
        finally:
            self.objects.remove([name])

    def look(self) -> int:
        """Return how many changes are still on their way. Raises StorageDown."""
        self.objects.look()
        return len(self.owed.notes())

    def look_after(self) -> None:
        """Bring over and delete what is owed, then make room. Raises StorageDown."""
        self.owed.pay_all(self._pay)
        self.patience.end()
        self.make_room()

    def adopt(self, skip: Path) -> int:
        """Owe the bucket every file that is only here, except below `skip`. Returns how many.

        For an installation that had no bucket before. What is still gathering stays out.
        """
        adopted = 0
        for file in sorted(self.root.rglob("*")):
            key = file.relative_to(self.root).as_posix()
            gathering = key.startswith(".") or key.endswith(".part") or skip in file.parents
            if file.is_file() and not gathering and not (self.root / _CACHE / key).exists():
                self.owed.note("push", key)
                adopted += 1
        return adopted

    def make_room(self) -> int:
        """Remove the copies used least lately until they fit. Returns how many went."""
        kept = []
        for link in (self.root / _CACHE).rglob("*"):
            if link.is_file():
                state = link.stat()
                kept.append((state.st_atime, state.st_size, link))
        used, removed = sum(size for _, size, _ in kept), 0
        for last_use, size, link in sorted(kept):
            if used <= self.cache_bytes or last_use > time.time() - _IN_USE_SECONDS:
                break
            place = self.root / link.relative_to(self.root / _CACHE)
            if place.exists() and place.samefile(link):
                place.unlink()
            link.unlink(missing_ok=True)
            used, removed = used - size, removed + 1
        return removed

    def _settle(self, note: Path) -> None:
        if self.patience.waiting():
            return  # it was down a moment ago: a thousand segments must not each wait for that
        try:
            self.owed.pay(note, self._pay)
        except StorageDown as down:
            self.patience.begin()
            _log.warning("the bucket does not answer, this stays owed: %s", down)

    def _pay(self, act: str, key: str) -> None:
        if act == "push":
            self._push(key)
        else:
            name = self._name(key)
            self.objects.remove([name, *self.objects.below(f"{name}/")])

    def _push(self, key: str) -> None:
        place = self.place(key)
        if place.is_file():
            self._push_file(place, key)
        elif place.is_dir():
            files = [file for file in place.rglob("*") if file.is_file()]
            for file in sorted(files, key=lambda file: (file.name == _LAST, file)):
                self._push_file(file, file.relative_to(self.root).as_posix())
            stored = {self._name(file.relative_to(self.root).as_posix()) for file in files}
            there = self.objects.below(self._name(key) + "/")
            self.objects.remove([name for name in there if name not in stored])

    def _push_file(self, file: Path, key: str) -> None:
        self.objects.put(file, self._name(key))
        self._link(file, key)

    def _fetch(self, key: str, place: Path) -> None:
        private = self.private_dir()
        try:
            copy = private / "copy"
            if self.objects.fetch(self._name(key), copy):
                self._link(copy, key)
                make_parents(self.root, place.parent)
                copy.replace(place)
        finally:
            rmtree(private, ignore_errors=True)

    def _link(self, file: Path, key: str) -> None:
        """Note that the bucket has these bytes, by a second name that takes no room."""
        link = self.root / _CACHE / key
        link.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.private_dir()
        (fresh / "link").hardlink_to(file)
        (fresh / "link").replace(link)  # does nothing, by POSIX, when both are one file already
        rmtree(fresh, ignore_errors=True)

    def _drop_here(self, key: str) -> None:
        super().delete(key)
        Storage(self.root / _CACHE).delete(key)

    def _name(self, key: str) -> str:
        self.place(key)  # refuses what is no key
        return self.prefix + key


def open_bucket(chosen: Settings) -> BucketStorage:
    """Return the storage that STORAGE_URL names. Asks nothing of it yet."""
    prefix = chosen.bucket().prefix
    return BucketStorage(chosen.media_dir, connect(chosen), prefix, chosen.storage_cache_bytes)
