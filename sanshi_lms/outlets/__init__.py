"""Outlets: lectures that travel: official accounts (公众号), video accounts (视频号), other sites.

For: what leaves the site and what comes back: links that carry their channel and are counted,
kits, drafts, cards and feeds, and the ledger of where each thing was published. Not for: the
player on other pages (video.embed) nor who passes a lecture before it is public (courses).
"""

from flask import Flask

from sanshi_lms.core.personal import add_personal
from sanshi_lms.core.security import csrf
from sanshi_lms.outlets import admin_routes, desk, links, routes
from sanshi_lms.outlets.cards import setup as setup_cards
from sanshi_lms.outlets.drafts import jobs
from sanshi_lms.outlets.feeds import setup as setup_feeds
from sanshi_lms.outlets.personal import PERSONAL

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Let each part enter its routes and registers."""
    for blueprint in (routes.blueprint, links.blueprint, admin_routes.blueprint):
        app.register_blueprint(blueprint)
    csrf.exempt(links.blueprint)  # a number goes up, nobody's: a beacon carries no token
    add_personal(PERSONAL)
    jobs.setup()
    desk.setup()
    setup_feeds(app)
    setup_cards(app)
