"""Checks a file or a text by the signature alone: no database is asked, and no network."""

import io
import re
from dataclasses import dataclass
from datetime import date

import pypdfium2

from sanshi_lms.credentials.rules import date_in_characters
from sanshi_lms.credentials.signing.keys import KeyRing
from sanshi_lms.credentials.signing.payload import Content, Signed, read_address

MOST_BYTES = 5 * 1024 * 1024
_PDF = b"%PDF-"
_HOURS = re.compile(r"(\d+(?:\.\d+)?)学时")


@dataclass(frozen=True)
class Checked:
    """What was found. `signed` is what can be relied on, and only there when all is well."""

    words: str
    signed: Signed | None = None


def check(data: bytes, ring: KeyRing) -> Checked:
    """Check what a file holds: a printed certificate (PDF), or the address of its QR code."""
    if len(data) > MOST_BYTES:
        return Checked("文件太大，不是我们签发的证书。")
    if not data.startswith(_PDF):
        return check_text(data.decode("utf-8", "replace"), ring)
    try:
        keywords, shown = _read(data)
    except pypdfium2.PdfiumError:
        return Checked("这个 PDF 打不开，可能没有下载完整。")
    found = check_text(keywords, ring)
    if found.signed is None:
        return found
    missing = _missing(found.signed, _plain(shown))
    if missing:
        return Checked(f"PDF 上的文字和签名的内容不一致，缺少：{'、'.join(missing)}。")
    return found


def check_text(text: str, ring: KeyRing) -> Checked:
    """Check the address of a QR code."""
    signed = read_address(text)
    if signed is None:
        return Checked("里面没有我们的签名：要证书的 PDF 文件，或者二维码里的整条网址。")
    if ring.find(signed.key_id) is None:
        return Checked(f"签名用的密钥 {signed.key_id} 不是这里的：可能是伪造的。")
    if not ring.holds(signed):
        return Checked("签名不符：内容被改过，或者不是我们签发的。")
    return Checked("签名真实，内容与签发时一字不差。", signed)


def facts(content: Content) -> list[tuple[str, str]]:
    """Return what is signed, in words."""
    told = [
        ("姓名", content.name),
        ("课程", content.title),
        ("学时", content.hours),
        ("发证日期", content.issued),
        ("有效期至", content.expires),
        ("发证单位", content.issuer),
    ]
    return [(label, value) for label, value in told if value]


def _read(data: bytes) -> tuple[str, str]:
    document = pypdfium2.PdfDocument(io.BytesIO(data))
    try:
        keywords = document.get_metadata_dict().get("Keywords", "")
        if len(document) != 1:
            return keywords, ""
        return keywords, document[0].get_textpage().get_text_bounded()
    finally:
        document.close()


def _missing(signed: Signed, shown: str) -> list[str]:
    """What the paper should say in print and does not."""
    content = signed.content
    day = date_in_characters(date.fromisoformat(content.issued))
    said = [signed.number, content.name, content.title.rstrip("…"), day]
    missing = [part for part in said if _plain(part) not in shown]
    # A unit's own wording may leave the hours out; where a paper names any, they must be ours.
    named = _HOURS.findall(shown)
    if named and content.hours not in named:
        missing.append(f"{content.hours} 学时")
    return missing


def _plain(text: str) -> str:
    return "".join(text.split())
