"""Every url_for in templates and code names a route that exists, with the values it needs."""

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from jinja2 import nodes

PACKAGE = Path(__file__).resolve().parents[2] / "sanshi_lms"
Link = tuple[str, str, set[str], bool]  # where, endpoint, names of values, whether ** adds more


def links_in_templates(app: Flask) -> Iterator[Link]:
    for file in sorted(PACKAGE.rglob("*.html")):
        tree = app.jinja_env.parse(file.read_text(encoding="utf-8"))
        for call in tree.find_all(nodes.Call):
            named = isinstance(call.node, nodes.Name) and call.node.name == "url_for"
            if named and call.args and isinstance(call.args[0], nodes.Const):
                values = {pair.key for pair in call.kwargs}
                open_end = call.dyn_kwargs is not None
                yield (
                    f"{file.relative_to(PACKAGE).as_posix()}:{call.lineno}",
                    str(call.args[0].value),
                    values,
                    open_end,
                )


def links_in_code() -> Iterator[Link]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or getattr(call.func, "id", "") != "url_for":
                continue
            if call.args and isinstance(call.args[0], ast.Constant):
                values = {word.arg for word in call.keywords if word.arg}
                open_end = any(word.arg is None for word in call.keywords)
                yield (
                    f"{file.relative_to(PACKAGE).as_posix()}:{call.lineno}",
                    str(call.args[0].value),
                    values,
                    open_end,
                )


def test_every_link_can_be_built(app: Flask) -> None:
    wrong = []
    for where, endpoint, values, open_end in [*links_in_templates(app), *links_in_code()]:
        # ".name" is a view of the same blueprint; a room's blueprints begin with its name.
        rules = [
            r
            for r in app.url_map.iter_rules()
            if r.endpoint == endpoint
            or (
                endpoint.startswith(".")
                and r.endpoint.endswith(endpoint)
                and r.endpoint.startswith(where.split("/")[0])
            )
        ]
        fits = [r for r in rules if open_end or r.arguments <= values | set(r.defaults or ())]
        if not fits:
            needed = [sorted(r.arguments) for r in rules]
            wrong.append(f"{where}: {endpoint} {sorted(values)}, the route needs {needed}")
    assert wrong == []
