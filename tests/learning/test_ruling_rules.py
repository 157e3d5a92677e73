"""The rule as a sentence, first-view order, and signs of life: pure rules."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.learning.ruling.rules import (
    CLAUSES,
    ORDER_TOLERANCE_MS,
    Rule,
    asked,
    attended,
    frontier,
    in_order,
    made_of,
    problem,
)
from sanshi_lms.learning.stretches import length, merge

MINUTE = 60_000
RULES = st.builds(
    made_of,
    name=st.just("严格版"),
    version=st.integers(1, 50),
    asked_for=st.fixed_dictionaries(
        {
            "share_percent": st.integers(10, 100),
            "fastest_percent": st.integers(100, 400),
            "in_order": st.booleans(),
            "presence_minutes": st.integers(0, 120),
            "questions": st.booleans(),
            "quiz_percent": st.integers(0, 100),
            "reading_percent": st.integers(0, 200),
            "tick": st.booleans(),
        }
    ),
).filter(lambda rule: problem(rule) is None)
STRETCHES = st.lists(
    st.tuples(st.integers(0, 600_000), st.integers(1, 60_000)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=12,
).map(lambda found: merge(found))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (Rule(), "视频看满 90% 就算学完"),
        (Rule(), "2 倍速以内都算"),
        (Rule(share=1.0), "视频全部看完（100%）才算学完"),
        (Rule(fastest=1.0), "按 1 倍速看才计入"),
        (Rule(fastest=1.25), "1.25 倍速以内都算"),
        (Rule(in_order=True), "没看过的部分不能跳过去"),
        (Rule(presence_minutes=10), "连续播放 10 分钟没有动静会问一声“还在看吗”"),
        (Rule(questions=False), "弹题只作练习"),
        (Rule(quiz_percent=80), "测验及格并且不低于 80 分才算学完"),
        (Rule(), "图文读完后点“我读完了”就算学完"),
        (Rule(reading_percent=50), "图文要在页面上读满所标分钟数的 50%，再点“我读完了”"),
        (Rule(reading_percent=50, tick=False), "图文要在页面上读满所标分钟数的 50%就算学完"),
        (Rule(), "7 天内联网就补记，一次最多补 2 小时"),
    ],
)
def test_what_the_sentence_says(rule: Rule, words: str) -> None:
    assert words.replace(" 50%就", " 50% 就") in rule.sentence().replace(" 50%就", " 50% 就")


@given(RULES)
def test_every_combination_reads_well(rule: Rule) -> None:
    sentence = rule.sentence()
    assert sentence.endswith("。")
    assert sentence.count("。") == 1
    assert not re.search(r"[，；。、：]{2}|[，；]$|\s{2}|  |^[，；]", sentence)
    assert "None" not in sentence
    assert "True" not in sentence
    numbers = set(re.findall(r"\d+(?:\.\d+)?", sentence))
    wanted = {f"{rule.share_percent}", f"{rule.fastest_percent / 100:g}"}
    for number in (rule.presence_minutes, rule.quiz_percent, rule.reading_percent):
        wanted |= {str(number)} if number else set()
    assert wanted <= numbers
    for kind in ("video", "reading", "quiz"):  # what numbers decide; the others are one word each
        assert rule.sentence_for(kind).rstrip("。") in sentence
    like_text = (
        rule.sentence_for("document").replace("文档", "图文").replace("我看完了", "我读完了")
    )
    assert like_text == rule.sentence_for("reading")
    assert all(rule.sentence_for(kind).endswith("。") for kind in CLAUSES)


@given(RULES)
def test_different_rules_read_differently(rule: Rule) -> None:
    for change in (
        {"in_order": not rule.in_order},
        {"questions": not rule.questions},
        {"presence_minutes": rule.presence_minutes + 1},
        {"quiz_percent": (rule.quiz_percent + 1) % 101},
        {"reading_percent": rule.reading_percent + 1},
    ):
        assert replace(rule, **change).sentence() != rule.sentence()


@given(RULES)
def test_a_rule_survives_its_table(rule: Rule) -> None:
    assert made_of(rule.name, rule.version, asked(rule)) == rule


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"share": 0.09}, "share_percent"),
        ({"share": 1.01}, "share_percent"),
        ({"fastest": 0.99}, "fastest_percent"),
        ({"fastest": 4.01}, "fastest_percent"),
        ({"presence_minutes": -1}, "presence_minutes"),
        ({"quiz_percent": 101}, "quiz_percent"),
        ({"reading_percent": 201}, "reading_percent"),
        ({"tick": False}, "tick"),
        ({"name": "  "}, "name"),
        ({"name": "字" * 31}, "name"),
    ],
)
def test_unsound_rules_are_told_where(change: dict[str, float], field: str) -> None:
    found = problem(replace(Rule(), **change))  # type: ignore[arg-type]
    assert found is not None
    assert found[0] == field


@pytest.mark.parametrize(
    ("seen", "played", "counted"),
    [
        ([], [(0, 10_000)], [(0, 10_000)]),
        ([], [(100_000, 110_000)], []),
        ([(0, 10_000)], [(10_000, 20_000)], [(10_000, 20_000)]),
        ([(0, 10_000)], [(10_000 + ORDER_TOLERANCE_MS, 20_000)], [(13_000, 20_000)]),
        ([(0, 10_000)], [(10_001 + ORDER_TOLERANCE_MS, 20_000)], []),
        ([], [(0, 10_000), (50_000, 60_000)], [(0, 10_000)]),
        ([(0, 5_000), (50_000, 60_000)], [(55_000, 70_000)], [(55_000, 60_000)]),
        ([(0, 60_000)], [(0, 30_000), (60_000, 90_000)], [(0, 30_000), (60_000, 90_000)]),
    ],
)
def test_first_view_order(
    seen: list[tuple[int, int]], played: list[tuple[int, int]], counted: list[tuple[int, int]]
) -> None:
    assert list(in_order(seen, played)) == counted


@given(STRETCHES, STRETCHES)
def test_order_never_adds_and_never_leaves_a_gap(
    seen: tuple[tuple[int, int], ...], played: tuple[tuple[int, int], ...]
) -> None:
    counted = in_order(seen, played)
    assert merge([*counted, *played]) == played
    before, after = frontier(seen), frontier([*seen, *counted])
    assert after >= before
    # Whatever is new lies before the place up to which everything was seen.
    fresh = length(merge([*seen, *counted])) - length(merge(seen))
    reached = [piece for piece in merge([*seen, *counted]) if piece[0] <= after]
    assert fresh <= length(reached)


@pytest.mark.parametrize(
    ("idle", "played", "sign", "counted", "idle_after", "cut"),
    [
        (0, [(0, 4 * MINUTE)], False, [(0, 4 * MINUTE)], 4 * MINUTE, False),
        (4 * MINUTE, [(0, MINUTE)], False, [(0, MINUTE)], 5 * MINUTE, False),
        (4 * MINUTE, [(0, 3 * MINUTE)], False, [(0, MINUTE)], 5 * MINUTE, True),
        (5 * MINUTE, [(0, MINUTE)], False, [], 5 * MINUTE, True),
        (5 * MINUTE, [(0, MINUTE)], True, [(0, MINUTE)], MINUTE, False),
        (0, [(0, 99 * MINUTE)], True, [(0, 5 * MINUTE)], 5 * MINUTE, True),
        (3 * MINUTE, [(0, MINUTE), (9 * MINUTE, 11 * MINUTE)], False,
         [(0, MINUTE), (9 * MINUTE, 10 * MINUTE)], 5 * MINUTE, True),
    ],
)  # fmt: skip
def test_what_counts_around_the_question(
    idle: int,
    played: list[tuple[int, int]],
    sign: bool,
    counted: list[tuple[int, int]],
    idle_after: int,
    cut: bool,
) -> None:
    found = attended(idle, played, 5 * MINUTE, sign=sign)
    assert (list(found.stretches), found.idle_ms, found.cut) == (counted, idle_after, cut)


def test_without_a_question_everything_counts() -> None:
    assert attended(10**9, [(0, MINUTE)], 0, sign=False).stretches == ((0, MINUTE),)


@given(st.lists(st.tuples(STRETCHES, st.booleans()), max_size=8), st.integers(1, 10))
def test_between_two_signs_never_more_counts_than_the_limit(
    reports: list[tuple[tuple[tuple[int, int], ...], bool]], minutes: int
) -> None:
    idle, since = 0, 0
    for stretches, sign in reports:
        found = attended(idle, stretches, minutes * MINUTE, sign=sign)
        since = (0 if sign else since) + length(found.stretches)
        idle = found.idle_ms
        assert since <= minutes * MINUTE
        assert merge([*found.stretches, *stretches]) == stretches
