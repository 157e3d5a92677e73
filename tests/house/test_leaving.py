"""A migration drops or renames nothing that the program of before still uses: two steps."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
RULE_SINCE = "0066"  # what is older was written before the rule


def leaving() -> dict[str, str]:
    """Return what the code stopped using, with the revision since which."""
    lines = (MIGRATIONS / "leaving.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    return {name: since for name, since in pairs}  # noqa: C416 - a list is no pair to mypy


def text_of(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "?"


def named(call: ast.Call, name: str, place: int) -> str:
    """Return an argument by its name or its place, "?" when it is no literal."""
    given = next((word.value for word in call.keywords if word.arg == name), None)
    if given is None:
        given = call.args[place] if len(call.args) > place else ast.Constant("?")
    return text_of(given)


def removed(source: str) -> Iterator[str]:
    """Yield what the upgrade of a migration drops or renames: "table" or "table.column"."""
    tree = ast.parse(source)
    upgrade = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "upgrade")
    yield from _removed(upgrade, "?")


def _removed(node: ast.AST, table: str) -> Iterator[str]:
    if isinstance(node, ast.With):
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "batch_alter_table":
                table = named(call, "table_name", 0)
    if isinstance(node, ast.Call):
        verb, inside = getattr(node.func, "attr", ""), table != "?"
        if verb in {"drop_table", "rename_table"}:
            yield named(node, "table_name", 0)
        renames = any(word.arg == "new_column_name" for word in node.keywords)
        if verb == "drop_column" or (verb == "alter_column" and renames):
            where = table if inside else named(node, "table_name", 0)
            yield f"{where}.{named(node, 'column_name', 0 if inside else 1)}"
    for child in ast.iter_child_nodes(node):
        yield from _removed(child, table)


def test_what_a_migration_takes_away_was_given_up_before() -> None:
    known = leaving()
    for file in sorted((MIGRATIONS / "versions").glob("[0-9]*.py")):
        revision = file.name[:4]
        if revision < RULE_SINCE:
            continue
        for name in removed(file.read_text(encoding="utf-8")):
            since = known.get(name)
            assert since is not None, f"{file.name} drops {name}: see migrations/leaving.txt"
            assert since < revision, f"{file.name}: {name} leaves the code and the table at once"


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ('op.drop_table("a_b")', ["a_b"]),
        ('op.rename_table("a_b", "a_c")', ["a_b"]),
        ('op.drop_column("a_b", "c")', ["a_b.c"]),
        ('op.alter_column("a_b", "c", new_column_name="d")', ["a_b.c"]),
        ('op.alter_column("a_b", "c", nullable=True)', []),
        ('op.add_column("a_b", sa.Column("c"))', []),
        ('with op.batch_alter_table("a_b") as b:\n        b.drop_column("c")', ["a_b.c"]),
        (
            'with op.batch_alter_table("a_b") as b: b.alter_column("c", new_column_name="d")',
            ["a_b.c"],
        ),
        ('op.drop_column(TABLE, "c")', ["?.c"]),
    ],
)
def test_the_rule_sees_what_is_taken_away(statement: str, found: list[str]) -> None:
    down = 'def downgrade() -> None:\n    op.drop_table("mine")\n'
    assert list(removed(f"def upgrade() -> None:\n    {statement}\n\n{down}")) == found
