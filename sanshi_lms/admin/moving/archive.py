"""The file that everything travels in: a zip with a manifest, checked whole before it is used.

    tables/<table>.jsonl     a JSON list a row
    media/<key>              what the storage holds
    keys/<name>              the secret key and the files of keys: without them no seal opens
    settings.env             what the environment chose, for a person to take over
    manifest.json            version, migration, tables with counts and fingerprints, SHA-256 of
                             each part; manifest.sha256 beside it

The list of a zip stands at its end, so a file that is cut cannot even be opened.
"""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from sanshi_lms.core.durable import sync
from sanshi_lms.core.errors import Refusal

FORMAT = 1
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
_PIECE = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, TypeError)
BROKEN = (
    "这个文件不完整，或者被改动过（{what}）。没有改动任何数据。请重新导出，或重新复制一次后再导入。"
)


@dataclass(frozen=True)
class TablePart:
    """A table in the archive: its columns in order, rows, fingerprint, the last number given."""

    columns: list[str]
    rows: int
    fingerprint: str
    last: int | None = None


@dataclass
class Manifest:
    """What an archive says of itself. `proofs` holds what did not hold at the source either."""

    made: str
    revision: str
    engine: str
    format: int = FORMAT
    tables: dict[str, TablePart] = field(default_factory=dict)
    proofs: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)


class Writer:
    """Puts parts into a new archive and remembers their sums."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        """Begin with an empty zip."""
        self._zip = zipped
        self.sums: dict[str, str] = {}

    def put(self, name: str, pieces: Iterable[bytes], *, packed: bool = False) -> None:
        """Write a part piece by piece. Media are packed already and stay as they are."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        info.external_attr = 0o600 << 16
        total = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as out:
            for piece in pieces:
                total.update(piece)
                out.write(piece)
        self.sums[name] = total.hexdigest()


@contextmanager
def new_archive(file: Path, manifest: Manifest) -> Iterator[Writer]:
    """Yield a writer; the archive stands under its name only when all of it is on the disk."""
    draft = file.with_name(f".{file.name}.part")
    try:
        handle = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out, zipfile.ZipFile(out, "w", compresslevel=4) as zipped:
            writer = Writer(zipped)
            yield writer
            manifest.sha256 = dict(writer.sums)
            said = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
            writer.put(MANIFEST, [said], packed=True)
            writer.put(SEAL, [hashlib.sha256(said).hexdigest().encode()])
        sync(draft)
        draft.replace(file)
        sync(file.parent)
    finally:
        draft.unlink(missing_ok=True)


class Archive:
    """An archive that is read. Raises Refusal for what is no whole archive of ours."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        """Read the manifest and hold it against its seal."""
        self._zip = zipped
        said = zipped.read(MANIFEST)
        if hashlib.sha256(said).hexdigest() != zipped.read(SEAL).decode():
            raise Refusal(BROKEN.format(what=MANIFEST))
        told: dict[str, Any] = json.loads(said)
        if told["format"] != FORMAT:
            raise Refusal("这个文件是别的版本导出的，本版本读不了。请先把两边升级到同一个版本。")
        parts = {name: TablePart(**part) for name, part in told.pop("tables").items()}
        self.manifest = Manifest(tables=parts, **told)

    def check(self) -> None:
        """Read every part once and compare its sum."""
        names = set(self._zip.namelist()) - {MANIFEST, SEAL}
        wrong = names ^ set(self.manifest.sha256)
        if wrong:
            raise Refusal(BROKEN.format(what=min(wrong)))
        for name, expected in self.manifest.sha256.items():
            total = hashlib.sha256()
            for piece in self.pieces(name):
                total.update(piece)
            if total.hexdigest() != expected:
                raise Refusal(BROKEN.format(what=name))

    def names(self, folder: str) -> list[str]:
        """Return the parts below a folder ("media/")."""
        return [name for name in self.manifest.sha256 if name.startswith(folder)]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece."""
        with self._part(name) as part:
            while piece := part.read(_PIECE):
                yield piece

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield a part line by line."""
        with self._part(name) as part:
            rest = b""
            while piece := part.read(_PIECE):
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
            if rest:
                yield rest

    @contextmanager
    def _part(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as part:
                yield part
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refusal(BROKEN.format(what=name)) from error


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Yield the archive in a file, after each of its parts was found whole."""
    with file.open("rb") as source:
        try:
            zipped = zipfile.ZipFile(source)
            archive = Archive(zipped)
        except _DAMAGED as error:
            raise Refusal(BROKEN.format(what="文件清单")) from error
        with zipped:
            archive.check()
            yield archive
