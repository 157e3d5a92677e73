"""The description of /api/v1 is complete and true: what it says is asked, by every role.

Schemathesis makes requests from the description, right ones and wrong ones; each is sent by every
role, at its own things, at somebody else's and at what does not exist. No fault of ours, no
foreign row, no answer that is not described.
"""

from itertools import product
from typing import Any

import hypothesis.strategies as st
import jsonschema_rs
import schemathesis.openapi
from flask import Flask
from hypothesis import HealthCheck, Phase, example, given, settings
from schemathesis import APIOperation, Case, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.openapi import from_dict
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sanshi_lms.core.access import declared_access
from sanshi_lms.core.openapi import api_rules, description_of, document
from sanshi_lms.learning.tokens import issue
from tests.house.test_fuzz import Town
from tests.house.test_fuzz import town as town
from tests.house.world import ROLES, World
from tests.people import Cast

Operation = APIOperation[Any, Any, Any, Any]
Made = Case[Any]
EXAMPLES = 12  # of each kind for each operation; each is sent by every role
PLAIN = {"Accept-Encoding": "identity"}
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance,
    response_schema_conformance,
]  # fmt: skip


def test_every_route_is_described_as_it_is(app: Flask) -> None:
    told = app.test_client().get("/api/v1/openapi.json").json
    assert told == document(app)
    found = set()
    for rule in api_rules(app):
        view = app.view_functions[rule.endpoint]
        assert description_of(view), f"{rule.endpoint}: say @described(answer=…)"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
            operation = told["paths"][path][method.lower()]
            assert operation["x-right"] == declared_access(view)
            assert operation["summary"], f"{rule.endpoint}: say what it does"
            found.add((path, method.lower()))
    assert found == {(path, method) for path, one in told["paths"].items() for method in one}


def test_the_description_keeps_to_its_own_standard(app: Flask) -> None:
    told = document(app)
    for name, schema in told["components"]["schemas"].items():
        jsonschema_rs.meta.validate({**schema, "components": told["components"]})
        assert schema.get("description"), f"{name}: say what it is"
    assert len(list(from_dict(told).get_all_operations())) == len(
        [one for path in told["paths"].values() for one in path]
    )


def operations(app: Flask) -> list[Operation]:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    return [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]


def test_every_operation_by_every_role(app: Flask, town: Town, people: Cast) -> None:
    counted: dict[str, int] = {}
    with app.test_request_context():
        reading = issue(people.id("cadre"), int(town.world.own["lesson_id"]), 0)
    for operation, mode in product(operations(app), GenerationMode):
        try_out(operation, mode, town, reading, counted)
    # Each must have been answered with what was asked for, or only its door was tested.
    assert {label for label, taken in counted.items() if not taken} == set()


def right_one(operation: Operation, world: World, reading: str) -> Made:
    """Return a request that somebody of the town is answered."""
    item, lesson = int(world.own["item_id"]), int(world.own["lesson_id"])
    bodies: dict[str, dict[str, Any]] = {
        "captions/{language}": {"version": 1, "cues": [[0, 1.5, "您好"]]},
        "learning/reading": {"session": reading},
        "learning/notes/": {"lesson": lesson, "text": "记下来"},
        "/answers": {"item": item, "chosen": [0], "page": "p", "number": 1},
        "/tries": {"number": 1, "places": [0]},
    }
    body = next((one for end, one in bodies.items() if operation.path.endswith(end)), None)
    names = [one.name for one in operation.iter_parameters() if one.location.value == "path"]
    paths = {name: world.own[name] for name in names}
    if operation.method.upper() == "GET" or body is None:
        return operation.Case(path_parameters=paths)
    return operation.Case(path_parameters=paths, body=body, media_type="application/json")


def text_of(answer: Response) -> str:
    """Return what an answer says, without the escapes of JSON."""
    return str(answer.json()) if answer.content else ""


def try_out(
    operation: Operation,
    mode: GenerationMode,
    there: Town,
    reading: str,
    counted: dict[str, int],
) -> None:
    """Send made-up requests of one operation, each by every role."""
    places = st.sampled_from([there.world.own, there.world.foreign, {}])
    tokens = st.sampled_from([there.world.watch_token, there.world.other_watch_token, None])

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @example(case=right_one(operation, there.world, reading), place=there.world.own, token=None)
    @given(case=operation.as_strategy(generation_mode=mode), place=places, token=tokens)
    def ask(case: Made, place: dict[str, str], token: str | None) -> None:
        known = {name: place[name] for name in case.path_parameters or {} if name in place}
        case.path_parameters = {**(case.path_parameters or {}), **known}
        if token is not None and isinstance(case.body, dict) and "session" in case.body:
            case.body = {**case.body, "session": token}
        for role in ROLES:
            answer = case.call(cookies=there.cookies(role), headers=PLAIN)
            there.judge(role, case.method, case.formatted_path, answer, text_of(answer), case.body)
            case.validate_response(answer, checks=CHECKS)
            counted[operation.label] = counted.get(operation.label, 0) + (answer.status_code < 300)

    ask()
