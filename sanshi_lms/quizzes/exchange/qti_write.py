"""Questions as a QTI package: 2.1, or the same tree under the names of 3.0."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from sanshi_lms.core.packed import written
from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.content_rules import BLANK
from sanshi_lms.quizzes.exchange.qti_answers import blanks_of, declared, numeric_processing
from sanshi_lms.quizzes.exchange.qti_areas import exact, pixels
from sanshi_lms.quizzes.exchange.qti_pictures import Drawn
from sanshi_lms.quizzes.exchange.rubric_text import write_rubric

_QTI = {
    2: "http://www.imsglobal.org/xsd/imsqti_v2p1",
    3: "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
_CP = {
    2: "http://www.imsglobal.org/xsd/imscp_v1p1",
    3: "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
}
_RESOURCE = {2: "imsqti_item_xmlv2p1", 3: "imsqti_item_xmlv3p0"}
_SCHEMA = {2: ("QTIv2.1 Package", "1.0.0"), 3: ("QTI Package", "3.0.0")}
_TEMPLATE = {
    2: "http://www.imsglobal.org/question/qti_v2p1/rptemplates/",
    3: "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/",
}
HYPERTEXT = {"p", "br", "div", "span", "object"}
WRITABLE = (
    "single",
    "multiple",
    "true_false",
    "blanks",
    "ordering",
    "matching",
    "numeric",
    "short",
)


def write_qti(
    contents: Sequence[ItemContent],
    version: int = 2,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a package in which each question is an item of its own, its pictures beside it."""
    sink, drawn = io.BytesIO(), Drawn(pictures or {})
    files: dict[str, list[str]] = {}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(contents, 1):
            if content.kind in WRITABLE or drawn.can_point(content):
                name = f"items/q{number:04}.xml"
                root = _item(content, number, version, drawn)
                files[name] = drawn.put_in(root)
                _put(archive, name, tostring(root, encoding="utf-8", xml_declaration=True))
        for name in dict.fromkeys(name for used in files.values() for name in used):
            _put(archive, f"pictures/{name}", drawn.pictures[name])
        manifest = _manifest(files, version)
        _put(
            archive,
            "imsmanifest.xml",
            tostring(manifest, encoding="utf-8", xml_declaration=True),
        )
    return sink.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))  # the same questions, the same bytes
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, data)


def _manifest(files: Mapping[str, Sequence[str]], version: int) -> Element:
    root = Element("manifest", {"xmlns": _CP[version], "identifier": "sanshi-questions"})
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text, SubElement(metadata, "schemaversion").text = _SCHEMA[
        version
    ]
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for number, (name, pictures) in enumerate(files.items(), 1):
        resource = SubElement(
            resources,
            "resource",
            {"identifier": f"r{number}", "type": _RESOURCE[version], "href": name},
        )
        for one in (name, *(f"pictures/{picture}" for picture in pictures)):
            SubElement(resource, "file", {"href": one})
    return root


def _item(content: ItemContent, number: int, version: int, drawn: Drawn) -> Element:
    root = Element(
        "assessmentItem",
        {
            "xmlns": _QTI[version],
            "identifier": f"q{number:04}",
            "title": f"第 {number} 题",
            # `label` is free for the tool that writes: it keeps apart what QTI does not.
            "label": _label(content),
            "adaptive": "false",
            "timeDependent": "false",
        },
    )
    for response in _points_declared(content, drawn) or declared(content):
        root.append(response)
    for name, value in (("SCORE", "0"), ("MAXSCORE", str(content.points))):
        outcome = _under(
            root, "outcomeDeclaration", identifier=name, cardinality="single", baseType="float"
        )
        _under(_under(outcome, "defaultValue"), "value").text = value
    if content.explanation_md:
        outcome = _under(
            root, "outcomeDeclaration", identifier="WHY", cardinality="single",
            baseType="identifier",
        )  # fmt: skip
        _under(_under(outcome, "defaultValue"), "value").text = "why"
    _body(_under(root, "itemBody"), content, drawn)
    _processing(root, content, version)
    if content.explanation_md:
        told = _under(
            root, "modalFeedback", outcomeIdentifier="WHY", identifier="why", showHide="show"
        )
        _paragraphs(told, content.explanation_md)
    if version == 3:
        for node in list(root.iter()):
            if node.tag in {"rubricBlock", "modalFeedback"}:
                _embody(node)
            _rename(node)
    return root


def _label(content: ItemContent) -> str:
    told = f"{content.kind};{content.difficulty}"
    return f"{told};{exact(content.areas)}" if content.kind == "hotspot" else told


