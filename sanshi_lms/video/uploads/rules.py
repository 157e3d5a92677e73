"""Rules of uploads: whom we let begin, what the headers of tus 1.0 mean. Pure."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import timedelta

KEPT = timedelta(days=2)  # an unfinished upload waits so long for its sender
MAX_OPEN = 20  # unfinished uploads of one person
MAX_METADATA = 4000  # characters of an Upload-Metadata header
DIGEST_BYTES = {"sha1": 20, "sha256": 32}
_NAME = re.compile(r"[!-+\--~]+")  # printable ASCII but space and comma, as the protocol has it
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Room:
    """What is left, in bytes. `promised` is still to come of open uploads.

    `quota` is what one person's originals may hold (0: no bound), `used` what this one's do.
    """

    free: int
    keep_free: int
    promised: int
    largest: int
    quota: int = 0
    used: int = 0


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must add up to."""

    algorithm: str
    digest: bytes


def refusal(size: int, room: Room, open_uploads: int) -> tuple[int, str] | None:
    """Why an upload of `size` bytes may not begin (status, sentence), or None."""
    if size <= 0:
        sentence = "这个文件是空的（0 字节），可能没有拷贝完整。请检查原文件后重新选择。"
        return 422, sentence
    if size > room.largest:
        return 413, f"文件太大，单个视频最大 {_words(room.largest)}。请压缩或分成几段后再上传。"
    if room.quota and room.used + size > room.quota:
        left = _words(max(room.quota - room.used, 0))
        sentence = (
            f"您的上传空间一共 {_words(room.quota)}，还剩 {left}，"
            f"放不下这个文件（{_words(size)}）。"
            "请先删除不用的视频，或者请管理员把空间调大。"
        )
        return 413, sentence
    # What is made of a video needs about as much again as the file itself.
    if room.free - room.promised - 2 * size < room.keep_free:
        return 507, "服务器磁盘空间不够，放不下这个文件。请联系管理员清理空间后再上传。"
    if open_uploads >= MAX_OPEN:
        return 429, f"您有 {open_uploads} 个文件还没传完。请等它们传完，或者取消几个再试。"
    return None


def _words(count: int) -> str:
    unit, name = (10**9, "GB") if count >= 10**9 else (10**6, "MB")  # as pages show sizes
    return f"{count / unit:.1f}".removesuffix(".0") + f" {name}"


def read_metadata(header: str) -> dict[str, str]:
    """Return the pairs of an Upload-Metadata header. Raises ValueError when it is malformed."""
    found: dict[str, str] = {}
    if len(header) > MAX_METADATA:
        raise ValueError("Upload-Metadata is too long")
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        if not name:
            continue
        if not _NAME.fullmatch(name) or name in found:
            raise ValueError(f"Upload-Metadata: {name}")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ValueError(f"Upload-Metadata: {name}") from error
    return found


def read_checksum(header: str | None) -> Checksum | None:
    """Return the pair of an Upload-Checksum header; None without one. Raises ValueError."""
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    digest = base64.b64decode(value, validate=True)  # binascii.Error is a ValueError
    if len(digest) != DIGEST_BYTES.get(algorithm):
        raise ValueError(f"Upload-Checksum: {algorithm}")
    return Checksum(algorithm, digest)


def read_sha256(text: str | None) -> str | None:
    """Return a SHA-256 in hex digits, lower case; None when it is none."""
    plain = (text or "").strip().lower()
    return plain if _SHA256.fullmatch(plain) else None


def read_number(header: str | None) -> int | None:
    """Return a whole, unsigned number of a header; None when it is none."""
    plain = header is not None and header.isascii() and header.isdigit() and len(header) < 19
    return int(header) if plain and header else None
