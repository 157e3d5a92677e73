"""HTML of other programs as the Markdown that our questions are written in."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from sanshi_lms.quizzes.exchange.pictured import in_words

_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote",
           "section", "pre"}  # fmt: skip
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*"}
_UNSEEN = {"script", "style", "head", "title"}
_PICTURES = {"img", "svg", "object", "embed", "video", "audio", "iframe"}


@dataclass(frozen=True)
class Converted:
    """The text, and whether it had pictures, sound or films, which are not in it."""

    text: str
    pictures: bool


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures = False
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _UNSEEN:
            self.hidden += 1
        elif tag == "img" and (given.get("src") or "").startswith("arrived:"):
            self.parts.append(in_words(given.get("alt") or "", given["src"] or ""))
        elif tag in _PICTURES:
            self.pictures = True
        elif tag == "br":
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "tr":
            self.parts.append("\n")
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag in _MARKS:
            self.parts.append(_MARKS[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _MARKS:
            self.parts.append(_MARKS[tag])

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(re.sub(r"\s+", " ", data.replace("\xa0", " ")))


def markdown_of(html: str) -> Converted:
    """Return HTML as Markdown; what has no words is only told of."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(reader.parts))
    text = re.sub(r"\*{4,}|\*\*\s+\*\*", "", text)
    return Converted(re.sub(r"\n{3,}", "\n\n", text).strip(), reader.pictures)
