"""Reading a stranger's file of questions in a child process with limits."""

import json
import sys
from pathlib import Path

from sanshi_lms.core.process import run_limited
from sanshi_lms.quizzes.exchange.carrying import MOST_JSON, from_plain
from sanshi_lms.quizzes.exchange.files import TOO_LARGE
from sanshi_lms.quizzes.exchange.reading import MOST_BYTES, Reading, refused

_PACKAGE = Path(__file__).resolve().parents[2]
_CHILD = Path(__file__).with_name("file_child.py")
CPU_SECONDS = 20
MEMORY_BYTES = 768 * 1024**2
_TOO_MUCH = "这个文件太复杂，读它要花太多时间或内存，没有读。请去掉图片和多余的内容，再导入。"


def read_limited(source: Path) -> Reading:
    """Return the questions of a file in a private folder; takes half a second for a usual one."""
    if source.stat().st_size > MOST_BYTES:
        return refused(TOO_LARGE)
    target = source.with_name("read.json")
    done = run_limited(
        [sys.executable, "-I", str(_CHILD), str(_PACKAGE), str(source), str(target)],
        cwd=source.parent,
        cpu_seconds=CPU_SECONDS,
        memory_bytes=MEMORY_BYTES,
        file_bytes=MOST_JSON,
        wall_seconds=60,
    )
    if not done.ok:
        return refused(_TOO_MUCH)
    try:
        return from_plain(json.loads(target.read_text("utf-8")))
    except (OSError, ValueError):
        return refused(_TOO_MUCH)
