"""Effect sheet (效果评估): what came of needs, learning and cases, by period and district.

For: figures that lead to their rows. Not for: the register of who learnt what (learning, training).

    setup(app)   routes
"""

from flask import Flask

from sanshi_lms.community.effect import admin_routes

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Connect the pages."""
    app.register_blueprint(admin_routes.blueprint)
