"""A query is data: nothing a person types has a meaning that could break or slow the search."""

from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.search.plan import MAX_NEEDS, Need, corrections, plan


def terms(query: str) -> list[str]:
    return [need.term for need in plan(query).needs]


def test_question_words_are_left_out() -> None:
    assert terms("老旧小区怎么加装电梯") == ["老旧小区", "加装电梯"]
    assert terms("怎么办") == ["怎么", "么办"]


def test_a_lone_character_of_a_longer_query_is_taken_with_its_neighbour() -> None:
    assert terms("装电梯") == ["装电", "电梯"]


def test_a_quoted_phrase_must_stand_as_it_is() -> None:
    wanted = plan("“居民意愿怎么征询” BIM")
    assert wanted.phrases == ("居民意愿怎么征询",)
    assert wanted.needs[-1] == Need("bim", prefix=True)


def test_a_single_character_and_the_last_latin_word_are_prefixes() -> None:
    assert plan("梯").needs == (Need("梯", prefix=True),)
    assert plan("BIM gis").needs == (Need("bim"), Need("gis", prefix=True))


def test_a_compound_word_may_be_said_in_its_parts() -> None:
    assert plan("费用分摊").needs == (Need("费用分摊", parts=("费用", "分摊")),)


def test_query_language_is_only_text() -> None:
    assert terms("电梯 AND (改造 OR *) NOT [a TO z]~2^9") == [
        "电梯", "and", "改造", "or", "not", "a", "to", "z", "2", "9",
    ]  # fmt: skip


def test_marks_are_what_was_asked_for() -> None:
    assert plan("老旧小区怎么加装电梯").marks[0] == "老旧小区怎么加装电梯"
    assert {"老旧小区", "加装电梯"} <= set(plan("老旧小区怎么加装电梯").marks)
    assert "怎么" not in plan("老旧小区怎么加装电梯").marks


@given(st.text(max_size=5000))
def test_any_query_becomes_a_small_plan(query: str) -> None:
    wanted = plan(query)
    assert len(wanted.needs) <= MAX_NEEDS
    assert all(need.term for need in wanted.needs)
    assert all(wanted.marks)


@given(st.text(st.sampled_from("“”\"'「」『』老旧小区 ()"), max_size=60))
def test_unbalanced_quotes_do_no_harm(query: str) -> None:
    assert plan(query).phrases == tuple(p for p in plan(query).phrases if p)


def test_one_mistyped_character_is_put_right() -> None:
    assert corrections("加装电剃费用")[0] == "加装电梯费用"
    assert "加装电梯" not in corrections("加装电梯")
    assert corrections("电剃") == []
