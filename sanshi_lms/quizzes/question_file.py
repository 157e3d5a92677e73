"""Read a ``*.questions.yaml`` file: a paper and its items, or every fault with its line.

An example::

    pass_percent: 60
    attempts: 0            # 0 = unlimited
    questions:
      - id: who-asks
        kind: single       # single | multiple | true_false
        stem: 谁可以提出需求？
        options:
          - {text: 社区, correct: true}
          - {text: 只有区政府}
        explanation: 社区提出需求，由区县统筹匹配。
      - id: how-many
        kind: blanks       # blanks | numeric | matching: the lines of `key_text`
        stem: 参与表决的专有部分面积占比要达到 ___。
        answers: 三分之二|2/3
        lesson: 01-what    # where the explanation points back to; may be left out
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sanshi_lms.courses import Faults, YamlMap, read_map
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import LONGEST_CLAUSE, content_problem
from sanshi_lms.quizzes.key_text import FIELD_KINDS, read_key

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_TOP_KEYS = ("pass_percent", "attempts", "shuffle", "questions")
_ITEM_KEYS = ("id", "kind", "stem", "options", "answer", "answers", "explanation", "lesson")
_OPTION_KEYS = ("text", "correct")


@dataclass(frozen=True)
class OptionDraft:
    """One option as the author wrote it."""

    text: str
    correct: bool


@dataclass(frozen=True)
class ItemDraft:
    """One question as its author wrote it, in a file or on the website.

    `review_slug` is the address of the lesson that the explanation points back to. `answers` are
    the lines of `key_text` for the kinds that have fields instead of options. `lesson_seconds` is
    where that lesson explains it; `source_clause` where the answer stands.
    """

    kind: str
    stem_md: str
    options: tuple[OptionDraft, ...]
    explanation_md: str = ""
    review_slug: str | None = None
    key: str | None = None
    answers: str = field(default="", repr=False)
    source_clause: str = field(default="", repr=False)
    lesson_seconds: int | None = field(default=None, repr=False)

    def digest(self) -> str:
        """Return a mark that is equal exactly for equal questions."""
        said = repr(self) + (f" {self.answers!r}" if self.answers else "")
        if self.source_clause or self.lesson_seconds is not None:
            said += f" {self.source_clause!r} {self.lesson_seconds}"
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def content(self) -> ItemContent | None:
        """The content of a question with fields; None for one with options."""
        if self.kind not in FIELD_KINDS:
            return None
        read = read_key(self.kind, self.stem_md, self.answers)
        return replace(read, explanation_md=self.explanation_md, review_slug=self.review_slug)

    @property
    def problem(self) -> str | None:
        """What is wrong with the question and how to mend it; None when it is sound."""
        if len(self.source_clause) > LONGEST_CLAUSE:
            return f"出处最多 {LONGEST_CLAUSE} 个字，请缩短。"
        if self.lesson_seconds is not None and not self.review_slug:
            return "写了讲解的时间，还要选回看哪一课。"
        if self.content is not None:
            return content_problem(self.content)
        if not self.stem_md.strip():
            return "请写题目。"
        texts, right = [o.text for o in self.options], [o.correct for o in self.options]
        return rules.item_problem(self.kind, texts, right)


@dataclass(frozen=True)
class PaperDraft:
    """A whole file. `attempts` 0 means unlimited; `pass_percent` is 1 to 100."""

    pass_percent: int
    attempts: int
    shuffle: bool
    items: tuple[ItemDraft, ...]


def read_questions(
    text: str, faults: Faults, lesson_stems: Collection[str] = ()
) -> PaperDraft | None:
    """Return the paper, or None with the reasons in `faults`.

    `lesson_stems` are the names that ``lesson:`` may say, such as "01-what".
    """
    before = len(faults.found)
    top = read_map(text, (*_TOP_KEYS, *_ITEM_KEYS), faults)
    if top is None:
        return None
    top.refuse_unknown(_TOP_KEYS)
    maps = top.maps("questions")
    if not maps:
        top.fault("questions", "没有题目：请在 questions: 下面写至少一道题，每题以“- id: …”开头。")
    if len(maps) > rules.MOST_ITEMS:
        top.fault("questions", f"一份测验最多 {rules.MOST_ITEMS} 题，请拆成几份。")
    stems = {stem: stem.partition("-")[2] for stem in lesson_stems}
    paper = PaperDraft(
        _between(top, "pass_percent", 1, 100, rules.USUAL_PASS_PERCENT),
        _between(top, "attempts", 0, rules.MOST_ATTEMPTS, 0),
        top.flag("shuffle", default=True),
        tuple(_item(question, stems) for question in maps),
    )
    _refuse_same_ids(paper, maps)
    return None if len(faults.found) > before else paper


def _item(question: YamlMap, stems: Mapping[str, str]) -> ItemDraft:
    question.refuse_unknown(_ITEM_KEYS)
    key = question.text("id", longest=64)
    if key and not _ID.fullmatch(key):
        question.fault("id", f"题目编号“{key}”只能用小写字母、数字和 - . _，例如 q1。")
    kind = question.choice("kind", rules.ITEM_KINDS)
    fields = kind in FIELD_KINDS
    options = () if fields else _choices(question, kind)
    draft = ItemDraft(
        kind,
        question.text("stem", longest=rules.LONGEST_TEXT),
        options,
        question.text("explanation", longest=rules.LONGEST_TEXT, required=False),
        _review_slug(question, stems),
        key,
        question.text("answers", longest=rules.LONGEST_TEXT) if fields else "",
    )
    said = draft.answers if fields else draft.options
    if kind and draft.stem_md and said and draft.problem:
        place = next((one for one in ("answers", "options") if one in question), "kind")
        question.fault(place, draft.problem)
    return draft


def _choices(question: YamlMap, kind: str) -> tuple[OptionDraft, ...]:
    if "answers" in question:
        question.fault("answers", "只有填空题、数值题、匹配题、排序题、简答题写 answers，请改掉。")
    return _true_false(question) if kind == "true_false" else _options(question)


def _true_false(question: YamlMap) -> tuple[OptionDraft, ...]:
    if "options" in question:
        question.fault("options", "判断题不写 options，请改成 answer: true 或 answer: false。")
    if "answer" not in question:
        question.fault("answer", "判断题缺少答案，请加上 answer: true 或 answer: false。")
        return ()
    answer = question.flag("answer")
    words = zip(rules.TRUE_FALSE_TEXTS, (answer, not answer), strict=True)
    return tuple(OptionDraft(text, correct) for text, correct in words)


def _options(question: YamlMap) -> tuple[OptionDraft, ...]:
    if "answer" in question:
        question.fault("answer", "选择题不写 answer，请在正确的选项下面写 correct: true。")
    if "options" not in question:
        question.fault("options", "选择题缺少选项，请在 options: 下面逐行写“- text: …”。")
    options = []
    for option in question.maps("options"):
        option.refuse_unknown(_OPTION_KEYS)
        text = option.text("text", longest=rules.LONGEST_OPTION)
        options.append(OptionDraft(text, option.flag("correct", default=False)))
    return tuple(options)


def _review_slug(question: YamlMap, stems: Mapping[str, str]) -> str | None:
    if "lesson" not in question:
        return None
    stem = question.text("lesson", longest=100)
    if stem and stem not in stems:
        known = "、".join(sorted(stems)) or "（没有）"
        question.fault("lesson", f"这门课里没有“{stem}”，可以写的是：{known}。")
    return stems.get(stem)


def _between(top: YamlMap, key: str, least: int, most: int, default: int) -> int:
    number = top.whole(key, default)
    if number is not None and not least <= number <= most:
        top.fault(key, f"“{key}”要在 {least} 到 {most} 之间，现在是 {number}。")
    return default if number is None else number


def _refuse_same_ids(paper: PaperDraft, maps: list[YamlMap]) -> None:
    lines: dict[str, int] = {}
    for item, question in zip(paper.items, maps, strict=True):
        key = item.key or ""
        if key in lines:
            question.fault("id", f"题目编号“{key}”与第 {lines[key]} 行的重复，请改成别的编号。")
        elif key:
            lines[key] = question.line_of("id")
