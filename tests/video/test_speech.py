"""Captions by machine: what the listener says becomes cues, and nobody's work is replaced."""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from sanshi_lms.core.db import transaction
from sanshi_lms.core.jobs import find_job
from sanshi_lms.core.settings import Settings
from sanshi_lms.video.captions.rules import cue_problem, in_order
from sanshi_lms.video.captions.speech import can_listen, listening
from sanshi_lms.video.captions.speech.listening import NotHeard, listen
from sanshi_lms.video.captions.speech.rules import Heard
from sanshi_lms.video.queries import RECOGNISE
from tests.people import Cast
from tests.video.making import caption, get, unmade

LINES = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda start, end, text: json.dumps({"start": start, "end": end, "text": text}),
        st.floats() | st.integers(-5, 200) | st.none(),
        st.floats() | st.integers(-5, 200) | st.booleans(),
        st.text(max_size=120) | st.none(),
    ),
)


@settings(max_examples=40)
@given(st.lists(LINES, max_size=8))
def test_whatever_the_listener_says_becomes_cues_that_may_be_kept(lines: list[str]) -> None:
    heard = Heard(100.0)
    for line in lines:
        heard.take(line)
        assert 0 <= heard.share <= 1
    cues = heard.cues()
    assert cues == in_order(cues)
    assert all(cue_problem(cue.start, cue.end, cue.text) is None for cue in cues)
    assert all(cue.end <= 100 for cue in cues)
    assert all(a.end <= b.start for a, b in pairwise(cues)), "one at a time"


def test_a_long_sentence_becomes_lines_that_fit_a_phone() -> None:
    heard = Heard(60.0)
    words = "我们先问每一户的意愿，再一起谈方案，方案谈好以后公示，公示没有意见再签字。"
    heard.take(json.dumps({"start": 10, "end": 22, "text": words}))
    cues = heard.cues()
    assert "".join(cue.text for cue in cues) == words
    assert len(cues) > 1
    assert max(len(cue.text) for cue in cues) <= 22
    assert (cues[0].start, cues[-1].end) == (10, 22)


def test_without_package_and_model_there_is_no_button(
    app: Flask, people: Cast, tmp_path: Path
) -> None:
    assert not can_listen(None)
    assert not can_listen(tmp_path)
    number = unmade(app)
    author = people.client("author")
    assert "自动生成字幕" not in author.get(f"/admin/video/{number}").text
    assert author.post(f"/admin/video/{number}/captions/recognise").status_code == 404


def test_a_model_that_does_not_load_is_told(tmp_path: Path) -> None:
    """The real child process, with a folder that is no model (or without the package)."""
    with pytest.raises(NotHeard, match="WHISPER_MODEL") as told:
        listen(tmp_path / "x.mp4", tmp_path, 9.0, tmp_path, lambda _: None)
    assert "exit 3" in told.value.detail


@pytest.fixture
def installed(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A model folder, and a listener that is a small program of ours printing what ours prints.

    Only the neural network is missing: process, limits, lines, lease and database are real.
    """
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.bin").touch()
    listener = tmp_path / "listener.py"
    listener.write_text(
        "import sys\n"
        "assert open(sys.argv[1], 'rb').read(1)\n"
        "print('{\"alive\": true}')\n"
        'print(\'{"start": 0.5, "end": 2.5, "text": "各位街坊，大家好。"}\')\n'
        'print(\'{"start": 3, "end": 99, "text": "先问意愿。"}\')\n',
        "utf-8",
    )
    monkeypatch.setattr(listening, "_CHILD", listener)
    monkeypatch.setattr(listening, "find_spec", lambda name: name)
    chosen = app.extensions["settings"]
    assert isinstance(chosen, Settings)
    object.__setattr__(chosen, "whisper_model", model)
    return model


@pytest.mark.usefixtures("installed")
def test_a_machine_writes_and_a_person_checks(
    app: Flask, people: Cast, ready_video: int, work: Callable[[], int]
) -> None:
    author, page = people.client("author"), f"/admin/video/{ready_video}"
    assert "自动生成字幕" in author.get(page).text
    assert author.post(f"{page}/captions/recognise").status_code == 302
    assert "不用再点" in author.post(f"{page}/captions/recognise").text
    assert "正在自动生成字幕" in author.get(page).text
    assert work() == 1
    assert "机器生成，未经核对" in author.get(page).text
    found = author.get(f"/api/v1/video/{ready_video}/captions/zh").json
    assert found is not None
    assert found["unchecked"] is True
    assert [text for _, _, text in found["cues"]] == ["各位街坊，大家好。", "先问意愿。"]
    assert found["cues"][1][1] <= 9.1, "no longer than the video"
    with app.app_context():
        (track,) = get(ready_video).captions
        assert track.machine_made
    assert author.post(f"{page}/captions/zh/checked", data={"version": "1"}).status_code == 302
    assert "自动生成字幕" not in author.get(page).text
    refused = author.post(f"{page}/captions/recognise")
    assert (refused.status_code, "不能用机器字幕替换" in refused.text) == (422, True)


@pytest.mark.usefixtures("installed")
def test_captions_that_a_person_made_meanwhile_stay(
    app: Flask, people: Cast, ready_video: int, work: Callable[[], int]
) -> None:
    people.client("author").post(f"/admin/video/{ready_video}/captions/recognise")
    caption(app, ready_video)
    assert work() == 1
    with app.app_context():
        (track,) = get(ready_video).captions
        assert not track.machine_made


def test_a_listener_that_hears_nothing_fails_with_a_sentence(
    app: Flask, people: Cast, ready_video: int, work: Callable[[], int], installed: Path
) -> None:
    (installed.parent / "listener.py").write_text("print('{}')", "utf-8")
    author, page = people.client("author"), f"/admin/video/{ready_video}"
    author.post(f"{page}/captions/recognise")
    assert work() == 1
    assert "没有听到说话的声音" in author.get(page).text
    with app.app_context(), transaction():
        job = find_job(RECOGNISE, str(ready_video))
        assert job is not None
        assert job.state == "failed"
