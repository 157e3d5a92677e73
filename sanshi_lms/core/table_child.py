"""Reads a table and writes its rows as JSON: a program of its own, run under limits.

Arguments: the folder that holds our package, the file, the file to write.
"""

import json
import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    home, source, target = (Path(one) for one in sys.argv[1:])
    bare = ModuleType("sanshi_lms")  # without its door: no web framework, no database
    bare.__path__ = [str(home / "sanshi_lms")]
    sys.modules["sanshi_lms"] = bare
    from sanshi_lms.core.packed import Unreadable
    from sanshi_lms.core.table_files import table_of

    told: dict[str, object]
    try:
        told = {"rows": table_of(source.read_bytes())}
    except Unreadable as error:
        told = {"refused": error.words_zh}
    target.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
