"""Feeds: what machines read of us: sitemaps, RSS, the podcast.

For: /sitemap.xml and its parts, /feeds/…, and addresses of sound and pictures that stay good for
whoever keeps them. Only what everybody may see; nobody is known here, no cookie arrives. Not for:
which pages there are (each room's search source says that) nor the player (video.embed).

Written with ElementTree, not with feedgen: sitemaps need a writer anyway, feedgen has none, puts
the present time into each answer, so that nothing would ever be unchanged (304), and knows no
types. What we would have saved is the forty lines of `rules.rss` and `rules.podcast`.
"""

from flask import Flask

from sanshi_lms.core.security import NoCookies
from sanshi_lms.outlets.feeds import routes

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect the routes, below which nobody is known."""
    app.register_blueprint(routes.blueprint)
    app.wsgi_app = NoCookies(app.wsgi_app, routes.COOKIELESS)  # type: ignore[method-assign]  # the documented way
