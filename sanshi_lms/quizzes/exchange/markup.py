"""From the HTML of other programs to the Markdown of ours: what a question needs, nothing more."""

import re
from html.parser import HTMLParser

_AROUND = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_BLOCKS = {"p", "div", "tr", "table", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
_SILENT = {"script", "style", "head", "title"}
LOST_PICTURE = "［图片］"
"""Stands where a picture was that could not come along."""


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0
        self.counts: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag in _AROUND:
            self.parts.append(_AROUND[tag])
        elif tag == "br":
            self.parts.append("\n")
        elif tag in ("ul", "ol"):
            self.counts.append(0 if tag == "ol" else None)
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append(f"\n{self._bullet()} ")
        elif tag == "img":
            self.parts.append(dict(attrs).get("alt") or LOST_PICTURE)
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif tag in _AROUND:
            self.parts.append(_AROUND[tag])
        elif tag in ("ul", "ol"):
            self.counts = self.counts[:-1]
            self.parts.append("\n")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data.replace("\xa0", " ")))

    def _bullet(self) -> str:
        if not self.counts or self.counts[-1] is None:
            return "-"
        number = self.counts[-1] + 1
        self.counts[-1] = number
        return f"{number}."


def markdown_of(html: str) -> str:
    """Return the words of an HTML text with their emphasis and lists; tags of any other kind go."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    text = "".join(writer.parts)
    text = re.sub(r"[ \t]*\n[ \t]*", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
