"""Bounds for foreign files: zips that swell, XML that explodes, names that lead elsewhere."""

import io
import zipfile
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_FILES = 3_000
MOST_UNPACKED = 100_000_000
"""Bytes of all that is read from one package."""
MOST_PART = 30_000_000
_MOST_RATIO = 200
_RATIO_FROM = 1_000_000


class UnsafeFileError(Exception):
    """A file that is not read on; `str()` tells a person why, and what to do."""


class Package:
    """A zip whose parts are read within bounds."""

    def __init__(self, data: bytes) -> None:
        """Open it. Raises UnsafeFileError for what is no zip, encrypted, or too much."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise UnsafeFileError("文件打不开，可能没有拷贝完整。请重新导出后再上传。") from None
        if len(parts) > MOST_FILES:
            raise UnsafeFileError(f"压缩包里的文件太多（超过 {MOST_FILES} 个），没有读取。")
        if any(part.flag_bits & 1 for part in parts):
            raise UnsafeFileError("压缩包有密码，读不了。请去掉密码后再上传。")
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise UnsafeFileError("压缩包解开后太大，没有读取。请检查是不是选错了文件。")
        self.names = [part.filename for part in parts if not part.is_dir()]
        self._left = MOST_UNPACKED

    def read(self, name: str) -> bytes:
        """Return a part. Raises KeyError when it is not there, UnsafeFileError when it swells."""
        part = self._zip.getinfo(name)
        swells = part.file_size > _RATIO_FROM and (
            part.file_size > _MOST_RATIO * max(part.compress_size, 1)
        )
        if part.file_size > min(MOST_PART, self._left) or swells:
            raise UnsafeFileError("压缩包里的内容异常地大，像是有意做成这样的，没有读取。")
        try:
            with self._zip.open(part) as opened:
                data = opened.read(part.file_size + 1)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError):
            raise UnsafeFileError("压缩包里有损坏的内容，请重新导出后再上传。") from None
        except Exception as error:  # what the unpacker itself raises, such as zlib.error
            if type(error).__name__ != "error":
                raise
            raise UnsafeFileError("压缩包里有损坏的内容，请重新导出后再上传。") from None
        if len(data) > part.file_size:  # it lied about its size
            raise UnsafeFileError("压缩包里的内容异常地大，像是有意做成这样的，没有读取。")
        self._left -= len(data)
        return data


def parse_xml(data: bytes) -> Element:
    """Return the root of an XML text without any declaration of types or entities.

    Raises UnsafeFileError.
    """
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise UnsafeFileError(
            "文件里有外部引用或实体声明（DTD），为了安全没有读取。请从原来的系统重新导出。"
        ) from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        line = f"（{error.position[0]} 行）" if isinstance(error, ParseError) else ""
        raise UnsafeFileError(f"XML 文件不完整或写错了{line}，请重新导出后再上传。") from None
    return root


def text_of(data: bytes) -> str:
    """Return the text of a file as editors in China save it: UTF-8, UTF-16 with its mark, GBK.

    Raises UnsafeFileError for what is no text.
    """
    for encoding, mark in (("utf-8-sig", b""), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff")):
        if not data.startswith(mark):
            continue
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise UnsafeFileError(
            "这不是文字文件。请选择 GIFT、Aiken 的文本文件，或 xlsx、docx、xml、zip。"
        )
    return text
