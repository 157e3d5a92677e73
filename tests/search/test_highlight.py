"""Found words are marked on escaped text; a caption is found at its second."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from sanshi_lms.core.registers import Cue
from sanshi_lms.search.highlight import marked, moments, snippet
from sanshi_lms.search.plan import plan

CUES = [
    Cue(0.0, "大家好，欢迎来到三师微课堂。"),
    Cue(6.4, "今天我们讲老旧小区"),
    Cue(9.1, "加装电梯要走哪几步。"),
    Cue(192.6, "加装电梯的费用怎么分摊？"),
    Cue(400.0, "谢谢大家，下次再见。"),
]


def test_words_are_marked() -> None:
    assert marked("老旧小区加装电梯", ("电梯",)) == Markup("老旧小区加装<mark>电梯</mark>")


def test_text_is_escaped_inside_and_outside_of_marks() -> None:
    assert marked("<b>电梯</b> & <mark>", ("电梯",)) == Markup(
        "&lt;b&gt;<mark>电梯</mark>&lt;/b&gt; &amp; &lt;mark&gt;"
    )


def test_full_width_and_quotes_are_marked_as_they_stand() -> None:
    assert marked("ＢＩＭ与“三师”进社区", plan("bim 三师进社区").marks) == Markup(
        "<mark>ＢＩＭ</mark>与“<mark>三师”进社区</mark>"
    )


def test_the_snippet_shows_the_place_with_most_words() -> None:
    text = "电梯。" + "无关的话。" * 60 + "这里讲电梯的费用分摊方案。" + "无关的话。" * 60
    shown = snippet([text], plan("电梯 费用 分摊").marks)
    assert "<mark>费用</mark>" in shown
    assert len(shown.striptags()) < 110


def test_a_snippet_without_a_hit_is_the_beginning() -> None:
    assert snippet(["", "第一句。第二句。"], ("没有",)) == Markup("第一句。第二句。")
    assert snippet([], ("没有",)) == Markup("")


def test_a_caption_is_found_at_its_second() -> None:
    found = moments(CUES, plan("费用分摊").marks)
    assert [m.seconds for m in found] == [192]
    assert "<mark>费用</mark>" in found[0].text


def test_words_that_run_over_two_captions_are_found_in_the_first() -> None:
    found = moments(CUES, plan("老旧小区加装电梯").marks)
    assert [m.seconds for m in found] == [6]


def test_no_caption_no_moment() -> None:
    assert moments(CUES, plan("海绵城市").marks) == []
    assert moments([], plan("电梯").marks) == []


@given(st.text(max_size=300), st.text(max_size=20))
def test_any_text_with_any_query_stays_escaped(text: str, query: str) -> None:
    marks = plan(query).marks
    for shown in (marked(text, marks), snippet([text], marks)):
        bare = shown.replace("<mark>", "").replace("</mark>", "")
        assert "<" not in bare
        assert ">" not in bare
    assert "".join(marked(text, marks).striptags().split()) or not text.strip() or "<" in text
