"""News of needs for sub-rooms above: they listen, needs knows none of them."""

from blinker import Signal

need_stepped = Signal()
"""Sent with the need as sender, after a step: verb, at."""
