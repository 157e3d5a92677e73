"""Reading a pack's folder as if a stranger had sent it: no links, nothing outside, sane sizes."""

import hashlib
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sanshi_lms.courses.pack_yaml import Faults

MAX_TEXT_BYTES = 1024 * 1024


@dataclass(frozen=True)
class PackRoot:
    """The content folder. `path` is resolved once; files are named relative to it."""

    path: Path

    def name(self, path: Path) -> str:
        """Return how `path` is called in reports, with forward slashes."""
        return path.relative_to(self.path).as_posix()

    def read_text(self, path: Path, faults: Faults) -> str | None:
        """Return the text of `path`, or None with the reason in `faults`.

        Line ends come back as LF and a byte order mark is dropped: Windows editors write both.
        """
        problem = self.problem(path)
        if problem is None and path.stat().st_size > MAX_TEXT_BYTES:
            problem = "文件太大，文字文件最多 1 MB；图片和视频请另存为单独的文件。"
        if problem:
            faults.add(1, problem)
            return None
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            faults.add(line, "这一行不是 UTF-8 编码：请在编辑器里选“另存为 UTF-8”后再试。")
            return None
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        if "\x00" in text:
            faults.add(text.count("\n", 0, text.index("\x00")) + 1, "这一行有空字符，请删去。")
            return None
        return text

    def problem(self, path: Path) -> str | None:
        """Return why `path` (a file or folder of the pack) may not be read, or None.

        A link is refused even when it points into the pack: on another machine it may not.
        """
        step = self.path
        for part in path.relative_to(self.path).parts:
            step = step / part
            try:
                mode = step.lstat().st_mode
            except OSError:
                return "找不到这个文件，请检查文件名（大小写也要一致）。"
            if stat.S_ISLNK(mode):
                return "这是一个符号链接，课程包里只能放真正的文件。"
        if not stat.S_ISREG(mode):
            return "这不是一个普通文件。"
        return None

    def inside(self, folder: Path, reference: str) -> tuple[Path | None, str | None]:
        """Resolve `reference`, written in a file in `folder`: (path, None) or (None, problem)."""
        written = PurePosixPath(reference)
        if "\\" in reference or "\x00" in reference or "://" in reference:
            return None, "请写课程文件夹里的相对路径，用“/”分隔，例如 files/清单.pdf。"
        if written.is_absolute() or ".." in written.parts or not written.parts:
            return None, "只能引用课程文件夹里的文件，不能用“..”或绝对路径。"
        return folder.joinpath(*written.parts), None


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
