"""Which questions are poor: the item analysis of quizzes, across papers."""

from dataclasses import dataclass
from datetime import datetime

from sanshi_lms.core.clock import local
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes import ItemFigures, Paper, analysed_papers, analysis_of
from sanshi_lms.reports.people import people_ids
from sanshi_lms.reports.reach import Units
from sanshi_lms.reports.rules import Filters
from sanshi_lms.reports.tables import Table, of_rows

MOST_ATTEMPTS = 30_000
"""So many attempts are analysed while somebody waits; of more, one paper at a time."""


@dataclass(frozen=True)
class Question:
    """A question of a paper with its figures."""

    paper: Paper
    figures: ItemFigures

    @property
    def stem(self) -> str:
        """Its text in one line."""
        return plain_text(self.figures.item.stem_md)

    @property
    def rank(self) -> tuple[bool, float]:
        """What is worth looking at first, then what is hard."""
        facility = self.figures.facility
        return not self.figures.verdicts, 1.0 if facility is None else facility


def papers(filters: Filters, units: Units) -> list[tuple[Paper, int]]:
    """Return the papers that people within reach handed in, with how often."""
    return analysed_papers(people_ids(filters, units))


def too_many(filters: Filters, found: list[tuple[Paper, int]]) -> bool:
    """Tell whether a paper must be chosen first."""
    return not filters.paper and sum(count for _, count in found) > MOST_ATTEMPTS


def questions(filters: Filters, units: Units, found: list[tuple[Paper, int]]) -> list[Question]:
    """Return the questions of the paper chosen, or of all, what is worth looking at first."""
    people = people_ids(filters, units)
    chosen = [paper for paper, _ in found if filters.paper in {0, paper.id}]
    rows = [
        Question(paper, figures) for paper in chosen for figures in analysis_of(paper, people).items
    ]
    return sorted(rows, key=lambda one: (*one.rank, one.paper.id, one.figures.number))


def items_table(filters: Filters, units: Units, moment: datetime) -> Table:
    """Return the questions for a file. Raises Refusal when a paper must be chosen first."""
    found = papers(filters, units)
    if too_many(filters, found):
        raise Refusal("作答太多，请先在“试卷”里选一份，再下载。")
    head = ("试卷", "题号", "题目", "作答人数", "答对率", "区分度", "没有作答", "值得看一看")
    rows = [
        [
            one.paper.title, one.figures.number, one.stem, one.figures.sums.asked,
            _round(one.figures.facility), _round(one.figures.discrimination),
            one.figures.unanswered, "；".join(one.figures.verdicts),
        ]
        for one in questions(filters, units, found)
    ]  # fmt: skip
    return of_rows("试题质量", head, rows, f"试题质量，{local(moment):%Y-%m-%d %H:%M} 导出")


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
