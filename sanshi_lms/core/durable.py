"""Small files that survive a power cut: written whole or not at all, then known to be on the disk.

What `create_private` and `replace_private` write is readable by its owner alone.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def sync(path: Path) -> None:
    """Make a file, or the entries of a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_private(path: Path, data: bytes) -> None:
    """Write a file that is not there yet; of several processes at once the first one wins."""
    draft = _draft(path, data)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
    sync(path.parent)


def replace_private(path: Path, data: bytes) -> None:
    """Write a file in the place of the one before, if any."""
    _draft(path, data).replace(path)
    sync(path.parent)


def _draft(path: Path, data: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)  # the disk is full: half a key is of no use to us
        raise
    return draft
