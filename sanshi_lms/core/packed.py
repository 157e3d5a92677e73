"""Archives and XML of strangers, opened so that nothing in them can hurt.

What is unpacked is counted while it is read, never believed from the archive's own list; XML with a
DTD, and so with entities of any kind, is refused. Every refusal is an `Unreadable` in words.
"""

import io
import re
import zipfile
from collections.abc import Iterable
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_ENTRIES = 4000
MOST_UNPACKED = 80_000_000
MOST_RATIO = 200
_RATIO_FROM = 4_000_000
"""Below this many bytes any ratio is harmless: short tables of one word pack very well."""
_CHUNK = 1 << 16
_BOMB = "这个压缩文件解开以后太大，没有读。请只放题目，图片和多余的工作表请删去，再导入。"
_BROKEN = "文件打不开，可能没有拷贝完整。请在原来的软件里打开，另存一份，再导入。"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_UNSOUND = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unreadable(Exception):
    """A file, or a part of it, that is not read; says why and what to do."""

    def __init__(self, words_zh: str) -> None:
        """Keep the sentence."""
        super().__init__(words_zh)
        self.words_zh = words_zh


class Packed:
    """A zip archive in memory whose members are read within bounds."""

    def __init__(self, data: bytes) -> None:
        """Look at the names; raises Unreadable for what no honest archive has."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except Exception:  # zipfile raises whatever its parts do
            raise Unreadable(_BROKEN) from None
        if len(members) > MOST_ENTRIES:
            raise Unreadable(f"压缩包里的文件太多，最多 {MOST_ENTRIES} 个。请只放题目，再导入。")
        if any(one.flag_bits & 1 for one in members):
            raise Unreadable("压缩包加了密码，读不了。请去掉密码，再导入。")
        if any(_leaves(one.filename) for one in members):
            raise Unreadable("压缩包里有指向别处的文件名，不安全，没有读。请用原来的软件重新导出。")
        self.names = [one.filename for one in members if not one.is_dir()]
        self._most = max(_RATIO_FROM, min(MOST_UNPACKED, MOST_RATIO * len(data)))
        self._read = 0

    def __contains__(self, name: str) -> bool:
        """Tell whether there is a member of this name."""
        return name in self.names

    def read(self, name: str) -> bytes:
        """Return a member. Raises Unreadable when all that was read is too much."""
        parts: list[bytes] = []
        try:
            with self._zip.open(name) as member:
                while part := member.read(_CHUNK):
                    self._count(len(part))
                    parts.append(part)
        except Unreadable:
            raise
        except Exception:  # bad sums, unknown methods, broken streams
            raise Unreadable(_BROKEN) from None
        return b"".join(parts)

    def _count(self, size: int) -> None:
        self._read += size
        if self._read > self._most:
            raise Unreadable(_BOMB)

    def read_all(self) -> None:
        """Read every member once, for a library that will open the archive itself."""
        for name in self.names:
            self.read(name)
        self._read = 0


def _leaves(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\x00" in name


def parse_xml(data: bytes) -> Element:
    """Return the root. Raises Unreadable for broken XML and for anything with a DTD."""
    declared = _DECLARED.match(data[:400])
    encodings = [declared[1].decode()] if declared else []
    text = decoded(data, encodings)
    text = _UNSOUND.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1))
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except DefusedXmlException:
        raise Unreadable(
            "文件里有 DTD 或实体声明，可能有害，没有读。请用原来的软件重新导出，再导入。"
        ) from None
    except Exception as error:  # ParseError, and what strange trees make of it
        line = getattr(error, "position", (0, 0))[0]
        where = f"第 {line} 行附近" if line else "里面"
        raise Unreadable(f"XML {where}不完整，读不了。请用原来的软件重新导出，再导入。") from None
    return root


def decoded(data: bytes, first: Iterable[str] = ()) -> str:
    """Return a text in whatever encoding it is: UTF-8, UTF-16 with its mark, or GBK."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in (*(["utf-16"] if marked else []), *first, "utf-8-sig", "gb18030"):
        try:
            return data.decode("gb18030" if encoding.lower().startswith("gb") else encoding)
        except (UnicodeError, LookupError):
            continue
    raise Unreadable("文字的编码认不出来。请在记事本里另存为 UTF-8 编码，再导入。")


def written(text: str) -> str:
    """Return `text` without the characters that no XML may hold."""
    return _UNSOUND.sub("", text)
