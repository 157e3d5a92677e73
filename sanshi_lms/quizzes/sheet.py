"""An attempt as pages show it: the question sheet before handing in, the marked one after."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sanshi_lms.courses import Drafts, Lesson, lessons_of, lessons_using
from sanshi_lms.quizzes import rules
from sanshi_lms.quizzes.actions import shown_items
from sanshi_lms.quizzes.field_rows import FieldRow, fields_of
from sanshi_lms.quizzes.frozen import FrozenItem, FrozenPaper, ShownItem
from sanshi_lms.quizzes.marking import Partial, points_by_part
from sanshi_lms.quizzes.models import Attempt
from sanshi_lms.quizzes.wording import item_text, option_text


@dataclass(frozen=True)
class OptionRow:
    """One option on the page. `state` is "right", "wrong" or None; before marking always None."""

    place: int
    text: Markup
    chosen: bool
    state: str | None = None
    note: str = ""


@dataclass(frozen=True)
class Spot:
    """The picture of a hotspot. `point` and `areas` are percentages; areas only after marking."""

    picture: str
    alt: str
    point: tuple[float, float] | None
    areas: Sequence[tuple[float, float, float, float]] = ()


@dataclass(frozen=True)
class ItemRow:
    """One question on the page. `verdict`, `explanation` and `review` only exist after marking;
    `name` is the one of its fields, `parts` are the questions of a case. `share` is the percentage
    of its points that was earned; `waits`: a person is still to mark it.
    """

    number: int
    item_id: int
    kind: str
    kind_label: str
    stem: Markup
    options: Sequence[OptionRow]
    verdict: bool | None = None
    explanation: Markup | None = None
    review: Lesson | None = None
    fields: Sequence[FieldRow] = ()
    share: int = 0
    waits: bool = False
    source_clause: str = ""
    lesson_seconds: int | None = None
    name: str = ""
    parts: Sequence["ItemRow"] = ()
    spot: Spot | None = None

    @property
    def answered(self) -> bool:
        """Tell whether anything is chosen."""
        if self.parts:
            return any(part.answered for part in self.parts)
        if self.spot is not None and self.verdict is not None:
            return self.spot.point is not None
        return any(option.chosen for option in self.options) or any(f.value for f in self.fields)


def question_sheet(attempt: Attempt) -> list[ItemRow]:
    """Return the questions with what was chosen so far, and nothing that tells the answer."""
    chosen = {answer.item_id: answer.chosen for answer in attempt.answers}
    return [_row(shown, chosen.get(shown.item.item_id, [])) for shown in shown_items(attempt)]


def answered_row(attempt: Attempt, item_id: int) -> ItemRow:
    """Return one question of a practice attempt with the verdict on what was chosen so far."""
    if not attempt.practice:
        raise ValueError("the key is not shown before handing in")
    shown = next(one for one in shown_items(attempt) if one.item.item_id == item_id)
    chosen = next((one.chosen for one in attempt.answers if one.item_id == item_id), [])
    partial = FrozenPaper.from_json(attempt.version.content).partial
    verdict = shown.item.mark(chosen, partial).is_right
    waits = shown.item.content.for_person
    return _row(shown, chosen, verdict=verdict, partial=partial, waits=waits)


def marked_sheet(attempt: Attempt, lesson: Lesson | None) -> list[ItemRow]:
    """Return the questions of a handed-in attempt with key, verdict and explanation."""
    if attempt.handed_in_at is None:
        raise ValueError("the key is not shown before handing in")
    answers = {answer.item_id: answer for answer in attempt.answers}
    slugs = {one.slug: one for one in lessons_of(lesson.course_id)} if lesson else {}
    partial = FrozenPaper.from_json(attempt.version.content).partial
    rows = []
    for shown in shown_items(attempt):
        answer = answers.get(shown.item.item_id)
        review = slugs.get(shown.item.review_slug or "")
        rows.append(
            _row(
                shown,
                answer.chosen if answer else [],
                verdict=bool(answer and answer.is_right),
                review=review,
                partial=partial,
                points=answer.points if answer else None,
                waits=attempt.to_mark and shown.item.content.for_person and bool(answer),
            )
        )
    return rows


def alone_row(
    shown: ShownItem, chosen: Sequence[int] | None = None, review: Lesson | None = None
) -> ItemRow:
    """Return a question by itself: as asked, or with what was chosen, as marked."""
    if chosen is None:
        return _row(shown, [])
    return _row(shown, chosen, verdict=shown.item.mark(chosen).is_right, review=review)


def review_of(item: FrozenItem, lesson: Lesson | None) -> Lesson | None:
    """Return the lesson, beside the one of the paper, that explains an item."""
    if lesson is None or not item.review_slug:
        return None
    return next((o for o in lessons_of(lesson.course_id) if o.slug == item.review_slug), None)


def lesson_of(paper_id: int, *, drafts: Drafts) -> Lesson | None:
    """Return the lesson that shows a paper, with its course; None when none is visible."""
    return next(iter(lessons_using("quiz", paper_id, drafts=drafts)), None)


def _row(
    shown: ShownItem,
    chosen: Sequence[Any],
    *,
    verdict: bool | None = None,
    review: Lesson | None = None,
    partial: Partial = "none",
    points: Sequence[int] | None = None,
    waits: bool = False,
    name: str = "",
) -> ItemRow:
    item = shown.item
    marked = verdict is not None
    return ItemRow(
        shown.number,
        item.item_id,
        item.kind,
        rules.ITEM_KIND_ZH[item.kind],
        item_text(item.stem_md),
        [
            _option(item, number, place, chosen=number in chosen, marked=marked)
            for place, number in enumerate(shown.order if item.options else ())
        ],
        verdict,
        item_text(item.explanation_md) if marked and item.explanation_md else None,
        review,
        fields_of(shown, chosen, marked=marked),
        int(item.mark(chosen, partial, points).share * 100) if marked else 0,
        waits,
        item.source_clause if marked else "",
        item.lesson_seconds if marked else None,
        name or f"item-{item.item_id}",
        _parts(shown, chosen, points, marked=marked, waits=waits),
        _spot(item, chosen, marked=marked),
    )


def _parts(
    shown: ShownItem,
    chosen: Sequence[Any],
    points: Sequence[int] | None,
    *,
    marked: bool,
    waits: bool,
) -> list[ItemRow]:
    """Return the questions of a case, each with its own verdict once it is marked."""
    rows = []
    given = points_by_part(shown.item.content, points)
    for place, part in enumerate(shown.parts):
        own = chosen[place] if place < len(chosen) else []
        verdict = part.item.mark(own, by_person=given[place]).is_right if marked else None
        name = f"item-{shown.item.item_id}-p{place}"
        waiting = waits and part.item.kind == "short" and bool(own)
        rows.append(_row(part, own, verdict=verdict, name=name, points=given[place], waits=waiting))
    return rows


def _spot(item: FrozenItem, chosen: Sequence[Any], *, marked: bool) -> Spot | None:
    picture = item.content.picture if item.kind == "hotspot" else None
    if picture is None:
        return None
    return Spot(
        picture.key,
        picture.alt,
        (100 * chosen[0], 100 * chosen[1]) if len(chosen) == 2 else None,
        [
            (100 * a.left, 100 * a.top, 100 * (a.right - a.left), 100 * (a.bottom - a.top))
            for a in (item.content.areas if marked else ())
        ],
    )


def _option(item: FrozenItem, number: int, place: int, *, chosen: bool, marked: bool) -> OptionRow:
    option = item.options[number]
    if not marked:
        return OptionRow(place, option_text(option.text), chosen)
    if option.correct:
        note = "您选对了" if chosen else "正确答案"
        return OptionRow(place, option_text(option.text), chosen, "right", note)
    if chosen:
        return OptionRow(place, option_text(option.text), chosen, "wrong", "您的选择")
    return OptionRow(place, option_text(option.text), chosen)
