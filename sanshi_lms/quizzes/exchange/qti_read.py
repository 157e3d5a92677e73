"""Questions from QTI 2.x and 3.0: packages with a manifest, and single item files.

Names of both versions are the same once case and hyphens are gone, so one reader takes both.
"""

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from sanshi_lms.core.packed import Packed, Unreadable, parse_xml
from sanshi_lms.quizzes.content import (
    CONTENT_KINDS,
    Blank,
    ItemContent,
    NumericKey,
    OptionContent,
    Pair,
)
from sanshi_lms.quizzes.exchange.gift_read import HOLE, PARTLY
from sanshi_lms.quizzes.exchange.moodle_read import PICTURES
from sanshi_lms.quizzes.exchange.pictured import Arrivals
from sanshi_lms.quizzes.exchange.qti_point import number_pictures, read_point
from sanshi_lms.quizzes.exchange.qti_tree import declaration_of, number_of, right_of
from sanshi_lms.quizzes.exchange.qti_words import plain_names, words
from sanshi_lms.quizzes.exchange.reading import MOST_ITEMS, Reading, refused
from sanshi_lms.quizzes.exchange.rubric_text import read_rubric
from sanshi_lms.quizzes.exchange.text_answers import as_truth
from sanshi_lms.quizzes.rules import TRUE_FALSE_TEXTS

_MADE = tuple[ItemContent, str | None]


def read_package(packed: Packed) -> Reading:
    """Return the questions of a package, in the order of its manifest."""
    manifest = next(one for one in sorted(packed.names, key=len) if one.endswith("imsmanifest.xml"))
    root = plain_names(parse_xml(packed.read(manifest)))
    folder = posixpath.dirname(manifest)
    items = [one for one in root.iter("resource") if "qti_item" in one.get("type", "").lower()]
    if len(items) > MOST_ITEMS:
        return refused(f"题目太多了，一次最多 {MOST_ITEMS} 题，请分成几个包。")
    arrivals = Arrivals()
    reading = Reading(pictures=arrivals.found)
    for number, resource in enumerate(items, 1):
        name = posixpath.normpath(posixpath.join(folder, unquote(resource.get("href", ""))))
        if name not in packed:
            reading.fault(f"第 {number} 题", f"包里没有文件 {name[:80]}，请重新导出。")
            continue
        try:
            item = plain_names(parse_xml(packed.read(name)))
        except Unreadable as error:
            reading.fault(f"第 {number} 题（{name[:80]}）", error.words_zh)
            continue
        number_pictures(item, arrivals, packed, posixpath.dirname(name))
        _take(reading, item, f"第 {number} 题（{name[:80]}）", number)
    if not items:
        return refused(
            "包里没有 QTI 2.1 或 3.0 的题目。如果是 QTI 1.2，请在原来的软件里选 QTI 2.1 导出。"
        )
    return reading


def read_item(root: Element) -> Reading:
    """Return the question of a file of its own."""
    arrivals = Arrivals()
    reading = Reading(pictures=arrivals.found)
    item = plain_names(root)
    number_pictures(item, arrivals, None, "")
    _take(reading, item, "这道题", 1)
    return reading


def _take(reading: Reading, item: Element, place_zh: str, number: int) -> None:
    if item.tag != "assessmentitem":
        reading.fault(place_zh, "这个文件不是 QTI 题目，没有读。")
        return
    content, problem = _question(item)
    reading.add(content, place_zh, number, problem)


def _question(item: Element) -> _MADE:
    body = item.find("itembody")
    if body is None:
        title = item.get("title", "").strip() or "?"
        return ItemContent("short", title), "题目没有正文（itemBody），请重新导出。"
    kind, level = _label(item)
    interactions = [one for one in body.iter() if one.tag.endswith("interaction")]
    names = {one.tag for one in interactions}
    stem = words(body, without=("interaction", "rubricblock", "templateblock"))
    base = ItemContent(
        "short",
        stem or (item.get("title") or "").strip(),
        "\n\n".join(words(one) for one in item.findall("modalfeedback")[:1]),
        points=_points(item),
        difficulty=level,
    )
    if not interactions:
        return base, "这道题没有作答的地方，请检查。"
    found = _read(item, body, base, kind, interactions, names)
    pictures = any(
        one.tag in {"img", "object", "audio", "video", "picture"} and not one.get("arrived")
        for one in body.iter()
    )
    return found[0], PICTURES if pictures else found[1]


