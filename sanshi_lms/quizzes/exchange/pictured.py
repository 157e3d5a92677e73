"""Pictures on their way: in a text of ours they stand by address, in a file by their name there.

While a file is read they are numbered, ``![words](arrived:3)``, and travel beside the questions.
Whoever takes the questions in stores them like any picture that a person sends, and puts the
address in.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from sanshi_lms.quizzes.content import ItemContent

OURS = re.compile(r"!\[([^\[\]]*)\]\(/quizzes/pictures/([0-9a-f]{24}\.jpg)\)")
ARRIVED = re.compile(r"(!\[[^\[\]]*\])\(arrived:(\d{1,3})\)")
NAME = re.compile(r"[0-9a-f]{24}\.jpg")
MOST_PICTURES = 60
MOST_PICTURE_BYTES = 6_000_000
"""Of one file, all together; they travel as text between two processes."""
NO_WORDS = "图片"
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]{20,})")


class Arrivals:
    """The pictures of a file that is being read."""

    def __init__(self) -> None:
        """Begin without any."""
        self.found: list[bytes] = []
        self._bytes = 0

    def take(self, data: bytes) -> str | None:
        """Return the address that a picture has for now; None when there is no room for it."""
        if data in self.found:
            return f"arrived:{self.found.index(data)}"
        self._bytes += len(data)
        if not data or len(self.found) >= MOST_PICTURES or self._bytes > MOST_PICTURE_BYTES:
            return None
        self.found.append(data)
        return f"arrived:{len(self.found) - 1}"

    def take_text(self, text: str) -> str | None:
        """Return the address of a picture in base64; None for what is none."""
        try:
            return self.take(base64.b64decode("".join(text.split()), validate=True))
        except binascii.Error:
            return None

    def without_data(self, text: str) -> str:
        """Return a text whose ``data:`` pictures are numbered."""
        return _DATA.sub(lambda found: self.take_text(found[1]) or "", text)


def in_words(alt: str, address: str) -> str:
    """Return a picture as it stands in a text."""
    words = " ".join(re.sub(r"[\[\]()]", "", alt).split())[:100]
    return f"![{words or NO_WORDS}]({address})"


def with_texts(content: ItemContent, change: Callable[[str], str]) -> ItemContent:
    """Return a question with `change` made to every text that may hold a picture."""
    return replace(
        content,
        stem_md=change(content.stem_md),
        explanation_md=change(content.explanation_md),
        options=tuple(replace(one, text_md=change(one.text_md)) for one in content.options),
        parts=tuple(with_texts(part, change) for part in content.parts),
    )


def names_in(contents: Iterable[ItemContent]) -> list[str]:
    """Return the names of all pictures of ours in these questions, each once."""
    found: dict[str, None] = {}

    def note(text: str) -> str:
        found.update(dict.fromkeys(name for _, name in OURS.findall(text)))
        return text

    for content in contents:
        with_texts(content, note)
        if content.picture is not None and NAME.fullmatch(content.picture.key):
            found[content.picture.key] = None
    return list(found)
