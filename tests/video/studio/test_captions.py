"""Captions carry the whole narration, in order, one line at a time."""

import wave
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.studio.captions import (
    MAX_LINE,
    SpokenClause,
    break_text,
    make_cues,
    to_webvtt,
)
from sanshi_lms.video.studio.script import parse_script
from sanshi_lms.video.studio.slides import pages_of, point_starts
from sanshi_lms.video.studio.speech import Silent, Spoken, Utterance, split_clauses
from sanshi_lms.video.studio.timeline import plan_captions, plan_chapters, plan_shots, plan_speech

CHINESE = st.text(
    alphabet="老旧小区改造加装电梯规划师建筑师工程师，、；：。“”（）—2024%BIM ", max_size=90
)


@given(CHINESE)
def test_clauses_together_are_the_sentence(sentence: str) -> None:
    assert "".join(split_clauses(sentence)) == sentence


@given(CHINESE)
def test_broken_lines_together_are_the_text(text: str) -> None:
    parts = break_text(text)
    assert "".join(parts) == text
    assert all(parts) or not text


@given(st.text(alphabet="老旧小区改造加装电梯规划师建筑师工程师", min_size=1, max_size=90))
def test_no_line_is_too_long(text: str) -> None:
    assert all(len(part) <= MAX_LINE + 4 for part in break_text(text))


def test_a_line_does_not_begin_with_a_mark_or_cut_a_word() -> None:
    parts = break_text("这些都可以请三师进社区来议一议、看一看，再请大家一起商量着把方案定下来。")
    assert len(parts) == 2
    assert not any(part[0] in "，。、" for part in parts)
    assert not parts[0].endswith("方")


@given(st.lists(st.tuples(CHINESE.filter(str.strip), st.floats(0, 9), st.booleans()), max_size=12))
def test_cues_cover_everything_and_never_overlap(said: list[tuple[str, float, bool]]) -> None:
    clauses, now = [], 0.0
    for text, seconds, ends in said:
        clauses.append(SpokenClause(text, now, now + seconds, ends))
        now += seconds + 0.22
    cues = make_cues(clauses)
    assert "".join(cue.text for cue in cues) == "".join(c.text for c in clauses)
    assert all(cue.start < cue.end for cue in cues)
    assert all(a.end <= b.start + 1e-9 for a, b in pairwise(cues))


def test_webvtt_escapes_what_its_grammar_would_read() -> None:
    text = to_webvtt(make_cues([SpokenClause("甲<b>&乙", 3599.9, 3661.25, ends_sentence=True)]))
    assert text == (
        "WEBVTT\nLanguage: zh-CN\n\n1\n00:59:59.900 --> 01:01:01.250\n甲&lt;b&gt;&amp;乙\n"
    )


def test_a_point_appears_with_the_words_that_say_it() -> None:
    clauses = ["先说大概。", "规划师看全局，", "建筑师管空间，", "让房子更好用，", "工程师管技术。"]
    assert point_starts(["规划师看全局", "建筑师管空间", "工程师管技术"], clauses) == [1, 2, 4]
    assert point_starts([], clauses) == []
    assert point_starts(["甲", "乙"], ["只有一句。"]) == [0, 0]


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(1, 9)), min_size=1, max_size=5),
    st.booleans(),
    st.floats(0.05, 3),
)
def test_pictures_fill_the_sound_exactly(
    slides: list[tuple[int, int]], opening: bool, pace: float
) -> None:
    text = "---\ntitle: 题\n---\n" + ("开场。\n" if opening else "")
    for points, sentences in slides:
        text += "\n## 标题\n" + "- 要点\n" * points + "\n" + "说一句，再说一句。" * sentences
    lecture = parse_script(text)
    plan = plan_speech(lecture)
    now, spans = plan.lead, []
    for clause in plan.clauses:
        spans.append((now, now + pace))
        now += pace + clause.pause
    spoken = Spoken(tuple(spans), now)
    pages = pages_of(lecture)
    shots = plan_shots(lecture, pages, plan, spoken)
    assert sum(shot.frames for shot in shots) == round(now * 25)
    assert all(shot.frames >= 6 for shot in shots)
    assert shots[0].page == 0
    assert [shot.page for shot in shots] == sorted({shot.page for shot in shots})
    # Whatever was too short to be seen on the way, every slide ends with all its points.
    complete = {i for i, page in enumerate(pages) if page.shown == len(page.points)}
    assert complete <= {shot.page for shot in shots}
    found = plan_chapters(lecture, plan, spoken)
    assert [title for _, title in found] == ["题", "标题"], "a heading that goes on is one chapter"
    assert found[0][0] == 0 < found[1][0] < spoken.seconds
    cues = plan_captions(plan, spoken)
    assert "".join(c.text for c in cues) == "".join(lecture.sentences)


def test_silence_lasts_as_long_as_reading(tmp_path: Path) -> None:
    spoken = Silent().speak(
        [Utterance("字" * 40, 0.5), Utterance("字", 1.0)], 2.0, tmp_path / "s.wav"
    )
    assert spoken.spans == ((2.0, 12.0), (12.5, 12.9))
    with wave.open(str(tmp_path / "s.wav")) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(spoken.seconds, abs=0.001)
