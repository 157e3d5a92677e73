"""Site: the front door, the pages that explain the site, and the switch to 长辈版.

For: what belongs to no room in particular. Not for: anything a room can say of itself.
"""

from flask import Flask

from sanshi_lms.core.registers import add_search_source
from sanshi_lms.site import routes
from sanshi_lms.site.search_source import HelpSource


def setup(app: Flask) -> None:
    """Connect the routes and tell every template which edition its reader wants."""
    app.register_blueprint(routes.blueprint)
    app.context_processor(routes.reader)
    add_search_source(HelpSource())
