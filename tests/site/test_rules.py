"""Which edition a reader gets, and which paths lead back into the site."""

import pytest

from sanshi_lms.site.rules import edition_for, own_path


@pytest.mark.parametrize(
    ("cookie", "prefers_elder", "edition"),
    [
        (None, False, "standard"),
        (None, True, "elder"),
        ("elder", False, "elder"),
        ("standard", True, "standard"),
        ("huge", True, "elder"),
        ("", False, "standard"),
    ],
)
def test_the_choice_on_this_device_comes_before_the_account(
    cookie: str | None, prefers_elder: bool, edition: str
) -> None:
    assert edition_for(cookie, prefers_elder) == edition


@pytest.mark.parametrize("path", ["/", "/courses/?topic=城市更新", "/search/?q=加装电梯&page=2"])
def test_our_own_paths_are_kept(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "/a\\b",
        "/a\nb",
        "javascript:x",
    ],
)
def test_a_way_back_never_leads_elsewhere(path: str) -> None:
    assert own_path(path) is None
