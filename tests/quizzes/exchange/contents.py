"""Contents of questions for property tests: sound ones, of any kind that a format may hold."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from sanshi_lms.quizzes.content import (
    Blank,
    Criterion,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.content_rules import content_problem

_CHARS = st.characters(
    codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"], exclude_characters="_"
)
LINES = (
    st.text(
        st.one_of(_CHARS, st.sampled_from("~=#{}:\\/|;；<>&\"'$%->.A1答案（）")),
        min_size=1,
        max_size=24,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
TEXTS = st.lists(LINES, min_size=1, max_size=3).map("\n".join)
_OPTIONS = st.lists(LINES, min_size=2, max_size=5, unique=True)
_NUMBERS = st.decimals(-10_000, 10_000, places=2, allow_nan=False)
_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "explanation_md": st.one_of(st.just(""), TEXTS),
    "topic": st.one_of(st.just(""), LINES),
    "difficulty": st.integers(1, 3),
    "points": st.integers(1, 20),
    "source_clause": st.one_of(st.just(""), LINES),
    "tags": st.lists(LINES, max_size=2, unique=True).map(tuple),
}


@st.composite
def choices(draw: st.DrawFn, kind: str) -> ItemContent:
    texts = draw(_OPTIONS)
    most = 1 if kind == "single" else len(texts)
    right = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1, max_size=most))
    feedback = [draw(st.one_of(st.just(""), LINES)) for _ in texts]
    options = tuple(OptionContent(text, n in right, feedback[n]) for n, text in enumerate(texts))
    return ItemContent(kind, draw(TEXTS), options=options)  # type: ignore[arg-type]


@st.composite
def blanks(draw: st.DrawFn) -> ItemContent:
    keys = draw(
        st.lists(st.lists(LINES, min_size=1, max_size=2, unique=True), min_size=1, max_size=3)
    )
    parts = [draw(st.one_of(st.just(""), LINES)) for _ in keys]
    stem = draw(LINES) + "".join(f" ____ {part}" for part in parts)
    return ItemContent("blanks", stem.strip(), blanks=tuple(Blank(tuple(key)) for key in keys))


@st.composite
def others(draw: st.DrawFn) -> ItemContent:
    kind = draw(st.sampled_from(["true_false", "numeric", "matching", "ordering", "short"]))
    stem, texts = draw(TEXTS), draw(_OPTIONS)
    if kind == "true_false":
        first = draw(st.booleans())
        options = (OptionContent("正确", first), OptionContent("错误", not first))
        return ItemContent("true_false", stem, options=options)
    if kind == "numeric":
        allowed = draw(st.decimals(0, 10, places=2, allow_nan=False))
        units = tuple(
            draw(st.lists(st.sampled_from(["米", "m", "平方米"]), max_size=2, unique=True))
        )
        return ItemContent("numeric", stem, numeric=NumericKey(draw(_NUMBERS), allowed, units))
    if kind == "matching":
        pairs = tuple(Pair(text, draw(LINES)) for text in texts)
        return ItemContent("matching", stem, pairs=pairs)
    if kind == "ordering":
        return ItemContent("ordering", stem, sequence=tuple(texts))
    rubric = tuple(Criterion(text, draw(st.integers(1, 9))) for text in texts)
    return ItemContent("short", stem, rubric=rubric)


@st.composite
def contents(draw: st.DrawFn) -> ItemContent:
    """Any sound content without sub-questions or pictures, with all that it may carry."""
    made = draw(st.one_of(choices("single"), choices("multiple"), blanks(), others()))
    facts: dict[str, Any] = {name: draw(one) for name, one in _FACTS.items()}
    whole = replace(made, **facts)
    if content_problem(whole) is not None:
        return replace(made, explanation_md="")
    return whole