def _read(
    item: Element,
    body: Element,
    base: ItemContent,
    kind: str,
    interactions: list[Element],
    names: set[str],
) -> _MADE:
    if names == {"textentryinteraction"}:
        return _entries(item, body, base, kind, interactions)
    if names == {"inlinechoiceinteraction"}:
        return _inline(item, body, base, interactions)
    if len(interactions) > 1:
        return base, "一道题里有几处作答，还不能导入。请拆成几道题。"
    read = _READERS.get(interactions[0].tag)
    if read is None:
        name = interactions[0].tag.removesuffix("interaction")
        return base, f"QTI 的“{name}”作答方式这里没有，请改成别的题型。"
    prompt = interactions[0].find("prompt")
    asked = words(prompt) if prompt is not None else ""
    stem = "\n\n".join(one for one in (words_before(body), asked) if one) or base.stem_md
    return read(item, interactions[0], replace(base, stem_md=stem), kind)


def words_before(body: Element) -> str:
    """Return all words of a body outside of its interactions and rubrics."""
    return words(body, without=("interaction", "rubricblock", "templateblock"))


def _label(item: Element) -> tuple[str, int]:
    kind, level, *_ = [*item.get("label", "").split(";"), ""]
    known = kind if kind in CONTENT_KINDS else ""
    return known, int(level) if known and level in {"1", "2", "3"} else 2


def _points(item: Element) -> int:
    for outcome in item.findall("outcomedeclaration"):
        if outcome.get("identifier") == "MAXSCORE":
            text = outcome.findtext("defaultvalue/value") or outcome.get("normalmaximum") or "1"
            whole = re.fullmatch(r"\s*(\d{1,4})(?:\.0*)?\s*", text)
            return int(whole[1]) if whole and int(whole[1]) else 1
    return 1


def _choice(item: Element, node: Element, base: ItemContent, kind: str) -> _MADE:
    declaration = declaration_of(item, node)
    right = set(right_of(declaration))
    if not right:
        mapped = declaration.iterfind("mapping/mapentry")
        right = {one.get("mapkey", "") for one in mapped if number_of(one.get("mappedvalue")) > 0}
    options = tuple(
        OptionContent(words(one, without=("feedbackinline",)), one.get("identifier", "") in right)
        for one in node.findall("simplechoice")
    )
    truths = [as_truth(one.text_md) for one in options]
    if kind == "true_false" or (not kind and truths in ([True, False], [False, True])):
        truth = next((t for t, one in zip(truths, options, strict=True) if one.correct), None)
        told = zip(TRUE_FALSE_TEXTS, (truth is True, truth is False), strict=True)
        options = tuple(OptionContent(word, chosen) for word, chosen in told)
        return replace(base, kind="true_false", options=options), None
    multiple = declaration.get("cardinality") == "multiple" and node.get("maxchoices") != "1"
    return replace(base, kind="multiple" if multiple else "single", options=options), None


def _order(item: Element, node: Element, base: ItemContent, _kind: str) -> _MADE:
    texts = {one.get("identifier", ""): words(one) for one in node.findall("simplechoice")}
    right = right_of(declaration_of(item, node))
    if sorted(right) != sorted(texts):
        return replace(base, kind="ordering"), "没有写明正确的先后，请在原来的软件里补上。"
    return replace(base, kind="ordering", sequence=tuple(texts[one] for one in right)), None


