"""Writes of renewing."""

from datetime import datetime

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.web import zh_date
from sanshi_lms.courses import Course, lessons_using
from sanshi_lms.credentials import (
    again_ref,
    award_certificate,
    ending_soon,
    latest_certificate,
    reminder_due,
    set_months,
)
from sanshi_lms.learning.awarding import certificate_ref
from sanshi_lms.learning.renewing.queries import quizzes_of, renewal_of
from sanshi_lms.notices import notify
from sanshi_lms.quizzes import may_be_passed_again

TOPIC = "certificates"
_HOW = {
    True: "到课程页面再做一次测验并及格，就换发新证书。",
    False: "培训班的证书不能靠补考续期，需要的话请报名新一期培训班。",
}


def renew(user_id: int, paper_id: int, at: datetime) -> None:
    """Award the next certificate of each course whose quizzes are passed anew with this paper.

    It carries no hours: nothing was learned a second time, the knowledge was shown again.
    """
    today = local(at).date()
    for lesson in lessons_using("quiz", paper_id, drafts=False):
        course = lesson.course
        held = latest_certificate(certificate_ref(user_id, course.id))
        renewal = renewal_of(held, course.id, today) if held else None
        if held is None or renewal is None or not renewal.is_open or renewal.lacking:
            continue
        fresh = award_certificate(
            user_id=user_id,
            holder_name=held.holder_name,
            title=course.title,
            credit_hours=0,
            source_ref=again_ref(held.source_ref),
            at=at,
        )
        notify(
            [user_id],
            TOPIC,
            "证书已续期",
            f"“{course.title}”的新证书已经发给您。",
            f"/credentials/{fresh.number}",
            f"credentials.renewed:{fresh.number}",
            at,
        )


def set_course_term(course: Course, months: int) -> None:
    """Let the certificates of a course end after `months`; 0 means never.

    Raises Refusal when nobody could renew them: without a quiz that may be passed again.
    """
    quizzes = quizzes_of(course.id)
    if months and not quizzes:
        raise Refusal("这门课没有必修的测验，证书到期后没有办法续期。请先加一个测验。")
    for lesson in quizzes if months else ():
        if lesson.target_id is not None and not may_be_passed_again(lesson.target_id):
            raise Refusal(
                f"测验“{lesson.title}”及格后不能再考，证书到期后没有办法续期。"
                "请把它改成不限次数、取最好成绩。"
            )
    before = set_months(f"course:{course.id}", months)
    if before != months:
        note("learning.set_term", f"course:{course.id}", {"months": before}, {"months": months})


def remind(at: datetime) -> None:
    """Tell holders that their certificate ends soon: 60, 30 and 7 days before, each once."""
    today = local(at).date()
    for certificate in ending_soon(today):
        days = reminder_due(certificate.expires_on, today) if certificate.expires_on else None
        newest = latest_certificate(certificate.source_ref)
        if days is None or newest is None or newest.id != certificate.id:
            continue  # renewed already
        notify(
            [certificate.user_id],
            TOPIC,
            "证书快到期了",
            f"“{certificate.title}”的证书 {zh_date(certificate.expires_on)}到期。"
            + _HOW[certificate.source_ref.startswith("course:")],
            f"/credentials/{certificate.number}",
            f"credentials.ending:{certificate.number}:{days}",
            at,
        )
