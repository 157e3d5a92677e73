"""The formats that questions are written in, and what each of them cannot hold."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sanshi_lms.quizzes.content import Criterion, ItemContent, OptionContent
from sanshi_lms.quizzes.content_rules import BLANK, CONTENT_KIND_ZH
from sanshi_lms.quizzes.exchange.aiken import write_aiken
from sanshi_lms.quizzes.exchange.docx_write import KINDS as PAPER_KINDS
from sanshi_lms.quizzes.exchange.docx_write import lines_of, write_docx
from sanshi_lms.quizzes.exchange.gift_write import write_gift
from sanshi_lms.quizzes.exchange.moodle_write import write_moodle
from sanshi_lms.quizzes.exchange.pictured import names_in
from sanshi_lms.quizzes.exchange.qti_write import WRITABLE, write_qti
from sanshi_lms.quizzes.exchange.rubric_text import USUAL, read_rubric, write_rubric
from sanshi_lms.quizzes.exchange.sheets_write import questions_xlsx
from sanshi_lms.quizzes.exchange.text import read_text
from sanshi_lms.quizzes.exchange.text_answers import as_truth
from sanshi_lms.quizzes.key_text import read_key, write_key
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

FIELDS_ZH = {
    "stem_md": "题目里的换行和空格", "explanation_md": "解析", "options": "选项的反馈或文字",
    "blanks": "填空的几种写法", "sequence": "步骤的文字", "pairs": "配对的文字",
    "numeric": "单位或误差", "rubric": "评分点", "parts": "小题里的细节", "points": "分值",
    "topic": "主题", "difficulty": "难度", "source_clause": "出处",
    "review_slug": "讲解对应的课时", "lesson_seconds": "讲解对应的时间", "tags": "标签",
    "picture": "图片", "areas": "图上的位置",
}  # fmt: skip
_OURS = {"review_slug": None, "lesson_seconds": None, "tags": ()}


@dataclass(frozen=True)
class Format:
    """A format: `held` is what it keeps of a question, None when it has no place for it."""

    key: str
    name_zh: str
    for_zh: str
    suffix: str
    mimetype: str
    writer: Callable[[Sequence[ItemContent], Mapping[str, bytes]], bytes]
    held: Callable[[ItemContent], ItemContent | None]
    carries_pictures: bool = False

    def write(
        self, contents: Sequence[ItemContent], pictures: Mapping[str, bytes] | None = None
    ) -> bytes:
        """Return a file with those of the questions that the format has a place for."""
        kept = [one for one in contents if self.held(one) is not None]
        return self.writer(kept, pictures or {})

    def losses(self, contents: Sequence[ItemContent]) -> list[str]:
        """Return in words what this format does not hold of these questions."""
        told = losses(self.held, contents)
        shown = sum(bool(names_in([one])) for one in contents)
        if shown and not self.carries_pictures:
            told.append(f"图片只写网页上的地址（{shown} 道）")
        return told


def losses(
    held: Callable[[ItemContent], ItemContent | None], contents: Sequence[ItemContent]
) -> list[str]:
    """Return in words what is not held of these questions; empty when everything is."""
    kinds: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for content in contents:
        kept = held(content)
        if kept is None:
            kinds[CONTENT_KIND_ZH[content.kind]] += 1
            continue
        fields.update(
            words for name, words in FIELDS_ZH.items()
            if getattr(kept, name) != getattr(content, name)
        )  # fmt: skip
    told = [f"{words} {count} 道（整道题不会写进文件）" for words, count in kinds.items()]
    return told + [f"{words}（{count} 道）" for words, count in fields.items()]


def _without(content: ItemContent, *names: str) -> ItemContent:
    """Return a question as if these fields, and those that only we have, were never filled."""
    empty = ItemContent("single", "")
    kept = {name: getattr(empty, name) for name in names}
    truth = _truth(content.options) if content.kind == "true_false" else content.options
    return replace(content, options=truth, **_OURS, **kept)  # type: ignore[arg-type]


def _truth(options: Sequence[OptionContent]) -> tuple[OptionContent, ...]:
    pairs = zip(TRUE_FALSE_TEXTS, options, strict=True)
    return tuple(OptionContent(word, one.correct) for word, one in pairs)


def _no_feedback(content: ItemContent) -> ItemContent:
    return replace(content, options=tuple(replace(o, feedback_md="") for o in content.options))


def _three(text: str) -> str:
    return BLANK.sub("___", text)


def _rubric(content: ItemContent) -> ItemContent:
    if content.kind != "short":
        return content
    return replace(content, rubric=read_rubric(write_rubric(content.rubric), content.points))


def _in_table(content: ItemContent) -> ItemContent | None:
    if content.kind == "hotspot":
        return None
    held = _rubric(_no_feedback(_without(content)))
    if content.kind in {"blanks", "numeric", "matching"}:
        key = read_key(content.kind, content.stem_md, write_key(content))
        if (key.blanks, key.numeric, key.pairs) != (held.blanks, held.numeric, held.pairs):
            return None
    parts = [_in_table(part) for part in content.parts]
    if None in parts:
        return None
    return replace(held, parts=tuple(part for part in parts if part is not None))


def _in_gift(content: ItemContent) -> ItemContent | None:
    held = _without(content, "points", "difficulty", "source_clause")
    match content.kind:
        case "ordering" | "case" | "hotspot":
            return None
        case "blanks" if len(content.blanks) != 1:
            return None
        case "blanks":
            return replace(held, stem_md=_three(content.stem_md))
        case "matching":
            both = "".join(pair.left + pair.right for pair in content.pairs)
            return None if "->" in both or not all(p.left for p in content.pairs) else held
        case "numeric" if held.numeric:
            return replace(held, numeric=replace(held.numeric, units=()))
        case "short":
            return replace(held, rubric=(Criterion(USUAL, 1),))
    return held


def _in_aiken(content: ItemContent) -> ItemContent | None:
    if content.kind not in {"single", "true_false"}:
        return None
    lost = ("explanation_md", "points", "topic", "difficulty", "source_clause")
    held = _no_feedback(_without(content, *lost))
    held = replace(
        held,
        stem_md=" ".join(held.stem_md.split("\n")),
        options=tuple(replace(o, text_md=" ".join(o.text_md.split("\n"))) for o in held.options),
    )
    truths = [as_truth(one.text_md) for one in held.options]
    return replace(held, kind="true_false") if truths == [True, False] else held


def _in_moodle(content: ItemContent) -> ItemContent | None:
    held = replace(_rubric(_without(content)), tags=tuple(content.tags))
    match content.kind:
        case "case" | "hotspot":
            return None
        case "blanks":
            if re.search(r"\{\d*:[A-Z]", content.stem_md):
                return None
            return replace(held, stem_md=_three(content.stem_md), points=1)
    return held


def _in_qti(content: ItemContent) -> ItemContent | None:
    points = content.kind == "hotspot" and content.picture is not None
    if content.kind not in WRITABLE and not (points and names_in([content])):
        return None
    held = _rubric(_no_feedback(_without(content, "topic", "source_clause")))
    held = replace(held, stem_md=_lined(held.stem_md), explanation_md=_lined(held.explanation_md))
    if content.kind == "numeric" and held.numeric:
        return replace(held, numeric=replace(held.numeric, units=()))
    if content.kind == "blanks":
        return replace(held, stem_md=_three(held.stem_md))
    return held


def _lined(text: str) -> str:
    """Return a text as paragraphs keep it: single spaces, at most one empty line."""
    lines = "\n".join(" ".join(line.split(" ")).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" {2,}", " ", lines)).strip()


def _on_paper(content: ItemContent) -> ItemContent | None:
    """Ask the reader itself: the shape of a paper has no marks that could not be misread."""
    if content.kind not in PAPER_KINDS:
        return None
    found = read_text("\n".join(lines_of(content, 1))).found
    same = len(found) == 1 and found[0].problem_zh is None
    return found[0].content if same and found[0].content.kind == content.kind else None


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    form.key: form
    for form in (
        Format("xlsx", "Excel", "在 Excel 或 WPS 里改，改好再导入", "xlsx", XLSX,
               lambda contents, _: questions_xlsx(contents), _in_table),
        Format("docx", "Word", "打印，或者在 Word 里改", "docx", DOCX,
               lambda contents, _: write_docx(contents), _on_paper),
        Format("moodle", "Moodle XML", "放进 Moodle，保存得最全", "xml", "application/xml",
               write_moodle, _in_moodle, carries_pictures=True),
        Format("qti21", "QTI 2.1", "放进支持 QTI 2.1 的考试系统", "zip", "application/zip",
               lambda contents, drawn: write_qti(contents, 2, drawn), _in_qti,
               carries_pictures=True),
        Format("qti30", "QTI 3.0", "放进支持 QTI 3.0 的考试系统", "zip", "application/zip",
               lambda contents, drawn: write_qti(contents, 3, drawn), _in_qti,
               carries_pictures=True),
        Format("gift", "GIFT", "放进 Moodle 等平台的文本题库", "txt", "text/plain",
               lambda contents, _: write_gift(contents), _in_gift),
        Format("aiken", "Aiken", "最简单的单选题文本", "txt", "text/plain",
               lambda contents, _: write_aiken(contents), _in_aiken),
    )
}  # fmt: skip
"""By key, in the order in which they are offered."""