def _match(item: Element, node: Element, base: ItemContent, _kind: str) -> _MADE:
    sets = [
        {one.get("identifier", ""): words(one) for one in half.findall("simpleassociablechoice")}
        for half in node.findall("simplematchset")[:2]
    ]
    if len(sets) != 2:
        return replace(base, kind="matching"), "匹配题要有左右两边，请检查。"
    left, right = sets
    partner: dict[str, str] = {}
    for value in right_of(declaration_of(item, node)):
        first, _, second = value.partition(" ")
        if first in partner or second in partner.values():
            return replace(base, kind="matching"), "匹配题里有一对多，这里只能一对一。请拆开。"
        partner[first] = second.strip()
    lefts = {partner[one]: text for one, text in left.items() if partner.get(one) in right}
    if len(lefts) != len(left):
        return replace(base, kind="matching"), "左边有的项没有写明和谁配对，请补上。"
    pairs = tuple(Pair(lefts.get(one, ""), text) for one, text in right.items())
    return replace(base, kind="matching", pairs=pairs), None


def _extended(item: Element, _node: Element, base: ItemContent, _kind: str) -> _MADE:
    told = "\n".join(words(one) for one in item.iter("rubricblock"))
    return replace(base, kind="short", rubric=read_rubric(told, base.points)), None


def _entries(
    item: Element, body: Element, base: ItemContent, kind: str, nodes: list[Element]
) -> _MADE:
    declarations = [declaration_of(item, one) for one in nodes]
    number = declarations[0].get("basetype") in {"float", "integer"}
    if len(nodes) == 1 and number and kind != "blanks":
        return _numeric(item, declarations[0], base)
    blanks = tuple(Blank(_accepted(one)) for one in declarations)
    stem = words(body, without=("rubricblock", "templateblock"), hole=HOLE)
    partly = any(len(set(_worth(one).values())) > 1 for one in declarations)
    made = replace(base, kind="blanks", stem_md=stem, blanks=blanks)
    return made, PARTLY if partly else None


def _accepted(declaration: Element) -> tuple[str, ...]:
    texts = right_of(declaration)
    worth = _worth(declaration)
    texts += [text for text, value in worth.items() if value == max(worth.values())]
    return tuple(dict.fromkeys(texts))


def _worth(declaration: Element) -> dict[str, float]:
    entries = declaration.iterfind("mapping/mapentry")
    found = {one.get("mapkey", "").strip(): number_of(one.get("mappedvalue")) for one in entries}
    return {text: value for text, value in found.items() if value > 0}


def _inline(item: Element, body: Element, base: ItemContent, nodes: list[Element]) -> _MADE:
    blanks = []
    for node in nodes:
        texts = {one.get("identifier", ""): words(one) for one in node.findall("inlinechoice")}
        right = right_of(declaration_of(item, node))
        blanks.append(Blank(tuple(texts[one] for one in right if one in texts)))
    stem = words(body, without=("rubricblock", "templateblock"), hole=HOLE)
    return replace(base, kind="blanks", stem_md=stem, blanks=tuple(blanks)), None


def _numeric(item: Element, declaration: Element, base: ItemContent) -> _MADE:
    base = replace(base, kind="numeric")
    tolerance = "0"
    equal = next(item.iter("equal"), None)
    if equal is not None and equal.get("tolerancemode") == "absolute":
        tolerance = (equal.get("tolerance", "").split() or ["0"])[0]
    right = right_of(declaration) or [""]
    try:
        key = NumericKey(Decimal(right[0][:60]), Decimal(tolerance[:60]))
    except InvalidOperation:
        return base, "数值题的答案不是一个数，请改好。"
    if abs(key.value.adjusted()) > 30 or abs(key.tolerance.adjusted()) > 30:
        return base, "答案的数太大或太小了，请换一个单位。"
    return replace(base, numeric=key), None


_READERS: dict[str, Callable[[Element, Element, ItemContent, str], _MADE]] = {
    "choiceinteraction": _choice,
    "orderinteraction": _order,
    "matchinteraction": _match,
    "extendedtextinteraction": _extended,
    "selectpointinteraction": read_point,
    "hotspotinteraction": read_point,
}
