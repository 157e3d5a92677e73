"""Names in a batch: any unit and name is one folder and one file, on every system."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.credentials import file_part


@given(st.text(max_size=80))
def test_any_text_is_a_harmless_part_of_a_name(text: str) -> None:
    part = file_part(text)
    assert not re.search(r'[\x00-\x1f<>:"/\\\\|?*]', part)
    assert part in ("", part.strip(". "))
    assert part != ".."
    assert len(part) <= 40


def test_what_people_write_stays_readable() -> None:
    assert file_part("  渝中区/红光 社区\n ") == "渝中区红光 社区"
    assert file_part("买买提·艾力") == "买买提·艾力"
    assert file_part("..") == ""
