"""Many certificates as one zip, made while it is sent: neither memory nor disk holds it whole."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sanshi_lms.core.clock import now
from sanshi_lms.core.errors import Refusal
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.pdf import Printer, Sheet, printer
from sanshi_lms.credentials.press import NoChineseFontError
from sanshi_lms.credentials.sealing.signer import PdfSigner, signer_for

LONGEST_PART = 40
NO_UNIT = "未填写单位"
# What Windows refuses in a name, and what would lead out of the folder.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


@dataclass(frozen=True)
class Paper:
    """One certificate of a batch, and the unit under which it is filed."""

    unit: str
    certificate: Certificate
    sheet: Sheet

    @property
    def path(self) -> str:
        """Return its name in the zip: 红光社区/王小明-SS2026-7K3M-9QWX-4T.pdf."""
        name = file_part(self.certificate.holder_name)
        return f"{file_part(self.unit) or NO_UNIT}/{name}-{self.certificate.number}.pdf"


def zipped(papers: Sequence[Paper]) -> Iterator[bytes]:
    """Yield the zip piece by piece. Raises Refusal, before anything is sent, without a font."""
    try:
        press = printer()
    except NoChineseFontError:
        raise Refusal(
            "服务器上没有中文字体，暂时不能生成证书文件。请联系管理员安装字体。", 503
        ) from None
    # Everything is known before the first piece: what follows has no request and no database.
    return _pieces(press, [(paper.path, paper.sheet) for paper in papers], signer_for(now()))


def file_part(text: str) -> str:
    """Return a text as a part of a file's name that every system takes."""
    return _NOT_IN_NAMES.sub("", " ".join(text.split())).strip(". ")[:LONGEST_PART].rstrip(". ")


def _pieces(
    press: Printer, files: Sequence[tuple[str, Sheet]], signer: PdfSigner | None
) -> Iterator[bytes]:
    sink = _Sink()
    # Fonts and pictures inside a PDF are packed already.
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for path, sheet in files:
            pdf = press.pdf(sheet)
            archive.writestr(path, signer.sign(pdf) if signer else pdf)
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Where the zip is written to: it cannot go back, only on."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # a buffer of bytes is enough
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held
