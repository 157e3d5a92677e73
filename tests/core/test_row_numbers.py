"""What an address, a field or a subject may name as a row."""

import pytest

from sanshi_lms.core.row_numbers import row_number


@pytest.mark.parametrize("text", ["1", "7", "0012", "999999999"])
def test_numbers_of_rows(text: str) -> None:
    assert row_number(text) == int(text)


@pytest.mark.parametrize(
    "text", [None, "", " 1", "-1", "1.0", "١", "1e3", "9999999999", "9" * 5000]
)
def test_whatever_no_row_can_have(text: str | None) -> None:
    assert row_number(text) is None
