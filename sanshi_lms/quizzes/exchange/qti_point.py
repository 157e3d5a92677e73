"""Pictures of QTI items, and places to point at in them."""

import posixpath
from dataclasses import replace
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from sanshi_lms.core.packed import Packed
from sanshi_lms.quizzes.content import Area, ItemContent, Picture
from sanshi_lms.quizzes.exchange.moodle_read import PICTURES
from sanshi_lms.quizzes.exchange.pictured import NO_WORDS, Arrivals
from sanshi_lms.quizzes.exchange.qti_areas import area_of, exact_areas
from sanshi_lms.quizzes.exchange.qti_tree import declaration_of, number_of, right_of


def number_pictures(item: Element, arrivals: Arrivals, packed: Packed | None, folder: str) -> None:
    """Let each picture of an item that is in the package carry its number."""
    for node in item.iter():
        source = node.get({"img": "src", "object": "data"}.get(str(node.tag), ""), "")
        address = None
        if source.startswith("data:"):
            numbered = arrivals.without_data(source)
            address = numbered if numbered.startswith("arrived:") else None
        elif source and packed is not None:
            name = posixpath.normpath(posixpath.join(folder, unquote(source)))
            address = arrivals.take(packed.read(name)) if name in packed else None
        if address:
            node.set("arrived", address)


def read_point(
    item: Element, node: Element, base: ItemContent, kind: str
) -> tuple[ItemContent, str | None]:
    """Read a place to point at: right are the areas that earn something."""
    base = replace(base, kind="hotspot")
    shown = next((one for one in node.iter() if one.tag in {"object", "img"}), None)
    if shown is None or not shown.get("arrived"):
        return base, PICTURES
    told = item.get("label", "").split(";")[2:] if kind == "hotspot" else []
    areas = exact_areas(told[0]) if told else _areas(item, node, shown)
    words_of_it = shown.get("alt") or (shown.text or "").strip() or NO_WORDS
    picture = Picture(shown.get("arrived", ""), words_of_it)
    return replace(base, picture=picture, areas=areas), None


def _areas(item: Element, node: Element, shown: Element) -> tuple[Area, ...]:
    wide, high = number_of(shown.get("width")), number_of(shown.get("height"))
    declaration = declaration_of(item, node)
    right = set(right_of(declaration))
    found = [
        one for one in declaration.iterfind("areamapping/areamapentry")
        if number_of(one.get("mappedvalue")) > 0
    ]  # fmt: skip
    found += [one for one in node.findall("hotspotchoice") if one.get("identifier") in right]
    return tuple(area_of(one.get("shape", ""), one.get("coords", ""), wide, high) for one in found)
