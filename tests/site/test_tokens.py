"""Contrast of the colours, computed from tokens.css as WCAG 2.2 defines it (1.4.3, 1.4.11)."""

import gzip
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[2] / "sanshi_lms" / "static" / "css" / "tokens.css"
PAPERS = ("paper", "card", "sunken")
# Text and what it stands on, as the style sheets put them together.
TEXT = [
    *[(text, paper) for text in ("ink", "ink-soft", "link", "accent") for paper in PAPERS],
    ("ink", "river-50"),
    ("ink-soft", "river-50"),
    ("link", "river-50"),
    ("primary-strong", "river-100"),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
    ("on-accent", "accent"),
    *[(f"{state}-700", f"{state}-100") for state in ("good", "warn", "bad")],
    *[(f"{state}-700", "card") for state in ("good", "warn", "bad")],
    ("camellia-700", "camellia-100"),
    *[("on-primary", f"tone-{number}") for number in range(1, 9)],
]
# Lines that say where a field or the focus is.
MARKS = [(mark, paper) for mark in ("line-strong", "focus", "primary") for paper in PAPERS]


def tokens(selector: str) -> dict[str, str]:
    """Return the custom properties that the first block of `selector` sets."""
    source = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.DOTALL)
    block = re.search(rf"(?m)^{re.escape(selector)} \{{(.*?)^\}}", source, re.DOTALL)
    assert block, selector
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block[1]))


EDITIONS = {
    "standard": tokens(":root"),
    "elder": {**tokens(":root"), **tokens("html.elder")},
}


def luminance(edition: str, name: str) -> float:
    """Return the relative luminance, 0..1, of a token's colour, following var()."""
    value = EDITIONS[edition][name].strip()
    if reference := re.fullmatch(r"var\(--([a-z0-9-]+)\)", value):
        return luminance(edition, reference[1])
    assert re.fullmatch(r"#[0-9a-f]{6}", value), f"--{name}: {value}"
    parts = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(edition: str, one: str, other: str) -> float:
    """Return the contrast ratio, 1..21, of two tokens."""
    dark, light = sorted((luminance(edition, one), luminance(edition, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("edition", "least"), [("standard", 4.5), ("elder", 7.0)])
@pytest.mark.parametrize(("text", "paper"), TEXT)
def test_text_stands_out(edition: str, least: float, text: str, paper: str) -> None:
    assert contrast(edition, text, paper) >= least


@pytest.mark.parametrize("edition", ["standard", "elder"])
@pytest.mark.parametrize(("mark", "paper"), MARKS)
def test_edges_of_fields_and_focus_can_be_seen(edition: str, mark: str, paper: str) -> None:
    assert contrast(edition, mark, paper) >= 3.0


def test_the_style_sheets_stay_light() -> None:
    sheets = b"".join(file.read_bytes() for file in sorted(TOKENS.parent.glob("*.css")))
    assert len(gzip.compress(sheets)) <= 12_000, "bytes of all shared sheets, compressed"


def test_the_measure_itself_is_right() -> None:
    EDITIONS["sample"] = {"black": "#000000", "white": "#ffffff", "grey": "#767676"}
    assert contrast("sample", "black", "white") == pytest.approx(21.0)
    assert contrast("sample", "grey", "white") == pytest.approx(4.54, abs=0.01)
