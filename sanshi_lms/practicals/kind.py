"""The lesson kind "practical": its text says what to do, its page takes the work in."""

from markupsafe import Markup

from sanshi_lms.core.access import current_person
from sanshi_lms.core.web import render_part
from sanshi_lms.courses import Lesson, Playback, Untargeted
from sanshi_lms.practicals.queries import hand_ins_of
from sanshi_lms.practicals.rules import STATES


class PracticalKind(Untargeted):
    """实践作业: done outside, handed in, looked at by somebody."""

    name = "practical"
    label_zh = "实践作业"
    icon = "edit"
    alone_zh = "学员交文字、照片或文件，老师审阅（正文写要求）"

    def render(self, lesson: Lesson, playback: Playback) -> Markup:
        """Return how the person stands, and the way to handing in."""
        del playback
        me = current_person()
        mine = hand_ins_of(lesson.id, me.id) if me else []
        return render_part(
            "practicals/_lesson.html",
            lesson=lesson,
            newest=mine[0] if mine else None,
            states=STATES,
        )
