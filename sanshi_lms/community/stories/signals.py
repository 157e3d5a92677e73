"""News of stories for sub-rooms above: they listen, stories knows none of them."""

from blinker import Signal

story_published = Signal()
"""Sent with the story as sender when it is published: at."""
