"""Documents (文档): slides and papers that are read page by page inside a lesson.

For: a PDF as pictures of its pages and the words on them, because the browser inside WeChat shows
no PDF. Not for: files to take away (attachments of courses) nor how long somebody read (learning).
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry
from sanshi_lms.courses import register_lesson_kind
from sanshi_lms.documents import admin_routes, desk, jobs, routes
from sanshi_lms.documents.kind import DocumentKind
from sanshi_lms.documents.models import Document
from sanshi_lms.documents.personal import PERSONAL

__all__ = ["setup"]
from sanshi_lms.core.shared import share


def setup(app: Flask) -> None:
    """Connect the pages and make the kind known to courses."""
    add_personal(PERSONAL)
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(admin_routes.blueprint)
    share(app, "documents", Document)
    register_lesson_kind(app, DocumentKind())
    jobs.setup()
    desk.setup()
    add_menu_entry(
        MenuEntry(
            "admin", "文档", "documents_admin.documents", "reading", 30, "courses.edit", "内容"
        )
    )
