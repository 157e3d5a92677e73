"""Sizes that make us notice a room that wants splitting."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "sanshi_lms"
FILE_LINES = 300
VIEW_LINES = 40
FUNCTION_LINES = 60
TEMPLATE_LINES = 150
SCRIPT_LINES = 300


def found(pattern: str) -> list[Path]:
    return sorted(f for f in PACKAGE.rglob(pattern) if "vendor" not in f.parts)


def lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("file", found("*.py"), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_python_files_and_functions_are_short(file: Path) -> None:
    assert lines(file) <= FILE_LINES
    longest = VIEW_LINES if file.stem.endswith("routes") else FUNCTION_LINES
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= longest, f"{node.name} has {length} lines"


@pytest.mark.parametrize("file", found("*.html"), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_templates_are_short(file: Path) -> None:
    assert lines(file) <= TEMPLATE_LINES


@pytest.mark.parametrize(
    "file", found("*.js") + found("*.css"), ids=lambda f: str(f.relative_to(PACKAGE))
)
def test_scripts_and_styles_are_short(file: Path) -> None:
    assert lines(file) <= SCRIPT_LINES
