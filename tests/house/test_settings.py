"""Every setting is explained to the person who runs it, in both languages, and none is invented."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def read_keys() -> set[str]:
    source = (ROOT / "sanshi_lms/core/settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'source(?:\.get\(|, )"([A-Z_]+)"', source))


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_table_of_settings_is_complete_and_true(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))
    assert explained == read_keys()


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_every_verb_is_explained(name: str) -> None:
    verbs = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    told = set(re.findall(r"^\| `make ([a-z]+)", (ROOT / name).read_text(), re.MULTILINE))
    assert told == verbs - {"help"}


def test_settings_are_read_in_one_place() -> None:
    for file in (ROOT / "sanshi_lms").rglob("*.py"):
        if file.name != "settings.py":
            source = file.read_text(encoding="utf-8")
            assert "os.environ[" not in source, f"{file}: read it in core/settings.py"
            assert "os.getenv(" not in source, f"{file}: read it in core/settings.py"
