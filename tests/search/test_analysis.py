"""Text becomes terms so that any two neighbouring characters are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.search.analysis import HAN, document_terms, fold, runs, segment, squeeze

HAN_TEXT = st.text(
    st.sampled_from("老旧小区加装电梯规划师社改造的一三城市更新"), min_size=2, max_size=40
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("老旧小区改造怎么做", "改造"),
        ("重庆市社区规划师工作指南", "规划师"),
        ("渝中区老旧小区加装电梯", "老旧小区"),
        ("15分钟高品质生活服务圈", "分钟"),
        ("“三师”进社区", "三师进社区"),
        ("ＢＩＭ技术", "bim"),
        ("执行GB50352的规定", "50352"),
        ("加装\n电梯", "装电"),
        ("十五分钟生活圈", "生活圈"),
    ],
)
def test_a_word_inside_a_longer_text_is_a_term(text: str, word: str) -> None:
    assert word in document_terms(squeeze(text))


def test_each_occurrence_of_a_domain_word_counts_once() -> None:
    terms = document_terms(squeeze("在社区建生活圈，生活圈"))
    assert terms["生活圈"] == 2


def test_the_field_s_words_win_over_the_general_segmenter() -> None:
    assert segment("三师微课堂")[0].startswith("三师")
    assert segment("老旧小区怎么加装电梯") == ["老旧小区", "怎么", "加装电梯"]


def test_single_characters_are_terms_of_titles_only() -> None:
    assert "梯" in document_terms("加装电梯", single=True)
    assert "梯" not in document_terms("加装电梯")


@given(st.text(max_size=200))
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(HAN_TEXT)
def test_every_neighbouring_pair_is_a_term(text: str) -> None:
    terms = document_terms(squeeze(text))
    assert all(text[i : i + 2] in terms for i in range(len(text) - 1))


@given(HAN_TEXT, st.sampled_from(["“", "”", "《", " ", "\n", "’"]), st.integers(1, 39))
def test_a_quotation_mark_or_a_line_break_does_not_part_a_run(
    text: str, mark: str, at: int
) -> None:
    assert runs(text[:at] + mark + text[at:]) == [text] or at >= len(text)


@given(st.text(max_size=300))
def test_any_text_at_all_gives_bounded_terms(text: str) -> None:
    squeezed = squeeze(text)
    terms = document_terms(squeezed, single=True)
    assert all(terms)
    assert terms.total() <= 8 * len(squeezed) + 8


def test_the_han_class_knows_rare_characters() -> None:
    assert runs("𠮷林路，㐂") == ["𠮷林路", "㐂"]
    assert HAN
