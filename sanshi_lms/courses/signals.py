"""News of courses for whoever must follow it, sent inside the transaction of what it tells.

`by_id` is the person who did it, None for a round or a pack; `words` is what they gave as reason.
"""

from blinker import Signal

course_published = Signal()
"""Sent with the course as sender when everybody may see it: at, by_id, words."""
course_withdrawn = Signal()
"""Sent with the course as sender when a published one is taken away: at, by_id, words.

Whoever put it elsewhere (公众号, 视频号 …) lists it now as something to be taken down there too.
"""
