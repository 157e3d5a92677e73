"""The lesson kind "quiz": what a lesson page, a list and a pack see of a paper."""

from collections.abc import Collection, Mapping, Sequence

from flask import request
from markupsafe import Markup

from sanshi_lms.core.access import current_person
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db
from sanshi_lms.core.reach import Reach
from sanshi_lms.core.registers import Cue
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import (
    Choice,
    Faults,
    Lesson,
    PackError,
    PackReference,
    Playback,
    TargetSummary,
    usable,
)
from sanshi_lms.quizzes.editing import load_paper
from sanshi_lms.quizzes.models import Paper
from sanshi_lms.quizzes.papers.rules import RESULT_ZH, rule_sentence
from sanshi_lms.quizzes.queries import (
    item_counts,
    papers_by_id,
    papers_query,
    rule_of,
    standing,
)
from sanshi_lms.quizzes.question_file import PaperDraft, read_questions

_MOST_CHOICES = 200


class Quiz:
    """测验: a lesson that is a paper."""

    name = "quiz"
    label_zh = "测验"
    icon = "quiz"
    has_target = True
    alone_zh = ""

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return the paper's rule, where the person stands, and the button that starts it."""
        del playback
        paper = papers_by_id([lesson.target_id or 0]).get(lesson.target_id or 0)
        items = item_counts([paper.id]).get(paper.id, 0) if paper else 0
        person = current_person()
        return render_part(
            "quizzes/_intro.html",
            paper=paper,
            items=items,
            rule=rule_sentence(rule_of(paper), items) if paper else "",
            counted=RESULT_ZH[rule_of(paper).counting] if paper else "",
            standing=standing(paper, person.id, now()) if paper and person else None,
            here=request.path,
        )

    def head(self, lesson: Lesson) -> Markup:
        """Return nothing."""
        del lesson
        return Markup()

    def choices(self, reach: Reach) -> list[Choice]:
        """Return the papers that an author may use, newest first."""
        allowed = usable(self.name, Paper.id, Paper.unit_id, reach)
        papers = db.session.scalars(papers_query("").where(allowed).limit(_MOST_CHOICES))
        return [Choice(paper.id, paper.title) for paper in papers]

    def summaries(self, target_ids: Collection[int]) -> Mapping[int, TargetSummary]:
        """Return what lists need of these papers, in two queries."""
        counts = item_counts(target_ids)
        return {
            paper.id: TargetSummary(
                paper.title,
                note_zh=f"{counts.get(paper.id, 0)} 题",
                problem_zh=None if counts.get(paper.id) else "这份测验还没有题目，请先添加题目。",
            )
            for paper in papers_by_id(target_ids).values()
        }

    def cues(self, target_ids: Collection[int]) -> Mapping[int, Sequence[Cue]]:
        """Return nothing: questions are not for search to give away."""
        del target_ids
        return {}

    def words(self, target_ids: Collection[int]) -> Mapping[int, str]:
        """Return nothing."""
        del target_ids
        return {}

    def pack_check(self, reference: PackReference) -> list[PackError]:
        """Return everything wrong with the question file."""
        return _read(reference)[1]

    def pack_load(self, reference: PackReference, target_id: int | None) -> int:
        """Create the paper or bring it up to date; attempts survive."""
        draft, errors = _read(reference)
        if draft is None:
            raise ValueError("; ".join(str(error) for error in errors))
        return load_paper(reference.key, reference.title, draft, target_id, now()).id


def _read(reference: PackReference) -> tuple[PaperDraft | None, list[PackError]]:
    if not reference.path.name.endswith(".questions.yaml"):
        wrong = reference.fault(
            "题目文件的名字要以 .questions.yaml 结尾，例如 06-ceyan.questions.yaml。"
        )
        return None, [wrong]
    faults = Faults(reference.root.name(reference.path))
    text = reference.root.read_text(reference.path, faults)
    draft = None if text is None else read_questions(text, faults, reference.lesson_stems)
    return draft, faults.found
