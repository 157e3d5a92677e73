"""Markdown to safe HTML, and to plain text for search and previews."""

import re
from functools import lru_cache
from html.parser import HTMLParser

import markdown as markdown_library
import nh3
from markupsafe import Markup, escape

_EXTENSIONS = ["tables", "footnotes", "admonition", "sane_lists"]
_TAGS = {
    "h2", "h3", "h4", "h5", "p", "br", "hr", "strong", "em", "del", "sup", "sub", "code", "pre",
    "blockquote", "ul", "ol", "li", "a", "img", "div", "span",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title", "class", "id"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"id"},
    "sup": {"id"},
    "div": {"class"},
    "th": {"align"},
    "td": {"align"},
}
_CLASSES = {
    "div": {"admonition", "note", "tip", "warning", "danger", "important", "footnote"},
    "p": {"admonition-title"},
    "a": {"footnote-ref", "footnote-backref"},
}
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_DEEPEST = 20  # brackets open within each other; a sentence with a link has two
_MOST_OPEN_TAGS = 50
_KEPT_TEXTS = 128  # of some ten kilobytes each: a quarter of a lesson page was this, each time
_TASK = re.compile(r"<li>(\s*(?:<p>)?)\[[ xX]\]\s+")  # "- [ ] 先量宽度": a box to tick on paper
_HAN_BREAK = re.compile(r"(?<=[㐀-鿿，。；：！？、）])\n(?=[㐀-鿿（“])")


@lru_cache(maxsize=_KEPT_TEXTS)
def render_markdown(text: str, *, top_heading: int = 2) -> Markup:
    """Return `text` as HTML that is safe to show, whoever wrote it.

    Headings start at `top_heading`, for the page has its own first one. Line breaks between two
    Han characters do not become spaces: authors wrap lines in their editors.
    """
    joined = _HAN_BREAK.sub("", text)
    raised = re.sub(
        r"(?m)^(#{1,4}) ", lambda m: "#" * min(len(m[1]) + top_heading - 1, 5) + " ", joined
    )
    if re.search(r"(?m)^# ", joined) is None:
        raised = joined  # the author began at "##" already
    try:
        html = markdown_library.markdown(
            _tame(raised), extensions=_EXTENSIONS, output_format="html"
        )
    except RecursionError:  # lists within lists, hundreds deep
        html = f"<pre>{escape(text)}</pre>"
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={tag: names - {"class"} for tag, names in _ATTRIBUTES.items()},
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        id_prefix=None,
    )
    clean = _TASK.sub(r'<li class="task">\1', clean)
    wrapped = _TABLE.sub(lambda m: f'<div class="table-scroll">{m[0]}</div>', clean)
    return Markup(wrapped)  # noqa: S704 - nh3 has just made it safe


def _tame(text: str) -> str:
    """Take the meaning from brackets without partners: each would be searched for to the end.

    Without this, twenty thousand "[" take a minute and a half of processor time at every view.
    """
    if _deepest(text, "<", ">") > _MOST_OPEN_TAGS:
        text = text.replace("<", "&lt;")
    blocks = text.split("\n\n")
    return "\n\n".join(
        block.replace("[", "&#91;")
        if max(_deepest(block, "[", "]"), _deepest(block, "(", ")")) > _DEEPEST
        else block
        for block in blocks
    )


def _deepest(text: str, opening: str, closing: str) -> int:
    deepest = depth = 0
    for mark in re.findall(f"[{re.escape(opening + closing)}]", text):
        depth = depth + 1 if mark == opening else max(0, depth - 1)
        deepest = max(deepest, depth)
    return deepest


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._in_footnote_mark = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "sup" and (dict(attrs).get("id") or "").startswith("fnref"):
            self._in_footnote_mark = True  # its number would stand in the sentence

    def handle_data(self, data: str) -> None:
        if not self._in_footnote_mark:
            self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "sup":
            self._in_footnote_mark = False
        if tag in {"p", "li", "td", "th", "h2", "h3", "h4", "h5"}:
            self.parts.append("\n")


def plain_text(text: str) -> str:
    """Return the words of Markdown `text` without any marks, a paragraph a line."""
    parser = _TextOnly()
    parser.feed(str(render_markdown(text)))
    lines = "".join(parser.parts).replace("↩", "").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def headings(text: str) -> list[str]:
    """Return the headings of Markdown `text` in order."""
    return [plain_text(found) for found in re.findall(r"(?m)^#{1,5}\s+(.+?)\s*#*$", text)]
