"""The texts of questions as HTML: Markdown, and formulae between dollar signs as MathML.

``$a^2$`` stands in a line, ``$$…$$`` by itself. A dollar with a space or a digit on its wrong side
is money, as in pandoc.
"""

import re
from functools import lru_cache

import nh3
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from sanshi_lms.core.markdown import render_markdown

MOST_FORMULAE = 40
_FORMULA = re.compile(
    r"(?<!\\)\$\$(?P<block>[^$]{1,400}?)\$\$"
    r"|(?<![\\$\w])\$(?=\S)(?P<line>[^$\n]{0,399}?\S)\$(?![\d$])"
)
_TABLE = re.compile(r"(?m)^\s*\|?\s*:?-{2,}:?\s*\|")
# Pictures, code and bold; a picture's address is one of ours or of the web, nh3 sees to that.
_OPTION_MARKS = re.compile(r"(!\[[^\[\]]*\]\([^()\s]+\)|`[^`]+`|\*\*[^*]+\*\*)")
_MARKED = re.compile(r"\*\*|`|!\[|\n")
_SHORT = 600
_HOLD, _RELEASE = "\ue010{}\ue011", re.compile("\ue010(\\d+)\ue011")
_TAGS = {
    "math", "mrow", "mi", "mo", "mn", "mtext", "ms", "mspace", "msup", "msub", "msubsup", "mfrac",
    "msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle", "menclose",
    "mpadded", "mphantom", "mmultiscripts", "mprescripts", "none",
}  # fmt: skip
_ATTRIBUTES = {
    "math": {"display"},
    "mo": {"stretchy", "fence", "form", "separator", "movablelimits", "minsize", "maxsize"},
    "mi": {"mathvariant"},
    "mspace": {"width", "linebreak"},
    "mfrac": {"linethickness"},
    "mover": {"accent"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtd": {"columnalign"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
}


def item_text(text: str, *, top_heading: int = 3) -> Markup:
    """Return a stem or an explanation as HTML that is safe to show, whoever wrote it."""
    return (_kept if len(text) <= _SHORT else _shown)(text, top_heading)


def _shown(text: str, top_heading: int) -> Markup:
    plain, formulae = _held(text)
    return _released(render_markdown(plain, top_heading=top_heading), formulae)


# A class opens the same 200 questions one after another: Markdown was most of each page.
_kept = lru_cache(maxsize=2048)(_shown)


def option_text(text: str) -> Markup:
    """Return an option as HTML that is safe to show: bold, code, pictures, formulae, a table.

    No lists, headings or single stars: "1. 先登记" and "2*3 米" are options, not marks.
    """
    plain, formulae = _held(text)
    if not _MARKED.search(plain):  # nearly all: a sheet of 200 questions has 800 options
        return _released(escape(plain), formulae)
    if _TABLE.search(plain):
        return _released(render_markdown(plain), formulae)
    lines = [_as_said(line.strip()) for line in plain.split("\n") if line.strip()]
    html = str(render_markdown("  \n".join(lines)))
    whole = html.removeprefix("<p>").removesuffix("</p>")
    return _released(Markup(html if "<p>" in whole else whole), formulae)  # noqa: S704 - as above


def _as_said(line: str) -> str:
    """Take the meaning from all marks but those an option may have."""
    parts = _OPTION_MARKS.split(line)
    return "".join(_said(part, mark=bool(place % 2)) for place, part in enumerate(parts))


def _said(part: str, *, mark: bool) -> str:
    if mark and part.startswith("**"):
        return f"**{_unmarked(part[2:-2])}**"
    return part if mark else _unmarked(part)


def _unmarked(text: str) -> str:
    # As numbers: Markdown has no meaning for them, and a browser shows the sign itself.
    return re.sub(r"[!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", text)


def _held(text: str) -> tuple[str, list[Markup]]:
    """Take the formulae out, so that Markdown does not read their signs as its own."""
    formulae: list[Markup] = []

    def hold(found: re.Match[str]) -> str:
        if len(formulae) >= MOST_FORMULAE:
            return found[0]
        block = found["block"] is not None
        formulae.append(_drawn(found["block"] or found["line"], block=block))
        return _HOLD.format(len(formulae) - 1)

    return _FORMULA.sub(hold, re.sub("[\ue010\ue011]", "", text)), formulae


def _released(html: Markup, formulae: list[Markup]) -> Markup:
    def release(found: re.Match[str]) -> str:
        place = int(found[1])
        return str(formulae[place]) if place < len(formulae) else ""

    return Markup(_RELEASE.sub(release, str(html)))  # noqa: S704 — both parts are safe already


@lru_cache(maxsize=512)
def _drawn(latex: str, *, block: bool) -> Markup:
    """Return a formula as MathML; as it was written when it cannot be read."""
    try:
        made = convert(latex, display="block" if block else "inline")
    except Exception:
        return Markup("<code>{}</code>").format(latex)
    clean = nh3.clean(made, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)
    return Markup(clean)  # noqa: S704 — nh3 has just made it safe
