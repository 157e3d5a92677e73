"""Community: communities (社区), who handles their needs, 三师, and the loop between them.

For: who asks, who answers, and that it ends with whoever asked (needs/, a sub-room). Not for: what
is learned (courses) nor who may sign in (account). Nothing of it is public: a resident holds the
code of their need, a cadre sees their own communities, a 三师 what was given to them.
"""

from datetime import timedelta

from flask import Flask

from sanshi_lms.community import admin_routes, cli, desk, routes
from sanshi_lms.community.directory import setup as setup_directory
from sanshi_lms.community.effect import setup as setup_effect
from sanshi_lms.community.events import setup as setup_events
from sanshi_lms.community.experts import setup as setup_experts
from sanshi_lms.community.lessons import setup as setup_lessons
from sanshi_lms.community.meetings import setup as setup_meetings
from sanshi_lms.community.needs import admin_routes as needs_admin_routes
from sanshi_lms.community.needs import desk_filing
from sanshi_lms.community.needs import routes as needs_routes
from sanshi_lms.community.needs.queries import count_late
from sanshi_lms.community.needs.rules import lasting
from sanshi_lms.community.needs.telling import LATE, TOPIC
from sanshi_lms.community.personal import PERSONAL
from sanshi_lms.community.points import setup as setup_points
from sanshi_lms.community.queries import count_waiting
from sanshi_lms.community.record import served_needs
from sanshi_lms.community.resources import setup as setup_resources
from sanshi_lms.community.services import setup as setup_services
from sanshi_lms.community.stars import setup as setup_stars
from sanshi_lms.community.stories import published_story
from sanshi_lms.community.stories import setup as setup_stories
from sanshi_lms.community.stories.queries import newest_stories
from sanshi_lms.community.stories.search_source import story_path
from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.registers import MenuEntry, add_menu_entry
from sanshi_lms.learning import add_record_section
from sanshi_lms.notices import add_topic

__all__ = ["newest_stories", "published_story", "setup", "story_path"]


def setup(app: Flask) -> None:
    """Connect routes, menus, the desk and the demo's command."""
    add_personal(PERSONAL)
    for part in (
        routes,
        admin_routes,
        needs_routes,
        desk_filing,
        needs_admin_routes,
    ):
        app.register_blueprint(part.blueprint)
    app.add_template_filter(_lasting, "lasting")
    app.cli.add_command(cli.community)
    desk.setup()
    add_topic(TOPIC, "群众需求")
    LATE.setup()
    setup_stories(app)
    setup_services(app)
    setup_directory(app)
    setup_effect(app)
    setup_stars(app)
    setup_points(app)
    setup_experts(app)
    setup_events(app)
    setup_meetings(app)
    setup_resources(app)
    setup_lessons(app)
    add_record_section(app, served_needs)
    for entry in (
        MenuEntry("admin", "需求", "effect.sheet", "heart", 51, "needs.see_all", "群众需求", _late),
        MenuEntry(
            "admin",
            "社区",
            "community_admin.communities",
            "community",
            52,
            "community.manage",
            "群众需求",
        ),
        MenuEntry(
            "admin",
            "三师",
            "community_admin.professionals",
            "helmet",
            53,
            "community.manage",
            "群众需求",
            _unconfirmed,
        ),
    ):
        add_menu_entry(entry)


def _lasting(seconds: float | None) -> str:
    return "—" if seconds is None else lasting(timedelta(seconds=seconds))


def _late(_: object) -> int:
    return count_late()


def _unconfirmed(_: object) -> int:
    return count_waiting()
