"""Rules of the editorial flow: whatever people try, three others have read what is published."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.courses.editorial import rules
from sanshi_lms.courses.editorial.freezing import differences
from sanshi_lms.courses.editorial.rules import Facts, Hand, Stage, State, Step
from sanshi_lms.courses.editorial.wording import Mark, counted, pieces, shortened

AUTHOR = frozenset({Hand.WRITER, Hand.REVIEWER})
ADMIN = AUTHOR | {Hand.CHIEF}
TEAM = {1: AUTHOR, 2: AUTHOR, 3: AUTHOR, 4: ADMIN, 5: ADMIN}
WAY = (("submit", 1), ("pass_first", 2), ("pass_second", 3), ("pass_final", 5))
WHEN = datetime(2026, 3, 5, 1, tzinfo=UTC)


class Walk:
    """A course that people act on, kept as the tables keep it; `text` counts changes of it."""

    def __init__(self) -> None:
        self.status, self.stage, self.timed = "draft", Stage.WRITING.value, False
        self.reviews = True
        self.text = self.frozen = 0
        self.done: list[tuple[str, int | None]] = []
        self.read: list[int] = []

    def facts(self, person: int) -> Facts:
        submitted, passed = rules.round_of(self.done)
        state = rules.state_of(self.status, self.stage, timed=self.timed, reviews=self.reviews)
        return Facts(
            state, TEAM[person], person in submitted, person in passed, reviews=self.reviews
        )

    def take(self, verb: str, person: int) -> Step | None:
        try:
            step = rules.step_of(verb, self.facts(person))
        except rules.NotAllowed:
            return None
        if step.same and self.reviews and self.text != self.frozen:
            return None
        if verb == "submit" or (verb in {"schedule", "publish"} and not self.reviews):
            self.frozen = self.text
        if step.end in {State.PUBLISHED, State.WITHDRAWN}:
            self.status, self.stage, self.timed = step.end.value, Stage.WRITING.value, False
        else:
            self.stage = rules.stage_after(step, self.stage, reviews=self.reviews)
            self.timed = step.end is State.SCHEDULED
        self.done.append((verb, person))
        self.read.append(self.text)
        return step

    def look_away(self, deed: str) -> bool:
        """Do what is no step: turn the switch, or change the text as a pack may at any time."""
        if deed == "switch":
            self.reviews = not self.reviews
        elif deed == "edit":
            self.text += 1
        return deed in {"switch", "edit"}


deeds = st.sampled_from([*rules.STEPS, "switch", "edit"])
someone = st.sampled_from(list(TEAM))
acts = st.lists(st.tuples(deeds, someone), max_size=12)
# Chance alone seldom walks the whole way: these walk it with whoever comes, then do something else.
VERBS = [*(verb for verb, _ in WAY), "publish"]
walks = st.lists(someone, min_size=5, max_size=5).map(
    lambda who: list(zip(VERBS, who, strict=True))
)
ways = st.lists(walks | acts, max_size=5).map(lambda parts: list(itertools.chain(*parts)))


@given(ways)
def test_nothing_is_published_that_three_others_have_not_passed(
    tried: list[tuple[str, int]],
) -> None:
    walk = Walk()
    for verb, person in tried:
        if walk.look_away(verb):
            continue
        step = walk.take(verb, person)
        if step is None or step.end is not State.PUBLISHED or not walk.reviews:
            continue
        before = walk.done[:-1]
        start = max((i for i, (v, _) in enumerate(before) if v == "submit"), default=-1)
        assert start >= 0
        passed = [
            (v, who, walk.read[place])
            for place, (v, who) in enumerate(before)
            if place > start and v in rules.PASSES
        ]
        assert [v for v, _, _ in passed] == ["pass_first", "pass_second", "pass_final"]
        people = {who for _, who, _ in passed}
        assert len(people) == 3
        assert before[start][1] not in people
        assert Hand.CHIEF in TEAM[passed[2][1] or 0]
        assert {text for _, _, text in passed} == {walk.text}, "they read something else"


def test_the_whole_way_leads_to_everybody() -> None:
    walk = Walk()
    assert all(walk.take(verb, person) for verb, person in WAY)
    assert walk.take("publish", 4)
    assert walk.take("withdraw", 4)
    assert walk.take("submit", 2)
    assert walk.take("pass_first", 1), "what they submitted was another round"


def test_turning_the_switch_off_and_on_does_not_carry_passes_over_to_another_text() -> None:
    walk = Walk()
    for verb, person in WAY:
        walk.take(verb, person)
    for verb in ("switch", "edit"):
        walk.look_away(verb)
    assert walk.take("schedule", 4)
    walk.look_away("switch")
    assert walk.facts(4).state is State.DRAFT
    assert walk.take("publish", 4) is None


@given(ways)
def test_every_state_is_told_and_leads_on_for_somebody(tried: list[tuple[str, int]]) -> None:
    walk = Walk()
    for verb, person in tried:
        if not walk.look_away(verb):
            walk.take(verb, person)
        facts = [walk.facts(person) for person in TEAM]
        state = facts[0].state
        assert rules.STATES[state][0]
        assert rules.line_of(state, reviews=walk.reviews)
        assert any(rules.possible(one) for one in facts), "a dead end"
        waiting = [one for one in facts if rules.waits_for(one)]
        assert all(not (one.submitted and one.state in rules.REVIEWS) for one in waiting)
        assert bool(waiting) <= (state in rules.UNDER_WAY)


def test_a_refusal_is_a_sentence() -> None:
    walk = Walk()
    for verb, person in (("publish", 4), ("withdraw", 4), ("pass_first", 4), ("no", 1)):
        with pytest.raises(rules.NotAllowed, match=r"。$"):
            rules.step_of(verb, walk.facts(person))


def test_without_the_switch_an_administrator_publishes_at_once() -> None:
    walk = Walk()
    walk.reviews = False
    assert walk.take("submit", 1) is None
    assert walk.take("publish", 1) is None
    assert walk.take("publish", 4) is not None
    assert walk.status == "published"


def test_a_return_begins_the_three_anew_and_another_submitter_frees_nobody() -> None:
    walk = Walk()
    back = (("submit", 1), ("pass_first", 2), ("return_second", 3))
    for verb, person in (*back, *back, ("submit", 2)):
        assert walk.take(verb, person), verb
    assert walk.take("pass_first", 1) is None, "who submitted it before wrote it too"
    for verb, person in (("pass_first", 3), ("pass_second", 5), ("pass_final", 4)):
        assert walk.take(verb, person), verb


def test_a_time_that_was_set_before_the_switch_does_not_slip_past_it() -> None:
    assert rules.state_of("draft", "writing", timed=True, reviews=False) is State.SCHEDULED
    assert rules.state_of("draft", "writing", timed=True, reviews=True) is State.DRAFT
    assert rules.state_of("draft", "passed", timed=True, reviews=True) is State.SCHEDULED


@pytest.mark.parametrize(
    ("later", "wrong"),
    [
        (timedelta(0), True), (timedelta(seconds=1), False), (timedelta(days=366), False),
        (timedelta(days=366, seconds=1), True), (timedelta(days=-1), True),
    ],
)  # fmt: skip
def test_a_moment_lies_ahead_and_within_a_year(later: timedelta, wrong: bool) -> None:
    assert bool(rules.moment_problem(WHEN + later, WHEN)) is wrong


def test_words_are_locked_while_others_read_them() -> None:
    for state in (*rules.UNDER_WAY, State.SCHEDULED):
        assert rules.locked(state, ADMIN, reviews=True)
        assert not rules.locked(state, ADMIN, reviews=False)
    assert rules.locked(State.PUBLISHED, AUTHOR, reviews=True)
    assert not rules.locked(State.PUBLISHED, ADMIN, reviews=True)
    assert not rules.locked(State.DRAFT, AUTHOR, reviews=True)


texts = st.text(alphabet="电梯加装。，！\n居民a b1 #😀", max_size=120)


@given(texts, texts)
def test_pieces_make_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(one.text for one in found if one.mark is not Mark.PUT) == old
    assert "".join(one.text for one in found if one.mark is not Mark.OUT) == new
    assert all(one.text for one in found)
    assert all(a.mark is not b.mark for a, b in itertools.pairwise(found))
    if old == new:
        assert counted(found) == (0, 0)
    left = shortened(found)
    assert sum(len(one.text) + one.left_out for one in left) == sum(len(x.text) for x in found)
    assert counted(left) == counted(found)


def test_chinese_is_compared_by_characters_not_by_lines() -> None:
    old = "加装电梯要三分之二的业主同意。先问每一户的意愿。"
    found = pieces(old, old.replace("三分之二", "四分之三"))
    kept = [one.text for one in found if one.mark is Mark.KEPT]
    assert kept[0] == "加装电梯要"
    assert kept[-1].endswith("的业主同意。先问每一户的意愿。")
    assert counted(found)[0] <= 4


def test_far_text_is_left_out_in_words_and_long_texts_take_no_time() -> None:
    long = "".join(f"第 {n} 句说一件事。" for n in range(20_000))
    found = shortened(pieces(long, long.replace("第 9000 句", "第 9000 句，补充，")))
    assert counted(found)[1] == 4
    assert sum(len(one.text) for one in found) < 400
    assert max(one.left_out for one in found) > 50_000
    same = "同一句话。" * 5000
    assert counted(pieces(same + "甲。" + same, same + "乙。" + same)) == (1, 1)
    assert counted(pieces("\n甲\n" * 9000, "\n乙\n" * 9000))[0] >= 9000


def lesson(number: int, title: str, body: str = "正文。") -> dict[str, object]:
    return {
        "id": number, "slug": f"l{number}", "title": title, "kind": "reading", "target_id": None,
        "minutes": 6, "required": True, "body_md": body, "files": [],
    }  # fmt: skip


def frozen(*lessons: dict[str, object], **changed: object) -> dict[str, object]:
    plain = {
        "slug": "lift", "title": "加装电梯", "summary": "三步。", "description_md": "",
        "topic": "城市更新", "kind": "技能培训", "credit_hours": "0.5", "category": "专业",
        "in_order": False, "season": 0, "issue": 0, "audience": ["居民"],
    }  # fmt: skip
    return {**plain, **changed, "lessons": list(lessons)}


def test_lessons_are_known_by_their_number_wherever_they_stand() -> None:
    old = frozen(lesson(1, "问意愿"), lesson(2, "表决"), lesson(3, "报建"))
    new = frozen(lesson(2, "依法表决"), lesson(1, "问意愿"), lesson(4, "施工"), title="装电梯")
    sections = differences(old, new, {"reading": "图文"})
    found = {one.title: (one.note, [c.label for c in one.changes]) for one in sections}
    assert found["课程信息"] == ("", ["标题"])
    assert found["第 1 课“依法表决”"] == ("原来是第 2 课", ["标题"])
    assert found["第 2 课“问意愿”"] == ("原来是第 1 课", [])
    assert found["第 3 课“施工”"][0] == "新加的一课"
    assert found["原来的第 3 课“报建”"][0] == "删掉的一课"
    assert differences(old, old, {}) == []
    shifted = differences(old, frozen(lesson(2, "表决"), lesson(3, "报建")), {})
    assert [one.title for one in shifted] == ["原来的第 1 课“问意愿”"], "others only moved up"
