"""What training tells people: one place, so that every message has its topic and its key."""

from collections.abc import Collection

from sanshi_lms.notices import notify

TOPIC = "training.class"


def tell(user_ids: Collection[int], title: str, text: str, path: str, key: str) -> None:
    """Leave a message for some people, once for each `key`, in the current transaction."""
    if user_ids:
        notify(user_ids, TOPIC, title, text, path, f"training:{key}")
