"""Rules about notices: what a notice may say, and what its topic is called."""

TITLE_LENGTH = 80
TOPIC_LENGTH = 30
KEY_LENGTH = 120
PATH_LENGTH = 200
UNTOLD = "通知"
MOST_COUNTED = 100

_topics: dict[str, str] = {}


def add_topic(name: str, label: str) -> None:
    """Say what notices of a topic are called. Rooms do so in their setup."""
    _topics[name] = label


def topic_label(name: str) -> str:
    """Return the Chinese name of a topic."""
    return _topics.get(name, UNTOLD)


def shorten(words: str, longest: int) -> str:
    """Return `words` on one line, cut with … when they are too long."""
    line = " ".join(words.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def is_our_path(path: str) -> bool:
    """Tell whether `path` leads to a page of ours and can be kept."""
    ours = path.startswith("/") and not path.startswith(("//", "/\\"))
    return ours and path.isprintable() and "\\" not in path and len(path) <= PATH_LENGTH


def told_count(unread: int) -> str:
    """Return the number beside the bell: 3, or 99+ when nobody would count on."""
    return str(unread) if unread < MOST_COUNTED else f"{MOST_COUNTED - 1}+"
