"""/api/v1/openapi.json: what programs may call, read off the routes and their views.

Who may call comes from a view's mark (`access.declared_access`), the address from its rule, and
what goes in and out from `@described(…)`, whose types are TypedDicts that stand beside the view.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypedDict, TypeVar, cast

import msgspec
from flask import Flask, Response, current_app, jsonify
from werkzeug.routing import Rule

from sanshi_lms.core.access import declared_access, public
from sanshi_lms.core.security import csrf
from sanshi_lms.core.web import LARGEST_ID

PREFIX = "/api/v1/"
View = TypeVar("View", bound=Callable[..., Any])
Schemas = Mapping[Any, dict[str, Any]]
_MARK = "_described"
_KEPT = "openapi"
_REFS = "#/components/schemas/{name}"
_TOKEN = {
    "name": "X-CSRFToken",
    "in": "header",
    "required": False,
    "description": "The form token of a page (or `token` of /api/v1/video/uploads).",
    "schema": {"type": "string"},
}


class ErrorTold(TypedDict):
    """What went wrong: a code, a Chinese sentence that says what to do, the request's number."""

    code: str
    message: str
    request_id: str | None


class ErrorAnswer(TypedDict):
    """Every answer of 400 and more."""

    error: ErrorTold


@dataclass(frozen=True)
class Description:
    """What a view takes and answers; each a TypedDict, or None for nothing."""

    answer: Any
    body: Any = None
    query: Any = None
    others: Mapping[int, Any] = field(default_factory=dict)

    @property
    def types(self) -> list[Any]:
        """Everything that has a schema of its own."""
        found = (self.answer, self.body, self.query, *self.others.values())
        return [one for one in found if one is not None]


def described(
    *, answer: Any, body: Any = None, query: Any = None, others: Mapping[int, Any] | None = None
) -> Callable[[View], View]:
    """Say what a view of the API takes and answers; `others` are answers by status, None: empty."""

    def mark(view: View) -> View:
        setattr(view, _MARK, Description(answer, body, query, others or {}))
        return view

    return mark


def description_of(view: Callable[..., Any]) -> Description | None:
    """Return what `described` said of a view."""
    return cast("Description | None", getattr(view, _MARK, None))


def setup(app: Flask) -> None:
    """Add the address."""
    app.add_url_rule(f"{PREFIX}openapi.json", "openapi", openapi)


@public
@described(answer=dict[str, Any])
def openapi() -> Response:
    """Return this description (OpenAPI 3.1)."""
    kept = current_app.extensions
    if _KEPT not in kept:
        kept[_KEPT] = document(current_app)
    return jsonify(kept[_KEPT])


def api_rules(app: Flask) -> list[Rule]:
    """Return the rules of the API, in order."""
    found = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(PREFIX))
    return sorted(found, key=lambda rule: rule.rule)


def document(app: Flask) -> dict[str, Any]:
    """Return the description of all routes below /api/v1/."""
    told = [(rule, app.view_functions[rule.endpoint]) for rule in api_rules(app)]
    found = {
        rule.endpoint: description_of(view) or Description(dict[str, Any]) for rule, view in told
    }
    kinds = list(dict.fromkeys([ErrorAnswer, *(t for one in found.values() for t in one.types)]))
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REFS)
    by_type = dict(zip(kinds, schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for rule, view in told:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            operation = _operation(rule, view, found[rule.endpoint], by_type, components)
            if method not in {"GET"} and not _is_exempt(app, rule):
                operation["parameters"].append(_TOKEN)
            paths.setdefault(path, {})[method.lower()] = operation
    _close_answers(found, by_type, components)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "三师微课堂 Sanshi LMS",
            "version": "1",
            "description": "See docs/api.md. Errors carry a Chinese sentence that says what to do.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "sanshi"},
            },
        },
    }


def _operation(
    rule: Rule,
    view: Callable[..., Any],
    told: Description,
    by_type: Schemas,
    components: Mapping[str, Any],
) -> dict[str, Any]:
    access = declared_access(view)
    words = inspect.getdoc(view) or ""
    answers = {200: told.answer, **told.others}
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.partition(".")[0].removesuffix("_api")],
        "summary": words.partition("\n")[0],
        "description": words,
        "x-right": access,
        "security": [] if access == "public" else [{"session": []}],
        "parameters": [*_path_parameters(rule), *_query(told.query, by_type, components)],
        "responses": {
            str(status): _response(status, kind, by_type) for status, kind in answers.items()
        },
    }
    operation["responses"]["default"] = {
        "description": "Refused; the sentence says what to do.",
        "content": _json(by_type[ErrorAnswer]),
    }
    if told.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(by_type[told.body])}
    return operation


def _response(status: int, kind: Any, by_type: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    return answer if kind is None else answer | {"content": _json(by_type[kind])}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": dict(schema)}}


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    numbers = set(re.findall(r"<int:(\w+)>", rule.rule))
    number = {"type": "integer", "minimum": 0, "maximum": LARGEST_ID}
    word = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": number if name in numbers else word,
        }
        for name in re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
    ]


def _query(kind: Any, by_type: Schemas, components: Mapping[str, Any]) -> list[dict[str, Any]]:
    if kind is None:
        return []
    schema = components[by_type[kind]["$ref"].rpartition("/")[2]]
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": one.get("description", ""),
            "schema": {key: value for key, value in one.items() if key != "description"},
        }
        for name, one in schema["properties"].items()
    ]


def _is_exempt(app: Flask, rule: Rule) -> bool:
    """Tell whether a route asks for no form token (the signed token of its page stands in it)."""
    blueprint = app.blueprints.get(rule.endpoint.rpartition(".")[0])
    return blueprint in csrf._exempt_blueprints  # noqa: SLF001


def _close_answers(
    found: Mapping[str, Description],
    by_type: Schemas,
    components: Mapping[str, dict[str, Any]],
) -> None:
    """Let an answer have no member that is not described: what is not told is not sent."""
    kinds = [ErrorAnswer]
    kinds += [one for told in found.values() for one in (told.answer, *told.others.values())]
    waiting = [by_type[one] for one in kinds if one is not None]
    while waiting:
        text = str(waiting.pop())
        for name in re.findall(r"#/components/schemas/([^'\"]+)", text):
            schema = components[name]
            if schema.get("type") == "object" and "properties" in schema:
                if schema.get("additionalProperties") is False:
                    continue
                schema["additionalProperties"] = False
                waiting.append(schema)
