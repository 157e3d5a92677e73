"""/courses/excellent/: what was named 优秀微课, and why."""

from flask import Blueprint, render_template, url_for

from sanshi_lms.core.access import public
from sanshi_lms.core.web import paginate
from sanshi_lms.courses.editorial.praises import praised_courses, praises_of
from sanshi_lms.courses.queries import PAGE_SIZE, course_cards, lessons_of_courses

blueprint = Blueprint("editorial", __name__, url_prefix="/courses", template_folder="templates")


@blueprint.get("/excellent/")
@public
def excellent() -> str:
    """Show the published courses of which something is 优秀微课, with the reasons."""
    page = paginate(praised_courses(), PAGE_SIZE)
    ids = [course.id for course in page.rows]
    lessons = lessons_of_courses(ids, bodies=False)
    return render_template(
        "editorial/excellent.html",
        page=page,
        cards=course_cards(page.rows),
        praises=praises_of(ids),
        lessons={lesson.id: lesson for own in lessons.values() for lesson in own},
        page_url=lambda number: url_for("editorial.excellent", page=number),
    )
