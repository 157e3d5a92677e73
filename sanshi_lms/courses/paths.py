"""Addresses of course pages, for places without a request such as the search index."""


def course_path(course_slug: str) -> str:
    """Return the path of a course's page."""
    return f"/courses/{course_slug}"


def lesson_path(course_slug: str, lesson_slug: str) -> str:
    """Return the path of a lesson's page."""
    return f"/courses/{course_slug}/{lesson_slug}"


def attachment_path(course_slug: str, lesson_slug: str, attachment_id: int) -> str:
    """Return the path of an attachment."""
    return f"{lesson_path(course_slug, lesson_slug)}/files/{attachment_id}"
