"""docs/security.md names tests that exist; each item has a test or says why there is none."""

import re

from sanshi_lms.core.settings import REPOSITORY

PAGE = REPOSITORY / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")


def test_every_named_test_is_there() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 40, "the search finds nothing: mend the test"
    for path, function in named:
        place = REPOSITORY / path
        assert place.exists(), path
        if function:
            assert f"def {function}(" in place.read_text(encoding="utf-8"), f"{path}::{function}"


def test_each_line_has_a_test_or_a_reason() -> None:
    lines = [one for one in PAGE.read_text(encoding="utf-8").splitlines() if one.startswith("| ")]
    items = [one for one in lines if not one.startswith("| item")]
    assert len(items) > 50
    for line in items:
        reason = "**" in line or "perator" in line
        assert NAMED.search(line) or reason, line
