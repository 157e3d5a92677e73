"""Takes steps of a course's way as a browser does: with the version that the page shows."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def seen(client: FlaskClient, course_id: int = 1) -> str:
    """Return the state's version that the forms of the course's page carry, or "0"."""
    page = client.get(f"/admin/courses/{course_id}").text
    found = re.search(
        r'name="verb" value="\w+"><input type="hidden" name="version" value="(\d+)"', page
    )
    return found[1] if found else "0"


def step(client: FlaskClient, verb: str, course_id: int = 1, **given: Any) -> TestResponse:
    """Send a step; `given` may bring words, a moment, or another version."""
    values = {"verb": verb, "version": seen(client, course_id), **given}
    return client.post(f"/admin/courses/{course_id}/steps", data=values)
