"""What a QTI item says of its responses."""

from xml.etree.ElementTree import Element


def declaration_of(item: Element, interaction: Element) -> Element:
    wanted = interaction.get("responseidentifier", "")
    for one in item.findall("responsedeclaration"):
        if one.get("identifier") == wanted:
            return one
    return Element("responsedeclaration")


def right_of(declaration: Element) -> list[str]:
    return [(one.text or "").strip() for one in declaration.iterfind("correctresponse/value")]


def number_of(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0
