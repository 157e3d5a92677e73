"""What a page tells other programs: tags of Open Graph, and data as schema.org names them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from markupsafe import Markup

from sanshi_lms.core.web import public_address
from sanshi_lms.outlets.cards import rules

CONTEXT = "https://schema.org"


@dataclass(frozen=True)
class Told:
    """A public page as others show it; `card` is the address of its picture, without host.

    Without a `line` and a `card` nothing but the title is told.
    """

    title: str
    path: str
    line: str = ""
    card: str = ""
    kind: str = "article"
    data: tuple[Mapping[str, Any], ...] = field(default=())


def card_path(kind: str, number: int, version: object, shape: str = rules.WIDE) -> str:
    """Return the address of a picture; `version` lets those who keep pictures notice a change."""
    values: dict[str, Any] = {f"{kind}_id": number, "v": version}
    if shape != rules.WIDE:
        values["shape"] = shape
    return url_for(f"cards.{kind}", **values)


def tags(told: Told) -> Markup:
    """Return the tags for the head of the page."""
    address = public_address(told.path)
    named: list[tuple[str, str]] = [
        ("og:site_name", rules.SITE),
        ("og:locale", "zh_CN"),
        ("og:type", told.kind),
        ("og:title", told.title),
        ("og:url", address),
    ]
    if told.line:
        named.append(("og:description", told.line))
    if told.card:
        wide = rules.SHAPES[rules.WIDE]
        named += [
            ("og:image", public_address(told.card)),
            ("og:image:type", "image/jpeg"),
            ("og:image:width", str(wide.width)),
            ("og:image:height", str(wide.height)),
            ("og:image:alt", told.title),
        ]
    lines = [Markup('<link rel="canonical" href="{}">').format(address)]
    if told.line:
        lines.append(Markup('<meta name="description" content="{}">').format(told.line))
    if told.card:
        lines.append(Markup('<meta name="twitter:card" content="summary_large_image">'))
    lines += [Markup('<meta property="{}" content="{}">').format(*pair) for pair in named]
    lines += [_script(data) for data in told.data]
    return Markup("\n  ").join(lines)


def organization() -> dict[str, Any]:
    """Return who publishes all this."""
    return {"@type": "Organization", "name": rules.SITE, "url": public_address("/")}


def site_data(search_path: str) -> Iterable[Mapping[str, Any]]:
    """Return the house itself, and how to search it."""
    home = public_address("/")
    yield {"@context": CONTEXT, "@id": f"{home}#org", **organization()} | {
        "description": rules.SITE_LINE
    }
    yield {
        "@context": CONTEXT,
        "@type": "WebSite",
        "@id": f"{home}#site",
        "name": rules.SITE,
        "url": home,
        "inLanguage": "zh-CN",
        "publisher": {"@id": f"{home}#org"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{public_address(search_path)}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def _script(data: Mapping[str, Any]) -> Markup:
    """Return data as a block: no program, so the content policy has nothing against it."""
    text = rules.json_for_script(data)
    return Markup('<script type="application/ld+json">%s</script>' % Markup(text))  # noqa: S704, UP031 - json_for_script leaves nothing that ends the element
