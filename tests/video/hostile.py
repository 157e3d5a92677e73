"""Files that lie, made here: each builder returns bytes that want something they must not get."""

import struct
import zlib
from collections.abc import Callable, Iterator

Box = tuple[bytes, bytes]
_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl", b"edts"}


def boxes(data: bytes) -> Iterator[Box]:
    """The boxes of an MP4, one level deep."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size


def box(kind: bytes, content: bytes) -> bytes:
    """One box of an MP4."""
    return struct.pack(">I4s", len(content) + 8, kind) + content


def edited(data: bytes, changes: dict[bytes, Callable[[bytes], bytes]]) -> bytes:
    """An MP4 whose boxes of some kinds have other content; sizes above them follow."""
    out = b""
    for kind, content in boxes(data):
        if kind in _HOLDERS:
            content = edited(content, changes)
        if kind in changes:
            content = changes[kind](content)
        out += box(kind, content)
    return out


def outside_reference(path: str) -> Callable[[bytes], bytes]:
    """A data reference that is no longer "this file" but an alias to `path` on a disk."""
    name = path.rpartition("/")[2].encode()[:63]
    record = bytes(10) + bytes([4]) + b"disk".ljust(27, b"\0") + bytes(12)
    record += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16) + struct.pack(">hh", 1, 1)
    record += bytes(16)
    for kind, text in ((2, f"disk:{path.replace('/', ':')}"), (18, path)):
        encoded = text.encode()
        record += struct.pack(">HH", kind, len(encoded)) + encoded + bytes(len(encoded) % 2)
    record += struct.pack(">hh", -1, 0)
    return lambda _: struct.pack(">II", 0, 1) + box(b"alis", bytes(4) + record)


def reference_movie(url: str) -> bytes:
    """A QuickTime film that only says where the real one is."""
    address = url.encode() + b"\0"
    rdrf = box(b"rdrf", bytes(4) + b"url " + struct.pack(">I", len(address)) + address)
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov", box(b"rmra", box(b"rmda", rdrf)))


def durations(value: int) -> dict[bytes, Callable[[bytes], bytes]]:
    """Every header of the file says this duration (32-bit, in its own time scale)."""

    def at(offset: int) -> Callable[[bytes], bytes]:
        return lambda c: c[:offset] + struct.pack(">I", value) + c[offset + 4 :]

    return {b"mvhd": at(16), b"tkhd": at(20), b"mdhd": at(16)}


def steps(delta: int) -> dict[bytes, Callable[[bytes], bytes]]:
    """Every sample lasts so long (in the track's own time scale)."""

    def change(content: bytes) -> bytes:
        count = sum(int.from_bytes(content[at : at + 4]) for at in range(8, len(content), 8))
        return struct.pack(">IIII", 0, 1, count, delta)

    return {b"stts": change}


def many_tracks(data: bytes, count: int) -> bytes:
    """The MP4 with its first track repeated."""
    parts = dict(boxes(data))
    tracks = [content for kind, content in boxes(parts[b"moov"]) if kind == b"trak"]
    return edited(data, {b"moov": lambda c: c + box(b"trak", tracks[0]) * count})


def ebml(number: int, content: bytes, *, size: int | None = None) -> bytes:
    """One element of a Matroska file; `size` lies about its length."""
    head = number.to_bytes((number.bit_length() + 7) // 8)
    length = len(content) if size is None else size
    return head + ((1 << 56) | length).to_bytes(8) + content


def _number(number: int, value: int) -> bytes:
    return ebml(number, value.to_bytes(max(1, (value.bit_length() + 7) // 8)))


HEAD = ebml(0x1A45DFA3, ebml(0x4282, b"matroska") + _number(0x4287, 4) + _number(0x4285, 2))


def matroska(*parts: bytes) -> bytes:
    """A Matroska file with these top-level elements."""
    return HEAD + ebml(0x18538067, b"".join(parts))


def tracks(count: int) -> bytes:
    """So many sound tracks."""
    one = [
        ebml(0xAE, _number(0xD7, n) + _number(0x73C5, n) + _number(0x83, 2)
             + ebml(0x86, b"A_PCM/INT/LIT") + ebml(0xE1, ebml(0xB5, struct.pack(">f", 48000.0))))
        for n in range(1, count + 1)
    ]  # fmt: skip
    return ebml(0x1654AE6B, b"".join(one))


def nested(depth: int) -> bytes:
    """Chapters within chapters within chapters."""
    inner = b""
    for _ in range(depth):
        inner = b"\xb6" + ((1 << 56) | len(inner)).to_bytes(8) + inner
    return ebml(0x1043A770, ebml(0x45B9, inner))


def attachment(name: bytes, kind: bytes, content: bytes, *, size: int | None = None) -> bytes:
    """A file within a Matroska file."""
    data = ebml(0x465C, content, size=size)
    return ebml(0x1941A469, ebml(0x61A7, ebml(0x466E, name) + ebml(0x4660, kind) + data))


def transport_stream(programs: int, streams: int) -> bytes:
    """MPEG-TS tables that promise `programs` × `streams` streams, each on a PID of its own."""
    out, pid = b"", 4096
    table = b"".join(struct.pack(">HH", n + 1, 0xE000 | (32 + n)) for n in range(programs))
    out += _packet(0, _section(0, 1, table))
    for program in range(programs):
        entries = b""
        for _ in range(streams):
            pid = 4096 if pid > 8000 else pid + 1
            entries += struct.pack(">BHH", 0x1B, 0xE000 | pid, 0xF000)
        body = struct.pack(">HH", 0xE000 | 4096, 0xF000) + entries
        out += _packet(32 + program, _section(2, program + 1, body))
    return out * 3


def _section(table: int, number: int, body: bytes) -> bytes:
    head = struct.pack(">BHHBBB", table, 0xB000 | (len(body) + 9), number, 0xC1, 0, 0)
    return head + body + struct.pack(">I", _crc(head + body))


def _crc(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1) ^ 0x04C11DB7 if crc & 0x80000000 else crc << 1
            crc &= 0xFFFFFFFF
    return crc


def _packet(pid: int, section: bytes) -> bytes:
    rest, out, first, counter = b"\0" + section, b"", True, 0
    while rest:
        head = struct.pack(">BHB", 0x47, (0x4000 if first else 0) | pid, 0x10 | counter)
        out += head + rest[:184].ljust(184, b"\xff")
        rest, first, counter = rest[184:], False, (counter + 1) % 16
    return out


def png(width: int, height: int) -> bytes:
    """A one-colour PNG: a few kilobytes for any number of pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    lines = zlib.compress(bytes((width // 8 + 1) * height), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")
    )


def giant_jpegs(data: bytes, from_frame: int) -> bytes:
    """Motion JPEG whose pictures say 16383 × 16383 from the n-th on."""
    out, at, number = bytearray(data), 0, 0
    while (at := data.find(b"\xff\xc0\x00\x11\x08", at)) >= 0:
        if number >= from_frame:
            out[at + 5 : at + 9] = b"\x3f\xff\x3f\xff"
        at, number = at + 5, number + 1
    return bytes(out)


def wave(rate: int, channels: int, content: bytes, *, says: int | None = None) -> bytes:
    """A WAV file of 8-bit samples; `says` lies about the length of its sound."""
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels, channels, 8)
    size = len(content) if says is None else says
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
    body += b"data" + struct.pack("<I", size) + content
    return b"RIFF" + struct.pack("<I", min(0xFFFFFFFF, len(body))) + body


def id3(content: bytes) -> bytes:
    """An ID3 tag with `content` as its picture."""
    frame = b"\0image/png\0\x03\0" + content
    tag = b"APIC" + struct.pack(">IH", len(frame), 0) + frame
    size = bytes((len(tag) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + tag
