"""Where pictures of questions lie, and their names in texts."""

import re
import secrets

from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.pictures import encode, private_folder, put_away
from sanshi_lms.core.storage import storage

NAME = re.compile(r"[0-9a-f]{24}\.jpg")
LONGEST_ALT = 100
_FOLDER = "quizzes/pictures"


def keep_picture(data: bytes) -> str:
    """Store a picture that a person sent; return its name. Raises Refusal for what is none."""
    folder = private_folder()
    try:
        (made,) = encode([data], folder, 1)
        name = f"{secrets.token_hex(12)}.jpg"
        storage().commit_file(made.file, f"{_FOLDER}/{name}")
    finally:
        put_away(folder)
    return name


def picture_key(name: str) -> str | None:
    """Return where a picture lies; None for what is no name of ours."""
    return f"{_FOLDER}/{name}" if NAME.fullmatch(name) else None


def picture_in(key_text: str) -> str:
    """Return the name of the picture in the lines of a hotspot's key, "" without one."""
    found = re.match(r"图片\s+([0-9a-f]{24}\.jpg)", key_text)
    return found[1] if found else ""


def in_markdown(name: str, alt: str) -> str:
    """Return a picture as it stands in a text. Raises Refusal without words for who cannot see."""
    words = " ".join(re.sub(r"[\[\]]", "", alt).split())[:LONGEST_ALT]
    if not words:
        raise Refusal("请写一句图片说明，例如：电梯井平面图。看不见图的人靠它答题。")
    return f"![{words}](/quizzes/pictures/{name})"