def _points_declared(content: ItemContent, drawn: Drawn) -> list[Element]:
    """Return the declaration of a place to point at; nothing for other kinds."""
    if content.kind != "hotspot" or content.picture is None:
        return []
    wide, high = drawn.size(content.picture.key)
    node = Element(
        "responseDeclaration",
        {"identifier": "RESPONSE", "cardinality": "single", "baseType": "point"},
    )
    mapping = _under(node, "areaMapping", defaultValue="0")
    for area in content.areas:
        coords = pixels(area, wide, high)
        _under(mapping, "areaMapEntry", shape="rect", coords=coords, mappedValue="1")
    return [node]


def _under(parent: Element, name: str, **attributes: str) -> Element:
    return SubElement(parent, name, attributes)


def _lines(node: Element, text: str) -> None:
    """Put a text into a node: a line break for each of its own."""
    last: Element | None = None
    for place, line in enumerate(written(text).split("\n")):
        if place:
            last = SubElement(node, "br")
        if last is None:
            node.text = line
        else:
            last.tail = line


def _paragraphs(node: Element, text: str) -> None:
    for piece in text.split("\n\n"):
        _lines(SubElement(node, "p"), piece)


def _processing(root: Element, content: ItemContent, version: int) -> None:
    if content.kind == "numeric":
        root.append(numeric_processing(content))
    elif content.kind == "blanks":
        root.append(_summed(content))
    elif content.kind != "short":
        done = "map_response_point" if content.kind == "hotspot" else "match_correct"
        _under(
            root,
            "responseProcessing",
            template=f"{_TEMPLATE[version]}{done}{'.xml' if version == 3 else ''}",
        )


def _summed(content: ItemContent) -> Element:
    root = Element("responseProcessing")
    total = _under(_under(root, "setOutcomeValue", identifier="SCORE"), "sum")
    for number in range(1, len(content.blanks) + 1):
        _under(total, "mapResponse", identifier=f"RESPONSE{number}")
    return root


def _body(body: Element, content: ItemContent, drawn: Drawn) -> None:
    if content.kind == "blanks":
        blanks_of(body, BLANK.split(written(content.stem_md)))
        return
    if content.kind == "short":
        rubric = _under(body, "rubricBlock", view="scorer")
        _paragraphs(rubric, write_rubric(content.rubric))
    _paragraphs(_under(body, "div"), content.stem_md)
    match content.kind:
        case "single" | "multiple" | "true_false":
            most = "0" if content.kind == "multiple" else "1"
            node = _under(
                body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false",
                maxChoices=most,
            )  # fmt: skip
            _choices(node, [one.text_md for one in content.options], "C")
        case "ordering":
            node = _under(body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="true")
            _choices(node, content.sequence, "C")
        case "matching":
            _matching(body, content)
        case "numeric":
            _under(_under(body, "p"), "textEntryInteraction", responseIdentifier="RESPONSE")
        case "short":
            _under(body, "extendedTextInteraction", responseIdentifier="RESPONSE")
        case "hotspot" if content.picture:
            node = _under(
                body, "selectPointInteraction", responseIdentifier="RESPONSE", maxChoices="1"
            )
            drawn.show(node, content.picture)


def _choices(node: Element, texts: Sequence[str], sign: str) -> None:
    for place, text in enumerate(texts, 1):
        _lines(_under(node, "simpleChoice", identifier=f"{sign}{place}"), text)


def _matching(body: Element, content: ItemContent) -> None:
    node = _under(
        body, "matchInteraction", responseIdentifier="RESPONSE", shuffle="true",
        maxAssociations=str(sum(bool(pair.left) for pair in content.pairs)),
    )  # fmt: skip
    left, right = _under(node, "simpleMatchSet"), _under(node, "simpleMatchSet")
    for place, pair in enumerate(content.pairs, 1):
        if pair.left:
            choice = _under(left, "simpleAssociableChoice", identifier=f"L{place}", matchMax="1")
            _lines(choice, pair.left)
        choice = _under(right, "simpleAssociableChoice", identifier=f"R{place}", matchMax="1")
        _lines(choice, pair.right)


def _embody(node: Element) -> None:
    """Put what a node holds into the body that 3.0 asks for."""
    body = Element("qti-content-body")
    body.extend(list(node))
    for child in list(node):
        node.remove(child)
    node.append(body)


def _rename(node: Element) -> None:
    if node.tag not in HYPERTEXT:
        node.tag = "qti-" + _kebab(node.tag)
    for name in [name for name in node.attrib if name != "xmlns"]:
        value = node.attrib.pop(name)
        node.attrib[_kebab(name)] = value


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: "-" + m[1].lower(), name)
