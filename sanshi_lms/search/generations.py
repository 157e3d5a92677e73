"""The folder of the index on disk: generations that never change once they are current.

Each commit makes a new folder that shares unchanged files with the one before by hard links, has
everything fsynced, gets a manifest of sizes and checksums, and becomes current by one rename. A
reader therefore always sees a whole index, and a writer killed at any moment leaves the last one.
"""

import fcntl
import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sanshi_lms.core.durable import sync
from sanshi_lms.search.engine import IndexDamagedError, WriterBusyError

FORMAT = 3
"""Raise it when terms or weights are made differently: older indexes are then built again."""
MANIFEST = "manifest.json"
_CURRENT = "current"
_CHUNK = 1 << 20
_KEPT = 2

Stamp = tuple[int, int, int]
"""Inode, size in bytes and modification time in nanoseconds of a file."""


class Generations:
    """The generations below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._verified: set[tuple[str, Stamp]] = set()

    def current(self) -> Path:
        """Return the folder of the current generation. Raises IndexDamagedError."""
        try:
            name = (self.root / _CURRENT).read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise IndexDamagedError("there is no current generation") from error
        if not name.startswith("g-") or "/" in name:
            raise IndexDamagedError("the pointer to the current generation is garbled")
        return self.root / name

    def stamps(self, folder: Path) -> dict[str, Stamp]:
        """Check `folder` against its manifest and return its files' stamps.

        Contents are read once per file and process. Raises IndexDamagedError.
        """
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if manifest["format"] != FORMAT:
                raise IndexDamagedError("the index was made by another version")
            listed: dict[str, list[int]] = manifest["files"]
            found = {name: stamp(folder / name) for name in listed}
            for name, (size, checksum) in listed.items():
                self._verify(folder / name, found[name], size, checksum)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise IndexDamagedError(f"{folder.name} is incomplete") from error
        return found

    def forget(self) -> None:
        """Read contents again at the next check."""
        self._verified.clear()

    def begin(self, base: Path | None) -> Path:
        """Return a new folder with the files of `base` in it, to be written by Whoosh."""
        fresh = self.root / f"g-{secrets.token_hex(8)}"
        fresh.mkdir(parents=True)
        if base is not None:
            for name in _listed(base):
                _link(base / name, fresh / name)
        return fresh

    def publish(self, fresh: Path, base: Path | None) -> None:
        """Make the finished folder `fresh` durable and current, and drop old ones.

        Files shared with `base` are durable already and keep their checksum.
        """
        shared = _listed(base) if base is not None else {}
        files: dict[str, list[int]] = {}
        for path in sorted(fresh.iterdir()):
            if path.is_dir() or path.name.endswith("LOCK"):
                continue
            if path.name in shared:
                files[path.name] = shared[path.name]
                continue
            files[path.name] = [path.stat().st_size, _checksum(path)]
            sync(path)
            self._verified.add((path.name, stamp(path)))
        _write(fresh / MANIFEST, json.dumps({"format": FORMAT, "files": files}))
        sync(fresh)
        _write(self.root / _CURRENT, fresh.name)
        sync(self.root)
        self._prune(fresh)

    def discard(self, fresh: Path) -> None:
        """Remove a folder that did not become current."""
        shutil.rmtree(fresh, ignore_errors=True)

    @contextmanager
    def locked(self, name: str = "writer", *, wait: bool = True) -> Iterator[None]:
        """Hold a lock that ends with our process. Raises WriterBusyError if not `wait`."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f"{name}.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                raise WriterBusyError(f"another process holds the {name} lock") from None
            yield

    def _verify(self, path: Path, found: Stamp, size: int, checksum: int) -> None:
        if found[1] != size:
            raise IndexDamagedError(f"{path.name} has {found[1]} bytes, not {size}")
        if (path.name, found) in self._verified:
            return
        if _checksum(path) != checksum:
            raise IndexDamagedError(f"{path.name} was altered")
        self._verified.add((path.name, found))

    def _prune(self, newest: Path) -> None:
        """Keep the newest folders: a reader may just be opening the one before.

        A rebuild in progress holds its own lock and has no manifest yet; it is left alone.
        """
        done = [p for p in self.root.glob("g-*") if (p / MANIFEST).exists() and p != newest]
        done.sort(key=lambda p: (p / MANIFEST).stat().st_mtime_ns, reverse=True)
        for old in done[_KEPT - 1 :]:
            shutil.rmtree(old, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what killed writers left. Only while no writer and no rebuild runs."""
        for left in self.root.glob("g-*"):
            if not (left / MANIFEST).exists():
                shutil.rmtree(left, ignore_errors=True)


def stamp(path: Path) -> Stamp:
    """Return what tells an unchanged file. Raises OSError when it is gone."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _listed(folder: Path) -> dict[str, list[int]]:
    files: dict[str, list[int]] = json.loads((folder / MANIFEST).read_text("utf-8"))["files"]
    return files


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # some file systems have no hard links
        shutil.copy2(source, target)


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            checksum = zlib.crc32(chunk, checksum)
    return checksum


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
