"""What can travel: a course, a lesson, a case or media piece, as everybody may see it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sanshi_lms.community import published_story, story_path
from sanshi_lms.core.registers import Cue, registers
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses import (
    Lesson,
    course_path,
    courses_by_id,
    find_course,
    find_lesson,
    get_lesson,
    lesson_path,
    lessons_of,
)
from sanshi_lms.video import poster_url

KINDS = {"course": "课程", "lesson": "单节课", "story": "案例和报道"}


@dataclass(frozen=True)
class Picture:
    """A picture of a piece: an address of ours that everybody may open, and its caption."""

    path: str
    caption: str = ""


@dataclass(frozen=True)
class Piece:
    """A thing with the words and pictures that an article about it can use.

    `body_md` is its text in Markdown; `spoken` what is said in its video, cue by cue; `parts` the
    titles of its lessons; `cover` the picture that stands for it; `video_id` its video, if any.
    """

    kind: str
    ref: int
    title: str
    summary: str
    body_md: str
    path: str
    topic: str
    cover: Picture | None = None
    pictures: Sequence[Picture] = ()
    spoken: Sequence[Cue] = ()
    parts: Sequence[str] = ()
    minutes: int = 0
    video_id: int | None = None
    of: str = ""

    @property
    def kind_zh(self) -> str:
        """Return the word that people see for its kind."""
        return KINDS[self.kind]


def find_piece(kind: str, ref: int) -> Piece | None:
    """Return a piece; None for what is not there or not for everybody (drafts, withdrawn)."""
    source = registers().sources.get(kind)
    if kind not in KINDS or source is None or ref not in set(source.visible([ref])):
        return None
    return {"course": _course, "lesson": _lesson, "story": _story}[kind](ref)


def piece_at(path: str) -> Piece | None:
    """Return the piece whose page has this path."""
    parts = path.strip("/").split("/")
    if parts[0] == "courses" and len(parts) == 2:
        course = find_course(parts[1])
        return find_piece("course", course.id) if course else None
    if parts[0] == "courses" and len(parts) == 3:
        lesson = find_lesson(parts[1], parts[2])
        return find_piece("lesson", lesson.id) if lesson else None
    if parts[:2] in (["community", "cases"], ["community", "pieces"]) and len(parts) == 3:
        number = row_number(parts[2])
        return find_piece("story", number) if number else None
    return None


def _course(ref: int) -> Piece | None:
    course = courses_by_id([ref]).get(ref)
    if course is None:
        return None
    lessons = lessons_of(course.id)
    posters = (poster for one in lessons if (poster := _poster(one)))
    return Piece(
        kind="course",
        ref=ref,
        title=course.title,
        summary=course.summary,
        body_md=course.description_md,
        path=course_path(course.slug),
        topic=course.topic,
        cover=next(posters, None),
        parts=[one.title for one in lessons],
        minutes=sum(one.minutes for one in lessons),
        of=course.kind,
    )


def _lesson(ref: int) -> Piece | None:
    lesson = get_lesson(ref)
    if lesson is None:
        return None
    video_id = lesson.target_id if lesson.kind == "video" else None
    return Piece(
        kind="lesson",
        ref=ref,
        title=lesson.title,
        summary=lesson.course.summary,
        body_md=lesson.body_md,
        path=lesson_path(lesson.course.slug, lesson.slug),
        topic=lesson.course.topic,
        cover=_poster(lesson),
        spoken=[cue for cue in registers().sources["lesson"].cues(ref) if cue.page is None],
        minutes=lesson.minutes,
        video_id=video_id,
        of=lesson.course.title,
    )


def _story(ref: int) -> Piece | None:
    story = published_story(ref)
    if story is None:
        return None
    pictures = [
        Picture(f"/community/stories/{ref}/pictures/{one.id}", one.caption)
        for one in story.pictures
    ]
    return Piece(
        kind="story",
        ref=ref,
        title=story.title,
        summary=story.summary,
        body_md=story.body_md,
        path=story_path(story),
        topic=story.topic,
        cover=pictures[0] if pictures else None,
        pictures=pictures,
        of=story.kind_of.label,
    )


def _poster(lesson: Lesson) -> Picture | None:
    path = poster_url(lesson.target_id) if lesson.kind == "video" and lesson.target_id else None
    return Picture(path) if path else None
