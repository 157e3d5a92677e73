"""Search: one box over everything that everybody may see, in Chinese, to the second of a video.

For: the index, the search page and its JSON. Not for: what there is to find; each room gives its
documents through `core.registers.add_search_source` and says `core.changes.touch(kind, id)` in the
transaction that changes one. The database is the truth: the index can be thrown away at any time.
"""

from flask import Flask

from sanshi_lms.core.settings import settings
from sanshi_lms.search.whoosh_engine import WhooshEngine

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Open the engine on the folder of this installation."""
    app.extensions["search"] = WhooshEngine(settings().index_dir)
