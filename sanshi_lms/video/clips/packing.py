"""A zip that is sent while it is written: an hour of video would fill the memory and the disk."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from sanshi_lms.core.clock import local


class _Pipe(io.RawIOBase):
    """Where the archive is written; what came in is taken out in between."""

    def __init__(self) -> None:
        super().__init__()
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        self.held += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.held)
        self.held.clear()
        return taken


def packed(parts: Iterable[tuple[str, int, Iterable[bytes]]], moment: datetime) -> Iterator[bytes]:
    """Yield a zip of these files: name, bytes in all, and the bytes themselves in pieces.

    Nothing is compressed: video and pictures are already.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for name, size, pieces in parts:
            entry = zipfile.ZipInfo(name, local(moment).timetuple()[:6])
            entry.file_size = size
            with archive.open(entry, "w", force_zip64=size > zipfile.ZIP64_LIMIT // 2) as file:
                for piece in pieces:
                    file.write(piece)
                    yield pipe.take()
    yield pipe.take()
