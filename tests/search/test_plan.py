"""A query is data: nothing a person types has a meaning that could break or slow the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.search.plan import MAX_NEEDS, Need, corrections, plan


def terms(query: str) -> list[str]:
    return [term for need in plan(query, {}).needs for term in need.terms]


def test_question_words_are_left_out() -> None:
    assert terms("老旧小区怎么加装电梯") == ["老旧小区", "加装电梯"]
    assert terms("怎么办") == ["怎么", "么办"]


def test_a_lone_character_of_a_longer_query_is_taken_with_its_neighbour() -> None:
    assert terms("装电梯") == ["装电", "电梯"]


def test_a_quoted_phrase_must_stand_as_it_is() -> None:
    wanted = plan("“居民意愿怎么征询” BIM", {})
    assert wanted.phrases == ("居民意愿怎么征询",)
    assert wanted.needs[-1] == Need(("bim",), prefix=True)


def test_a_single_character_and_the_last_latin_word_are_prefixes() -> None:
    assert plan("梯", {}).needs == (Need(("梯",), prefix=True),)
    assert plan("BIM gis", {}).needs == (Need(("bim",)), Need(("gis",), prefix=True))


def test_a_compound_word_may_be_said_in_its_parts() -> None:
    assert plan("费用分摊", {}).needs == (Need(("费用分摊",), parts=("费用", "分摊")),)


def test_query_language_is_only_text() -> None:
    assert terms("电梯 AND (改造 OR *) NOT [a TO z]~2^9") == [
        "电梯", "and", "改造", "or", "not", "a", "to", "z", "2", "9",
    ]  # fmt: skip


def test_marks_are_what_was_asked_for() -> None:
    assert plan("老旧小区怎么加装电梯").marks[0] == "老旧小区怎么加装电梯"
    assert {"老旧小区", "加装电梯"} <= set(plan("老旧小区怎么加装电梯").marks)
    assert "怎么" not in plan("老旧小区怎么加装电梯").marks
    assert plan("电梯", {}).marks == ("电梯",)


@given(st.text(max_size=5000))
def test_any_query_becomes_a_small_plan(query: str) -> None:
    wanted = plan(query)
    assert len(wanted.needs) <= MAX_NEEDS
    assert all(all(need.terms) for need in wanted.needs)
    assert all(wanted.marks)


@given(st.text(st.sampled_from("“”\"'「」『』老旧小区 ()"), max_size=60))
def test_unbalanced_quotes_do_no_harm(query: str) -> None:
    assert plan(query).phrases == tuple(p for p in plan(query).phrases if p)


def test_one_mistyped_character_is_put_right() -> None:
    assert corrections("加装电剃费用")[0] == "加装电梯费用"
    assert "加装电梯" not in corrections("加装电梯")
    assert corrections("电剃") == []


def test_another_word_for_the_same_is_looked_for_too() -> None:
    (need,) = plan("旧改", {"旧改": ("老旧小区改造", "老院子")}).needs
    assert need.terms == ("旧改",)
    assert need.others == (("老旧小区改造",), ("老院", "院子"))
    assert "老旧小区改造" in plan("旧改怎么做", {"旧改": ("老旧小区改造",)}).marks


def test_a_word_with_synonyms_may_be_cut_in_several_by_the_segmenter() -> None:
    assert [need.others for need in plan("墙皮脱落怎么办", {"墙皮脱落": ("外墙脱落",)}).needs] == [
        (("外墙脱落",),)
    ]


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("15分钟", ("十五",)),
        ("十五分钟", ("15", "分钟")),
        ("二十五层", ("25",)),
        ("第三讲", ("第", "3")),
        ("2026年", ("二千", "千零", "零二", "二十", "十六")),
    ],
)
def test_a_number_is_found_however_it_is_written(query: str, other: tuple[str, ...]) -> None:
    assert other in [one for need in plan(query, {}).needs for one in need.others]


def test_sanshi_is_no_number() -> None:
    assert not any(need.others for need in plan("三师进社区", {}).needs)


def test_letters_may_stand_for_words() -> None:
    (need,) = plan("dianti", {}, lambda letters: ["电梯"] if letters == "dianti" else []).needs
    assert need.others == (("电梯",),)
