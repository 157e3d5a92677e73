"""Links that carry their channel: /go/<code>, and how often each was followed.

For: what stands in an article, on a poster, in a group. Not for: who followed it; a visit is a
number a day and nothing else.
"""

from sanshi_lms.outlets.links.actions import make_link
from sanshi_lms.outlets.links.queries import links_of, visits_since
from sanshi_lms.outlets.links.routes import blueprint

__all__ = ["blueprint", "links_of", "make_link", "visits_since"]
