"""Markdown to the HTML that the editor of an official account keeps: inline styles, plain tags.

Classes, style sheets, ids and outside links are lost there, so each tag carries its look, a link
becomes its words, and a table scrolls in nothing: it gets lines and small type.
"""

from html import escape
from html.parser import HTMLParser

INK, SOFT, RIVER, PALE = "#1a2626", "#485654", "#0e5a5e", "#eef5f1"
STYLES = {
    "h2": f"margin:28px 0 12px;font-size:19px;line-height:1.5;font-weight:bold;color:{RIVER};",
    "h3": f"margin:22px 0 10px;font-size:17px;line-height:1.5;font-weight:bold;color:{INK};",
    "p": f"margin:0 0 16px;font-size:16px;line-height:1.9;color:{INK};text-align:justify;",
    "li": f"margin:0 0 8px;font-size:16px;line-height:1.9;color:{INK};",
    "ul": "margin:0 0 16px;padding-left:24px;",
    "ol": "margin:0 0 16px;padding-left:24px;",
    "blockquote": (
        f"margin:0 0 16px;padding:12px 16px;border-left:4px solid {RIVER};background:{PALE};"
    ),
    "table": "width:100%;margin:0 0 16px;border-collapse:collapse;font-size:14px;line-height:1.6;",
    "th": f"padding:8px;border:1px solid #c9d3d0;background:{PALE};text-align:left;",
    "td": "padding:8px;border:1px solid #c9d3d0;",
    "img": "display:block;width:100%;height:auto;margin:0 auto 8px;border-radius:6px;",
    "hr": "margin:24px 0;border:none;border-top:1px solid #c9d3d0;",
    "strong": f"color:{RIVER};",
    "em": "font-style:normal;font-weight:bold;",
}
_KEPT = {*STYLES, "tr", "thead", "tbody", "br", "section"}
_SAME = {"h4": "h3", "h5": "h3", "div": "section", "pre": "blockquote"}
_EMPTY = {"br", "hr", "img"}


def tag(name: str, inside: str, style: str = "") -> str:
    """Return an element with the style of its kind, or another one."""
    return f'<{name} style="{style or STYLES[name]}">{inside}</{name}>'


class _Styled(HTMLParser):
    """Writes what it reads with inline styles; pictures are collected in order."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img":
            self.pictures.append((given.get("src") or "", given.get("alt") or ""))
            number = len(self.pictures)
            self.parts.append(f'<img data-picture="{number}" style="{STYLES["img"]}">')
        elif tag == "a":
            self.links += (given.get("href") or "").startswith("http")
        else:
            name = _SAME.get(tag, tag)
            if name in _KEPT:
                style = f' style="{STYLES[name]}"' if name in STYLES else ""
                self.parts.append(f"<{name}{style}>")

    def handle_endtag(self, tag: str) -> None:
        name = _SAME.get(tag, tag)
        if name in _KEPT and name not in _EMPTY:
            self.parts.append(f"</{name}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data))


def styled(html: str) -> tuple[str, list[tuple[str, str]], int]:
    """Return safe HTML of ours with inline styles, its pictures (address, words), its links.

    Where a picture stands the result has `<img data-picture="1" …>`.
    """
    reader = _Styled()
    reader.feed(html)
    reader.close()
    return "".join(reader.parts), reader.pictures, reader.links
