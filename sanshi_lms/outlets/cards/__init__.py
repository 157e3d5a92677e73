"""Cards: how a page of ours looks when it is shared, in chats, by search engines, and on paper.

For: what the heads of public pages tell other programs, share pictures, sharing inside WeChat,
posters with a QR code. Not for: who came by which link (channels), nor articles (kits).

Nothing of a draft or of a lecture for signed-in people leaves by this door.

    setup(app)   the parts of other rooms' pages, routes, the worker's ticket for WeChat
"""

from flask import Flask

from sanshi_lms.core.page_parts import add_page_part
from sanshi_lms.outlets.cards import api_routes, heads, links, poster_routes, routes, tickets
from sanshi_lms.outlets.cards.in_wechat import share_script

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes, and what stands in the pages of rooms below."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api_routes.blueprint)
    app.register_blueprint(poster_routes.blueprint)
    tickets.setup()
    for endpoint, head in (
        ("site.home", heads.home_head),
        ("courses.course", heads.course_head),
        ("courses.lesson", heads.lesson_head),
        ("stories.case", heads.story_head),
        ("stories.piece", heads.story_head),
    ):
        add_page_part(app, "head", endpoint, head)
        add_page_part(app, "head", endpoint, share_script)
    for endpoint, link in (
        ("courses.course", links.course_link),
        ("courses.lesson", links.lesson_link),
        ("stories.case", links.story_link),
        ("stories.piece", links.story_link),
        ("training_desk.class_page", links.class_link),
    ):
        add_page_part(app, "tools", endpoint, link)
