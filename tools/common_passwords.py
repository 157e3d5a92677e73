"""Makes sanshi_lms/account/passwords/common.txt from lists that two packages ship.

    pip download --no-deps Django zxcvbn
    python -m tools.common_passwords Django-*.whl zxcvbn-*.whl

Django's is the 20,000 most frequent of Have I Been Pwned (BSD-3-Clause, Royce Williams), zxcvbn's
the 30,000 most frequent of several leaks (MIT). Kept is what our other rules would let pass: eight
characters and more with a letter among them, and words of four letters and more, which people
lengthen by a year or a sign.
"""

from __future__ import annotations

import ast
import gzip
import sys
import zipfile
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "sanshi_lms/account/passwords/common.txt"
SHORTEST, SHORTEST_WORD = 8, 4


def main(django: str, zxcvbn: str) -> None:
    """Write the list, sorted, a line each."""
    found = {one.strip().lower() for one in [*_of_django(django), *_of_zxcvbn(zxcvbn)]}
    kept = sorted(one for one in found if one.isascii() and one.isprintable() and _matters(one))
    TARGET.write_text("\n".join(kept) + "\n", encoding="ascii")
    print(f"{len(kept)} of {len(found)} passwords")


def _matters(one: str) -> bool:
    word = one.isalpha() and len(one) >= SHORTEST_WORD
    return word or (len(one) >= SHORTEST and not one.isdigit())


def _of_django(wheel: str) -> list[str]:
    with zipfile.ZipFile(wheel) as packed:
        data = packed.read("django/contrib/auth/common-passwords.txt.gz")
    return gzip.decompress(data).decode().splitlines()


def _of_zxcvbn(wheel: str) -> list[str]:
    with zipfile.ZipFile(wheel) as packed:
        tree = ast.parse(packed.read("zxcvbn/frequency_lists.py"))
    lists = next(node.value for node in ast.walk(tree) if isinstance(node, ast.Assign))
    words: list[str] = _plain(lists)["passwords"]
    return words


def _plain(node: Any) -> dict[str, list[str]]:
    """Return the literal of lists, some of them written as "a b c".split()."""
    found = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            text = ast.literal_eval(value.func.value)
            found[key.value] = text.split(*(ast.literal_eval(one) for one in value.args))
        else:
            found[key.value] = ast.literal_eval(value)
    return found


if __name__ == "__main__":
    main(*sys.argv[1:3])
