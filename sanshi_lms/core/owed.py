"""What a bucket has not heard of yet: pushes and deletions, noted durably before they are tried.

A note is a small file, its name the moment it was made. Whoever pays holds the note's lock, so two
processes never act for one note at a time; notes about one key are paid in the order they came, so
that an old deletion cannot take away what was stored after it.
"""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.core.durable import sync

Pay = Callable[[str, str], None]  # ("push" or "delete", key)


@dataclass(frozen=True)
class Owed:
    """The notes of one installation, in a folder of their own."""

    folder: Path

    def note(self, act: str, key: str) -> Path:
        """Write down that `act` ("push" or "delete") is owed for `key`; it survives a power cut."""
        self.folder.mkdir(exist_ok=True)
        name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"
        draft, note = self.folder / f".{name}", self.folder / name
        with draft.open("w", encoding="utf-8") as file:
            json.dump([act, key], file)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(note)
        sync(self.folder)
        return note

    def notes(self) -> list[Path]:
        """Return all notes, the oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(note for note in self.folder.iterdir() if not note.name.startswith("."))

    def keys(self, act: str) -> list[str]:
        """Return the keys for which `act` is owed."""
        return [key for noted, key in map(_read, self.notes()) if noted == act]

    def about(self, key: str) -> bool:
        """Tell whether anything is owed for `key` or a folder around it."""
        return any(_related(_read(note)[1], key) for note in self.notes())

    def pay(self, last: Path, pay: Pay) -> None:
        """Pay `last` after all older notes about the same files. What `pay` raises passes on."""
        about = _read(last)[1]
        for note in self.notes():
            if note.name <= last.name and _related(_read(note)[1], about):
                _pay_one(note, pay)

    def pay_all(self, pay: Pay) -> None:
        """Pay everything in order. What `pay` raises passes on; the rest stays owed."""
        for note in self.notes():
            _pay_one(note, pay)


def _pay_one(note: Path, pay: Pay) -> None:
    try:
        file = note.open("r", encoding="utf-8")
    except FileNotFoundError:
        return  # somebody else paid it
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            act, key = json.load(file)
            pay(act, key)
            note.unlink()


def _read(note: Path) -> tuple[str, str]:
    try:
        act, key = json.loads(note.read_text("utf-8"))
    except FileNotFoundError:
        return "", ""
    return act, key


def _related(key: str, other: str) -> bool:
    return key == other or key.startswith(f"{other}/") or other.startswith(f"{key}/")
