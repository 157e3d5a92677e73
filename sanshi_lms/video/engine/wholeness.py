"""Whether what ffmpeg wrote is whole. On a full disk it ends with 0 and not a word (measured)."""

from collections.abc import Iterable
from pathlib import Path

from sanshi_lms.video.engine.running import Failed

_SENTENCE = "转码写出的文件不完整，多半是服务器的磁盘满了。请清理磁盘后点“重试”。"


def check_files(files: Iterable[Path]) -> None:
    """Look that each file of the MP4 family holds all that its boxes promise. Raises Failed."""
    for file in files:
        if not _is_whole(file):
            raise incomplete(f"{file.name} is cut off at {file.stat().st_size} bytes")


def incomplete(detail: str) -> Failed:
    """The failure to raise when something is missing."""
    return Failed(_SENTENCE, detail, retry=True)


def _is_whole(path: Path) -> bool:
    size, kinds = path.stat().st_size, set[bytes]()
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            head = file.read(16)
            length = int.from_bytes(head[:4])
            if length == 1:
                length = int.from_bytes(head[8:16])
            if length < 8:
                return False
            kinds.add(head[4:8])
            at += length
    return at == size and bool(kinds & {b"moov", b"mdat"})
