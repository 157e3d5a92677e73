"""The text of a lesson as HTML, with links to its own attachments made whole."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from markupsafe import Markup

from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.courses.file_types import safe_filename
from sanshi_lms.courses.models import Attachment
from sanshi_lms.courses.paths import attachment_path

_OWN_FILE = re.compile(r"\]\(files/([^)\s]+)\)")


def body_html(
    text: str, course_slug: str, lesson_slug: str, attachments: Sequence[Attachment]
) -> Markup:
    """Render a lesson's Markdown; `files/name` means the attachment of that name."""
    ids = {attachment.filename: attachment.id for attachment in attachments}

    def whole(match: re.Match[str]) -> str:
        found = ids.get(safe_filename(unquote(match[1])))
        return f"]({attachment_path(course_slug, lesson_slug, found)})" if found else match[0]

    return render_markdown(_OWN_FILE.sub(whole, text))
