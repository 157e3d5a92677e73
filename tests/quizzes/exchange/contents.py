"""Questions of every kind, as hypothesis draws them: sound, and in the way that editors keep text.

Texts have no outer spaces, no double ones, and lines of their own without either.
"""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from sanshi_lms.quizzes.content import (
    Blank,
    ContentKind,
    Criterion,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.content_rules import content_problem
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

SIGNS = "业主电梯表决社区甲乙丙abXYZ019 =~#{}:\\%/|<>&\"'*_-+.,;()（）【】，。；：？→√对错\n"
PLAIN = "业主电梯表决社区甲丙规划师"
WIDE = st.characters(
    codec="utf-8",
    exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"],
    exclude_characters="_/$",
)
"""Signs of any writing; those with a meaning here are drawn from SIGNS."""


def texts(most: int = 30, signs: str = SIGNS) -> st.SearchStrategy[str]:
    """Return texts of several lines."""
    wide = st.sampled_from(signs) | WIDE if signs is not PLAIN else st.sampled_from(signs)
    return st.text(wide, min_size=1, max_size=most).map(_tidy).filter(bool)


def lines(most: int = 16, signs: str = SIGNS) -> st.SearchStrategy[str]:
    """Return texts of one line."""
    return texts(most, signs.replace("\n", "")).map(lambda text: text.replace("\n", " "))


def _tidy(text: str) -> str:
    kept = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join(line for line in kept if line)


def _options(draw: st.DrawFn, kind: str, signs: str) -> tuple[OptionContent, ...]:
    words = draw(st.lists(lines(signs=signs), min_size=2, max_size=6, unique=True))
    first = draw(st.integers(0, len(words) - 1))
    more = draw(st.sets(st.integers(0, len(words) - 1))) if kind == "multiple" else set()
    return tuple(OptionContent(w, n == first or n in more) for n, w in enumerate(words))


def _numeric(draw: st.DrawFn) -> NumericKey:
    number = st.decimals(-9999, 9999, places=2)
    tolerance = draw(st.decimals(0, 99, places=1)).copy_abs()
    units = draw(st.lists(st.sampled_from(["米", "m", "平方米", "%"]), max_size=2, unique=True))
    return NumericKey(draw(number) + Decimal(0), tolerance, tuple(units))


@st.composite
def contents(draw: st.DrawFn, signs: str = SIGNS, *, parts: bool = True) -> ItemContent:
    """Return a sound question of any kind but hotspot, which needs a picture."""
    kinds: list[ContentKind] = ["single", "multiple", "true_false", "blanks", "ordering",
                                "matching", "numeric", "short"]  # fmt: skip
    kind = draw(st.sampled_from([*kinds, "case"] if parts else kinds))
    base = ItemContent(
        kind,
        draw(texts(signs=signs)),
        draw(st.just("") | texts(signs=signs)),
        points=draw(st.integers(1, 100)),
        topic=draw(st.just("") | lines(signs=signs.replace("/", "").replace("$", ""))),
        difficulty=draw(st.integers(1, 3)),
        source_clause=draw(st.just("") | lines(signs=signs)),
        tags=tuple(draw(st.lists(lines(signs=signs), max_size=2, unique=True))),
    )
    return _filled(draw, base, signs)


def _filled(draw: st.DrawFn, base: ItemContent, signs: str) -> ItemContent:
    match base.kind:
        case "single" | "multiple":
            return replace(base, options=_options(draw, base.kind, signs))
        case "true_false":
            truth = draw(st.booleans())
            pairs = zip(TRUE_FALSE_TEXTS, (truth, not truth), strict=True)
            return replace(base, options=tuple(OptionContent(w, right) for w, right in pairs))
        case "blanks":
            pieces = draw(st.lists(texts(signs=signs.replace("_", "")), min_size=2, max_size=4))
            spelled = st.lists(lines(signs=signs), min_size=1, max_size=3, unique=True)
            blanks = tuple(Blank(tuple(draw(spelled))) for _ in pieces[1:])
            return replace(base, stem_md="___".join(pieces), blanks=blanks)
        case "ordering":
            steps = draw(st.lists(lines(signs=signs), min_size=2, max_size=6, unique=True))
            return replace(base, sequence=tuple(steps))
        case "matching":
            left = draw(st.lists(lines(signs=signs), min_size=2, max_size=5, unique=True))
            pairs_ = [Pair(one, draw(lines(signs=signs))) for one in left]
            return replace(base, pairs=(*pairs_, *(Pair("", "多余") for _ in left[3:])))
        case "numeric":
            return replace(base, numeric=_numeric(draw))
        case "short":
            rubric = draw(st.lists(lines(signs=signs), min_size=1, max_size=3))
            criteria = tuple(Criterion(one, draw(st.integers(1, 20))) for one in rubric)
            return replace(base, rubric=criteria)
    inner = draw(st.lists(contents(signs, parts=False), min_size=1, max_size=3))
    return replace(base, parts=tuple(inner))


def sound(content: ItemContent) -> bool:
    """Tell whether the one rule lets a question pass."""
    return content_problem(content) is None
