"""Which way the arrows run: rooms import core and the doors of the rooms in their row."""

import ast
import sys
from pathlib import Path

import pytest

from sanshi_lms.rooms import MAY_IMPORT, ROOMS

PACKAGE = Path(__file__).resolve().parents[2] / "sanshi_lms"
KNOW_NO_REQUEST = {"rules", "queries", "actions", "jobs"}
FRAMEWORKS = {"flask", "flask_login", "flask_wtf", "flask_limiter", "wtforms", "werkzeug"}


def modules() -> list[Path]:
    """Return every Python file of the rooms that exist."""
    return sorted(f for room in ROOMS for f in (PACKAGE / room).rglob("*.py"))


def imported(tree: ast.AST) -> list[str]:
    """Return the full names of everything a module imports."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: import by the full name"
            base = node.module or ""
            names += [f"{base}.{alias.name}" for alias in node.names]
    return names


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0]


def test_the_list_of_rooms_has_no_ring() -> None:
    for place, room in enumerate(ROOMS):
        assert set(MAY_IMPORT[room]) <= set(ROOMS[:place]), f"{room} names a room above it"
    assert set(MAY_IMPORT) == set(ROOMS)


def test_every_folder_is_a_room_or_core() -> None:
    folders = {f.name for f in PACKAGE.iterdir() if (f / "__init__.py").exists()}
    assert folders - set(ROOMS) <= {"core"}, "a new room is entered in rooms.py first"


@pytest.mark.parametrize("file", modules(), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_a_room_uses_other_rooms_by_their_doors(file: Path) -> None:
    room = room_of(file)
    for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] != "sanshi_lms" or len(parts) < 2 or parts[1] in {"core", room}:
            continue
        other = parts[1]
        assert other in MAY_IMPORT[room], f"{room} may not import {other} (rooms.py)"
        assert len(parts) <= 3, f"{name}: use the door of {other}, not its inner file"
        inner = PACKAGE / other / f"{parts[-1]}.py"
        assert not (len(parts) == 3 and inner.exists()), f"{name}: an inner file of {other}"


@pytest.mark.parametrize("file", sorted((PACKAGE / "core").rglob("*.py")), ids=lambda f: f.name)
def test_core_knows_no_room(file: Path) -> None:
    for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
        parts = name.split(".")
        assert not (parts[0] == "sanshi_lms" and len(parts) > 1 and parts[1] in ROOMS), name


@pytest.mark.parametrize(
    "file", [f for f in modules() if f.name == "rules.py"], ids=lambda f: room_of(f)
)
def test_rules_are_pure(file: Path) -> None:
    for name in imported(ast.parse(file.read_text(encoding="utf-8"))):
        parts = name.split(".")
        if parts[0] == "sanshi_lms":
            assert parts[1] == room_of(file), f"{name}: rules import their own room's rules only"
        else:
            assert parts[0] in sys.stdlib_module_names, f"{name}: rules use the standard library"


@pytest.mark.parametrize(
    "file",
    [f for f in modules() if f.stem in KNOW_NO_REQUEST],
    ids=lambda f: str(f.relative_to(PACKAGE)),
)
def test_reads_writes_and_jobs_know_no_request(file: Path) -> None:
    known = {name.split(".")[0] for name in imported(ast.parse(file.read_text(encoding="utf-8")))}
    assert not known & FRAMEWORKS, "who acts and what time it is are arguments"


@pytest.mark.parametrize("file", modules(), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_imports_stand_at_the_top(file: Path) -> None:
    if file.stem == "cli":
        return
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name != "setup":
            inner = [n.lineno for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"line {inner}: an import inside {node.name} hides an arrow"


@pytest.mark.parametrize("file", modules(), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_only_core_commits(file: Path) -> None:
    source = file.read_text(encoding="utf-8")
    assert "session.commit(" not in source, "views and actions never commit; core does"


@pytest.mark.parametrize("file", modules(), ids=lambda f: str(f.relative_to(PACKAGE)))
def test_every_room_has_a_door_with_its_promise(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "say in a sentence what this file is for"
