"""The part of a QTI item that says what is right."""

from collections.abc import Iterable, Sequence
from xml.etree.ElementTree import Element, SubElement

from sanshi_lms.core.packed import written
from sanshi_lms.quizzes.content import ItemContent


def declared(content: ItemContent) -> list[Element]:
    """Return the declarations of the responses of an item, with their keys."""
    match content.kind:
        case "single" | "true_false" | "multiple":
            right = [f"C{n}" for n, one in enumerate(content.options, 1) if one.correct]
            cardinality = "multiple" if content.kind == "multiple" else "single"
            return [_declaration("RESPONSE", cardinality, "identifier", right)]
        case "ordering":
            right = [f"C{n}" for n in range(1, len(content.sequence) + 1)]
            return [_declaration("RESPONSE", "ordered", "identifier", right)]
        case "matching":
            right = [f"L{n} R{n}" for n, pair in enumerate(content.pairs, 1) if pair.left]
            return [_declaration("RESPONSE", "multiple", "directedPair", right)]
        case "numeric" if content.numeric:
            value = f"{content.numeric.value:f}"
            return [_declaration("RESPONSE", "single", "float", [value])]
        case "blanks":
            return [
                _mapped(f"RESPONSE{n}", blank.accepted) for n, blank in enumerate(content.blanks, 1)
            ]
    return [_declaration("RESPONSE", "single", "string", [])]


def _declaration(identifier: str, cardinality: str, base: str, right: Iterable[str]) -> Element:
    node = Element(
        "responseDeclaration",
        {"identifier": identifier, "cardinality": cardinality, "baseType": base},
    )
    values = list(right)
    if values:
        correct = SubElement(node, "correctResponse")
        for value in values:
            SubElement(correct, "value").text = written(value)
    return node


def _mapped(identifier: str, accepted: Sequence[str]) -> Element:
    node = _declaration(identifier, "single", "string", accepted[:1])
    mapping = SubElement(node, "mapping", {"defaultValue": "0"})
    for text in accepted:
        SubElement(
            mapping,
            "mapEntry",
            {"mapKey": written(text), "mappedValue": "1", "caseSensitive": "false"},
        )
    return node


def blanks_of(body: Element, pieces: Sequence[str]) -> None:
    """Put a stem into `body` with a place to type in between its pieces."""
    node, last = SubElement(SubElement(body, "div"), "p"), None
    for number, piece in enumerate(pieces):
        if number:
            last = SubElement(
                node, "textEntryInteraction", {"responseIdentifier": f"RESPONSE{number}"}
            )
        for place, line in enumerate(piece.split("\n")):
            if place:
                last = SubElement(node, "br")
            if last is None:
                node.text = line
            else:
                last.tail = line


def numeric_processing(content: ItemContent) -> Element:
    """Return the processing that takes a number within its tolerance."""
    key = content.numeric
    tolerance = f"{key.tolerance:f}" if key else "0"
    root = Element("responseProcessing")
    condition = SubElement(root, "responseCondition")
    branch = SubElement(condition, "responseIf")
    equal = SubElement(
        branch,
        "equal",
        {"toleranceMode": "absolute", "tolerance": f"{tolerance} {tolerance}"},
    )
    SubElement(equal, "variable", {"identifier": "RESPONSE"})
    SubElement(equal, "correct", {"identifier": "RESPONSE"})
    outcome = SubElement(branch, "setOutcomeValue", {"identifier": "SCORE"})
    SubElement(outcome, "variable", {"identifier": "MAXSCORE"})
    return root
