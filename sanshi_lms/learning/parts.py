"""Connects what stands beside watching: notes, and what else people write about a lesson."""

from flask import Flask

from sanshi_lms.learning.notes import api_routes as notes_api_routes
from sanshi_lms.learning.notes import routes as notes_routes


def setup(app: Flask) -> None:
    """Register routes, menus and search sources of the sub-rooms."""
    for part in (notes_routes, notes_api_routes):
        app.register_blueprint(part.blueprint)
