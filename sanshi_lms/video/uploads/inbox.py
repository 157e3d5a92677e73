"""The server's inbox: a folder into which people put large files by hand. Knows no database.

Whoever can write there may leave anything: links out of the folder, names that are no text, files
still being copied. Only plain files count, opened without following links, and what a person saw
is named by a key that changes when the file does.
"""

import errno
import fcntl
import hashlib
import os
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import FileIO
from pathlib import Path

from sanshi_lms.video.engine import first_sight
from sanshi_lms.video.rules import file_name_from

MOST = 100  # files shown; the newest
_SCANNED = 5000
_HEAD = 512
_PIECE = 4 * 1024 * 1024
_QUIET = timedelta(seconds=10)
_HALF_COPIED = (".part", ".partial", ".filepart", ".crdownload", ".tmp", "~")


@dataclass(frozen=True)
class InboxFile:
    """A file that waits, `size` bytes; `wrong` says why it is no video, if it plainly is none."""

    key: str
    path: bytes
    name: str
    size: int
    modified_at: datetime
    growing: bool
    wrong: str | None


class Moved(Exception):
    """The file is not there any more, or is not the one that was meant."""


def waiting_files(folder: Path, moment: datetime) -> list[InboxFile]:
    """Return the plain files of the inbox, newest first. Raises OSError if it cannot be read."""
    found = []
    for path, facts in _plain_files(folder):
        found.append((facts.st_mtime_ns, path, facts))
    found.sort(reverse=True)
    shown = []
    for _, path, facts in found[:MOST]:
        with suppress(OSError, Moved):  # gone since, or not ours to read
            shown.append(_look(path, facts, moment))
    return shown


def find_file(folder: Path, key: str) -> bytes | None:
    """Return the path of the file with this key; None when it is gone or was changed."""
    return next((path for path, facts in _plain_files(folder) if _key(path, facts) == key), None)


@contextmanager
def opened(path: bytes, key: str) -> Iterator[FileIO]:
    """Open a file of the inbox. Raises Moved when it is not the one with this key (any more)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ELOOP}:
            raise Moved from error
        raise
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or _key(path, facts) != key:
            raise Moved
        yield file
        if _key(path, os.fstat(descriptor)) != key:
            raise Moved


def is_being_written(file: FileIO, path: bytes) -> bool:
    """Tell whether a program still copies into the file, as far as the system can know.

    Linux refuses a read lease on what anybody has open for writing; where there are no leases
    (another system, a network disk, a file of somebody else) only the name can tell.
    """
    if path.lower().endswith(tuple(ending.encode() for ending in _HALF_COPIED)):
        return True
    if not hasattr(fcntl, "F_SETLEASE"):
        return False
    descriptor = file.fileno()
    try:
        # A lease that breaks sends SIGIO, which would end us; SIGURG is ignored.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    return False


def may_be_moved(file: FileIO, path: bytes, target: Path) -> bool:
    """Tell whether the file can become ours without copying: same disk, our own, no second name.

    Otherwise somebody else keeps a hand on it and could change it later.
    """
    facts = os.fstat(file.fileno())
    same_disk = facts.st_dev == target.stat().st_dev
    own = facts.st_uid == os.geteuid() and facts.st_nlink == 1
    return same_disk and own and os.access(os.path.dirname(path), os.W_OK)  # noqa: PTH120 - bytes


def hash_through(file: FileIO, target: FileIO | None, tell: Callable[[int], None]) -> str:
    """Return the SHA-256 of a file, copying it into `target` on the way; tells bytes done."""
    total, done = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(_PIECE):
        total.update(piece)
        rest = memoryview(piece)
        while target is not None and rest:
            rest = rest[target.write(rest) :]
        done += len(piece)
        tell(done)
    return total.hexdigest()


def head_of(file: FileIO) -> bytes:
    """Return the first bytes, from which one can see what a file plainly is not."""
    return os.pread(file.fileno(), _HEAD, 0)


def _plain_files(folder: Path) -> Iterator[tuple[bytes, os.stat_result]]:
    """Yield plain, visible files. Names are bytes: not every name is text."""
    with os.scandir(os.fsencode(folder)) as entries:
        for number, entry in enumerate(entries):
            if number >= _SCANNED:
                return
            if entry.name.startswith(b"."):
                continue
            with suppress(OSError):
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode):
                    yield entry.path, facts


def _key(path: bytes, facts: os.stat_result) -> str:
    said = b"%s\0%d\0%d" % (path, facts.st_size, facts.st_mtime_ns)
    return hashlib.sha256(said).hexdigest()


def _look(path: bytes, facts: os.stat_result, moment: datetime) -> InboxFile:
    key = _key(path, facts)
    modified_at = datetime.fromtimestamp(facts.st_mtime, moment.tzinfo)
    with opened(path, key) as file:
        just_now = timedelta(0) <= moment - modified_at < _QUIET
        growing = just_now or is_being_written(file, path)
        wrong = None if growing else first_sight(head_of(file))
    name = file_name_from(_as_text(os.path.basename(path)))  # noqa: PTH119 - bytes
    return InboxFile(key, path, name, facts.st_size, modified_at, growing, wrong)


def _as_text(name: bytes) -> str:
    """Chinese Windows names files in GB 18030, and a stick brings them as they are."""
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return name.decode(encoding)
    return name.decode("utf-8", "replace")
