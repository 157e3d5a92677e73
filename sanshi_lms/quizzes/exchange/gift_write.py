"""Questions as GIFT, the text format of Moodle."""

import re
from collections.abc import Sequence

from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import BLANK

_SIGNS = re.compile(r"([\\~=#{}:])")


def write_gift(contents: Sequence[ItemContent]) -> bytes:
    """Return a text in UTF-8; kinds that GIFT has no words for are left out."""
    pieces: list[str] = []
    topic = ""
    for number, content in enumerate(contents, 1):
        answer = _answer(content)
        if answer is None:
            continue
        if content.topic != topic:
            topic = content.topic
            pieces.append(f"$CATEGORY: $course$/top/{topic.replace('/', '//')}".rstrip("/"))
        why = f"\n####{escaped(content.explanation_md)}" if content.explanation_md else ""
        before, after = content.stem_md, ""
        if content.kind == "blanks":
            before, after = BLANK.split(content.stem_md, maxsplit=1)
        inner = f"{answer}{why}"
        pieces.append(f"::第 {number} 题::[markdown]{escaped(before)}{{{inner}}}{escaped(after)}")
    return ("\n\n".join(pieces) + "\n").encode()


def escaped(text: str) -> str:
    """Return `text` with the signs of the format escaped and on one line."""
    return _SIGNS.sub(r"\\\1", text).replace("\n", "\\n")


def _answer(content: ItemContent) -> str | None:
    match content.kind:
        case "single":
            lines = [
                ("=" if one.correct else "~")
                + _text(one.text_md, 100 * one.correct)
                + _told(one.feedback_md)
                for one in content.options
            ]
        case "multiple":
            right = sum(one.correct for one in content.options)
            lines = [
                f"~%{_weight(right) if one.correct else '-100'}%{escaped(one.text_md)}"
                + _told(one.feedback_md)
                for one in content.options
            ]
        case "true_false":
            return "TRUE" if content.options[0].correct else "FALSE"
        case "blanks" if len(content.blanks) == 1:
            lines = [f"={_text(text)}" for text in content.blanks[0].accepted]
        case "matching":
            lines = [f"={escaped(pair.left)} -> {escaped(pair.right)}" for pair in content.pairs]
        case "numeric" if content.numeric:
            return f"#{content.numeric.value:f}:{content.numeric.tolerance:f}"
        case "short":
            return ""
        case _:
            return None
    return "\n" + "\n".join(lines) + "\n"


def _text(text: str, percent: int = 100) -> str:
    """Return an answer; one that looks as if it began with its weight gets a weight in front."""
    return f"%{percent}%{escaped(text)}" if text.startswith("%") else escaped(text)


def _told(feedback: str) -> str:
    return f"#{escaped(feedback)}" if feedback else ""


def _weight(right: int) -> str:
    return f"{100 / right:.5f}".rstrip("0").rstrip(".")
