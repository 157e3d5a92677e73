"""Pages that take in a table in two steps: look at what it would change, then take it in."""

import base64
import json
import shutil
import zlib
from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from sanshi_lms.core.db import release_connection
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.rosters import MOST_COLUMNS, Table
from sanshi_lms.core.sending import keep_as
from sanshi_lms.core.storage import storage
from sanshi_lms.core.table_files import MOST_BYTES, XLSX, read_table_file, table_xlsx

MOST_CARRIED = 1_900_000


def given_rows() -> list[list[str]]:
    """Return the rows of the chosen file, or of the one looked at before. Raises Refusal."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _carried(request.form.get("rows", ""))
    release_connection()
    folder = storage().private_dir()
    try:
        source = folder / "table"
        file.save(source)
        return read_table_file(source)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def carry(rows: list[list[str]]) -> str:
    """Return rows as text that a page brings to its next step. Raises Refusal when too many."""
    packed = base64.b64encode(zlib.compress(json.dumps(rows, ensure_ascii=False).encode())).decode()
    if len(packed) > MOST_CARRIED:
        raise Refusal("表格太大，请分成几个文件，再导入。")
    return packed


def _carried(packed: str) -> list[list[str]]:
    if not packed:
        raise Refusal("请先选一个文件。")
    try:
        stream = zlib.decompressobj()
        text = stream.decompress(base64.b64decode(packed, validate=True), 8 * MOST_BYTES)
        rows = json.loads(text)
        return [[str(cell) for cell in row[:MOST_COLUMNS]] for row in rows]
    except (ValueError, zlib.error, TypeError, RecursionError):
        raise Refusal("网页上的内容不完整了，请再选一次文件。") from None


def faults_response(table: Table[Any], faults: Mapping[int, str], name: str) -> Response:
    """Send the rows with faults in the columns they came in, each with what to mend."""
    head = (*table.head, "问题")
    wide = len(table.head)
    rows = [
        [*(table.cells[line] + [""] * wide)[:wide], words] for line, words in sorted(faults.items())
    ]
    return xlsx_response(table_xlsx(head, rows), name)


def xlsx_response(body: bytes, name: str) -> Response:
    """Send a workbook to keep; it may hold names and codes, so nothing on the way keeps it."""
    return keep_as(Response(body, mimetype=XLSX), name)
