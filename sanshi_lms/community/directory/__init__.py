"""Directory (三师名录): profiles to be found, and what speaks for each when matching.

For: finding and comparing 三师, without anybody's phone. Not for: giving them a need (needs).

    setup(app)   routes, search
"""

from flask import Flask

from sanshi_lms.community.directory import members_routes, routes
from sanshi_lms.community.directory.search_source import ProSource
from sanshi_lms.core.registers import add_search_source

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect routes and search."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(members_routes.blueprint)
    add_search_source(ProSource())
