"""The numbers that a word processor shows and does not write: automatic lists of .docx."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"


def transitional(root: Element) -> Element:
    """Return the tree with the usual namespace, when it is written in the strict one."""
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag.startswith(_STRICT):
            node.tag = W + node.tag[len(_STRICT) :]
            for name in [name for name in node.attrib if name.startswith(_STRICT)]:
                node.attrib[W + name[len(_STRICT) :]] = node.attrib.pop(name)
    return root


@dataclass
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


def value(node: Element | None, name: str) -> str:
    """Return the w:val of a child; empty when there is none."""
    child = node.find(W + name) if node is not None else None
    return child.get(W + "val", "") if child is not None else ""


@dataclass
class Numbering:
    """Counts the paragraphs of each list as the word processor does."""

    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counted: dict[str, dict[int, int]] = field(default_factory=dict)
    abstract: dict[str, str] = field(default_factory=dict)
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)

    def read(self, numbering: Element | None, styles: Element | None) -> None:
        """Learn the lists of a document and the styles that number."""
        levels: dict[str, dict[int, _Level]] = {}
        for one in numbering.findall(W + "abstractNum") if numbering is not None else ():
            levels[one.get(W + "abstractNumId", "")] = {
                _whole(level.get(W + "ilvl")): _Level(
                    value(level, "numFmt") or "decimal",
                    value(level, "lvlText"),
                    _whole(value(level, "start"), 1),
                )
                for level in one.findall(W + "lvl")
            }
        for one in numbering.findall(W + "num") if numbering is not None else ():
            name, abstract = one.get(W + "numId", ""), value(one, "abstractNumId")
            self.lists[name] = dict(levels.get(abstract, {}))
            restarts = False
            for change in one.findall(W + "lvlOverride"):
                place, start = _whole(change.get(W + "ilvl")), value(change, "startOverride")
                if start and place in self.lists[name]:
                    old = self.lists[name][place]
                    self.lists[name][place] = _Level(old.form, old.text, _whole(start, 1))
                    restarts = True
            # Lists of one kind go on counting, unless one says that it begins anew.
            self.abstract[name] = name if restarts else f"abstract {abstract}"
        for style in styles.findall(W + "style") if styles is not None else ():
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None:
                self.styles[style.get(W + "styleId", "")] = (
                    value(properties, "numId"),
                    _whole(value(properties, "ilvl")),
                )

    def label(self, paragraph: Element) -> str:
        """Return the number that stands before a paragraph; empty for none and for bullets."""
        properties = paragraph.find(W + "pPr")
        own = properties.find(W + "numPr") if properties is not None else None
        if own is not None:
            name, place = value(own, "numId"), _whole(value(own, "ilvl"))
        else:
            name, place = self.styles.get(value(properties, "pStyle"), ("", 0))
        levels = self.lists.get(name)
        if not levels or place not in levels:
            return ""
        counted = self.counted.setdefault(self.abstract[name], {})
        level = levels[place]
        counted[place] = counted.get(place, level.start - 1) + 1
        for deeper in [one for one in counted if one > place]:
            del counted[deeper]
        if level.form in {"bullet", "none"}:
            return ""
        text = level.text or f"%{place + 1}."
        for number in range(place + 1):
            shown = levels.get(number, level)
            text = text.replace(
                f"%{number + 1}", numeral(counted.get(number, shown.start), shown.form)
            )
        return text.strip()


def _whole(text: str | None, otherwise: int = 0) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def numeral(number: int, form: str) -> str:
    """Return a number as a list of this form shows it."""
    if form in {"upperLetter", "lowerLetter"} and 1 <= number <= 26:
        letter = chr(ord("A") + number - 1)
        return letter if form == "upperLetter" else letter.lower()
    if form.startswith(("chinese", "ideograph", "japanese", "taiwanese")) and 0 < number < 100:
        tens, ones = divmod(number, 10)
        if not tens:
            return _DIGITS[ones]
        return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"
    if form == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return str(number)
