"""Writes of blueprints, and of the topics and difficulties that they draw by."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.errors import Refusal
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.papers.assembling import bank_of
from sanshi_lms.quizzes.papers.drawing import (
    ANY,
    DIFFICULTY_ZH,
    LONGEST_TOPIC,
    MOST_DRAWN,
    Line,
    Shortage,
    draw,
    lines_to_json,
)


def set_blueprint(paper: Paper, lines: Sequence[Line], at: datetime) -> None:
    """Let a paper be drawn by these lines; none at all makes it a fixed paper again.

    Raises Refusal when it cannot be drawn from the bank as it is.
    """
    for line in lines:
        if line.difficulty not in DIFFICULTY_ZH or line.count < 1:
            raise Refusal("每一行要选主题和难度，题数至少是 1。")
    if len({(line.topic, line.difficulty) for line in lines}) != len(lines):
        raise Refusal("有两行的主题和难度相同，请合成一行。")
    if sum(line.count for line in lines) > MOST_DRAWN:
        raise Refusal(f"一份测验最多 {MOST_DRAWN} 题。")
    try:
        draw(bank_of(paper, [line.topic for line in lines]), lines, 0)
    except Shortage as shortage:
        raise Refusal(shortage.sentence()) from None
    before, after = paper.blueprint, lines_to_json(lines) or None
    if before != after:
        paper.blueprint, paper.updated_at = after, at
        note(
            "quizzes.set_blueprint",
            f"paper:{paper.id}",
            {"blueprint": before},
            {"blueprint": after},
        )


def tag_items(paper: Paper, tags: Mapping[int, tuple[str, int]], at: datetime) -> None:
    """Give a full paper's items their topic and difficulty, by item id; others are left alone."""
    changed = 0
    for item in paper.items:
        topic, difficulty = tags.get(item.id, (item.topic, item.difficulty))
        topic = " ".join(topic.split())
        if len(topic) > LONGEST_TOPIC:
            raise Refusal(f"主题最多 {LONGEST_TOPIC} 个字。")
        if difficulty not in DIFFICULTY_ZH or difficulty == ANY:
            raise Refusal("难度只能是易、中、难。")
        if (item.topic, item.difficulty) != (topic, difficulty):
            item.topic, item.difficulty = topic, difficulty
            changed += 1
    if changed:
        paper.updated_at = at
        note("quizzes.tag_items", f"paper:{paper.id}", None, {"tagged": changed})
