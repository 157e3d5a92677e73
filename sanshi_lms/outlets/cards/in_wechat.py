"""Sharing inside WeChat: the platform's one script, on the pages that need it and only there."""

from flask import request, url_for
from markupsafe import Markup

from sanshi_lms.core.addresses import static_url
from sanshi_lms.core.page_parts import PageNames
from sanshi_lms.core.security import let_scripts_in
from sanshi_lms.core.web import public_address
from sanshi_lms.core.wechat import own_account
from sanshi_lms.outlets.cards.rules import inside_wechat
from sanshi_lms.outlets.cards.telling import card_path

PLATFORM = "https://res.wx.qq.com"


def share_script(names: PageNames) -> Markup:
    """Return our script for a page that WeChat reads; nothing for everybody else.

    Only then may the page take the platform's script, from that one host.
    """
    if own_account() is None or not inside_wechat(request.user_agent.string):
        return Markup()
    picture = _picture(names)
    if picture is None:
        return Markup()
    let_scripts_in(PLATFORM)
    return Markup(
        '<script type="module" src="{}" data-wechat-share="{}" data-picture="{}"></script>'
    ).format(static_url("outlets/cards/share.js"), url_for("wechat_api.signature"), picture)


def _picture(names: PageNames) -> str | None:
    """Return the square picture of the page; None for a page that nobody else can open."""
    course, lesson, story = (names.get(name) for name in ("course", "lesson", "story"))
    if request.endpoint == "site.home":
        return public_address(url_for("cards.site", shape="square"))
    if story and story.state == "published":
        kind, subject = "story", story
    elif course and course.is_published:
        kind, subject = ("lesson", lesson) if lesson else ("course", course)
    else:
        return None
    return public_address(card_path(kind, subject.id, subject.version, "square"))
