"""Makes the zip with all that is known of a person: a JSON file a table, and their own files."""

import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sanshi_lms.account.own_data.rows import file_keys, own_rows, part_rows
from sanshi_lms.core.clock import local
from sanshi_lms.core.personal import personal
from sanshi_lms.core.storage import storage

_MEGABYTE = 1024 * 1024
_HEAD = """这是您在三师微课堂的全部个人数据的复制件，生成于 {at}（北京时间）。

“数据”文件夹里每个文件是一张表，用记事本就能打开；里面的时间是世界时，北京时间要加 8 小时。
“文件”文件夹里是您自己上传的文件。密码、登录凭据不在里面，因为连我们也不知道它们的原文。
请妥善保管，不要发给别人。

各个文件是什么：
"""


def write_copy(target: Path, user_id: int, at: datetime, told: Callable[[float], None]) -> None:
    """Write the zip; `told` hears the share that is done."""
    entries = [entry for entry in personal() if entry.own]
    lines = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, entry in enumerate(entries, 1):
            tables = {entry.table: own_rows(entry, user_id)}
            tables |= {part: part_rows(entry, part, user_id) for part in entry.parts}
            for name, rows in tables.items():
                packed.writestr(f"数据/{_file(name, entry.table, entry.column)}.json", _json(rows))
            lines.append(f"{_file(entry.table, entry.table, entry.column)}：{entry.label}，"
                         f"{len(tables[entry.table])} 条")  # fmt: skip
            for key in file_keys(entry, user_id):
                _add_file(packed, key)
                told(place / (len(entries) + 1))
            told(place / len(entries))
        head = _HEAD.format(at=f"{local(at):%Y-%m-%d %H:%M}")
        packed.writestr("说明.txt", f"\ufeff{head}" + "\n".join(lines) + "\n")


def _file(name: str, table: str, column: str) -> str:
    """Return the name of a table's file; a table may name a person in two columns."""
    entered = [entry for entry in personal() if entry.own and entry.table == table]
    return name if len(entered) == 1 else f"{name}-{column}"


def _add_file(packed: zipfile.ZipFile, key: str) -> None:
    if not storage().exists(key):
        return
    with packed.open(f"文件/{PurePosixPath(key).as_posix()}", "w") as target:
        for piece in _pieces(key):
            target.write(piece)


def _pieces(key: str) -> Iterator[bytes]:
    size = storage().size(key)
    for start in range(0, size, _MEGABYTE):
        yield from storage().read(key, start, min(_MEGABYTE, size - start))


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
