"""Rules of uploads: whom we let begin, what the headers of tus 1.0 mean. Pure."""

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta

KEPT = timedelta(days=2)  # an unfinished upload waits so long for its sender
MAX_OPEN = 20  # unfinished uploads of one person
GIGABYTE = 1024**3


@dataclass(frozen=True)
class Room:
    """What is left on the machine, in bytes. `promised` is still to come of open uploads."""

    free: int
    keep_free: int
    promised: int
    largest: int


def refusal(size: int, room: Room, open_uploads: int) -> tuple[int, str] | None:
    """Why an upload of `size` bytes may not begin (status, sentence), or None."""
    if size <= 0:
        sentence = "这个文件是空的（0 字节），可能没有拷贝完整。请检查原文件后重新选择。"
        return 422, sentence
    if size > room.largest:
        most = f"{room.largest / GIGABYTE:.1f}".removesuffix(".0")
        return 413, f"文件太大，单个视频最大 {most} GB。请压缩或分成几段后再上传。"
    # What is made of a video needs about as much again as the file itself.
    if room.free - room.promised - 2 * size < room.keep_free:
        return 507, "服务器磁盘空间不够，放不下这个文件。请联系管理员清理空间后再上传。"
    if open_uploads >= MAX_OPEN:
        return 429, f"您有 {open_uploads} 个文件还没传完。请等它们传完，或者取消几个再试。"
    return None


def read_metadata(header: str) -> dict[str, str]:
    """Return the pairs of an Upload-Metadata header. Raises ValueError when it is malformed."""
    found = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        if not name:
            continue
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ValueError(f"Upload-Metadata: {name}") from error
    return found


def read_number(header: str | None) -> int | None:
    """Return a whole, unsigned number of a header; None when it is none."""
    plain = header is not None and header.isascii() and header.isdigit() and len(header) < 19
    return int(header) if plain and header else None
