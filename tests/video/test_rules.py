"""The room's rules: names, states, the line, the end of addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.rules import (
    MAX_FILE_NAME,
    MAX_TITLE,
    MEGABYTE,
    access_until,
    file_name_from,
    part_priority,
    priority,
    seconds_left,
    title_from,
    title_problem,
    video_state,
)


@pytest.mark.parametrize(
    ("sent", "title"),
    [
        ("加装电梯_第1讲.mp4", "加装电梯 第1讲"),
        ("C:\\我的视频\\讲课.MOV", "讲课"),
        ("../../etc/passwd\x00.mp4", "passwd"),
        (".mp4", ".mp4"),
        ("\u202e4pm.exe.mp4", "4pm.exe"),
        ("", "video"),
        ("///", "video"),
        ("长" * 300 + ".mp4", "长" * MAX_TITLE),
    ],
)
def test_a_first_title(sent: str, title: str) -> None:
    assert title_from(sent) == title
    assert title_problem(title_from(sent)) is None


@given(st.text(max_size=400))
def test_any_name_can_be_kept_and_shown(sent: str) -> None:
    name = file_name_from(sent)
    assert 0 < len(name) <= MAX_FILE_NAME
    assert "\0" not in name
    assert "/" not in name
    assert title_problem(title_from(sent)) is None


def test_a_video_that_plays_is_ready_whatever_its_job_does() -> None:
    assert video_state(None, made=False) == "stopped", "nobody works on it"
    assert video_state("done", made=False) == "stopped"
    assert video_state("leased", made=False, playable=True) == "early"
    assert video_state("failed", made=False, playable=True) == "failed"
    assert video_state("pending", made=False) == "waiting"
    assert video_state("leased", made=False) == "working"
    assert video_state("failed", made=False) == "failed"
    assert video_state("failed", made=True) == "ready"
    assert video_state("leased", made=True) == "ready"


def test_a_short_clip_passes_a_long_lecture_and_people_pass_packs() -> None:
    clip = priority(5 * MEGABYTE, waited_for=True)
    lecture = priority(4000 * MEGABYTE, waited_for=True)
    assert clip > lecture > priority(0, waited_for=False)


@given(st.integers(0, 2**33))
def test_addresses_live_from_twelve_to_eighteen_hours(now: int) -> None:
    left = access_until(now) - now
    assert 12 * 3600 < left <= 18 * 3600
    assert access_until(now) == access_until(now - now % (6 * 3600))


def test_time_left_is_not_guessed_too_early() -> None:
    assert seconds_left(0.01, 60) is None
    assert seconds_left(0.5, 1) is None
    assert seconds_left(0.25, 60) == pytest.approx(180)


def test_a_clip_of_two_minutes_does_not_wait_behind_a_lecture_of_two_hours() -> None:
    def rank(seconds: float, *, waited_for: bool = True, first: bool = False) -> int:
        return part_priority(seconds, waited_for=waited_for, first=first)

    assert rank(110) > rank(7200)
    assert rank(7200, first=True) > rank(110), "soon something of each can be watched"
    assert priority(500 * MEGABYTE, waited_for=True) > rank(110), "a new one is looked at first"
    assert rank(7200) > rank(60, waited_for=False), "nobody waits for what a pack brought"
    assert rank(60, waited_for=False, first=True) == rank(60, waited_for=False), "packs in turn"
