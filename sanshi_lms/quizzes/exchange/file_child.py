"""Reads a file of questions and writes what was read as JSON.

A program of its own, run under limits by `limited`: strangers' archives and XML are never opened in
the web server. The readers need no web framework and no database, so the two packages around them
are entered without their doors; starting takes a quarter of a second instead of two.
Arguments: the folder of our package, the file, the file to write.
"""

import json
import sys
from pathlib import Path
from types import ModuleType


def _bare(name: str, folder: Path) -> None:
    """Make a package known without running its door."""
    module = ModuleType(name)
    module.__path__ = [str(folder)]
    sys.modules[name] = module


if __name__ == "__main__":
    package, source, target = (Path(one) for one in sys.argv[1:])
    _bare("sanshi_lms", package)
    _bare("sanshi_lms.quizzes", package / "quizzes")
    from sanshi_lms.quizzes.exchange.carrying import to_plain
    from sanshi_lms.quizzes.exchange.files import read_file

    told = to_plain(read_file(source.read_bytes()))
    target.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
