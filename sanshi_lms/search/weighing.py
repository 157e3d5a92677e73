"""How much a term weighs in a document, the same for every engine."""

from collections import Counter

from sanshi_lms.search.analysis import document_terms
from sanshi_lms.search.ranking import ranking

SATURATION = 1.5
USUAL_TERMS = 900
STEP = 0.125


def weights(
    title: str, headings: str, body: str, transcript: str, *, factor: float = 1.0
) -> dict[str, float]:
    """Return each term of the squeezed sections with its weight, in steps that pack well."""
    worth = ranking().sections
    titled = document_terms(title, single=True)
    found: dict[str, float] = dict.fromkeys(titled, worth["title"])
    _add(found, document_terms(headings, single=True), worth["headings"])
    _add(found, document_terms(body), worth["body"])
    _add(found, document_terms(transcript), worth["transcript"])
    return {term: max(STEP, round(w * factor / STEP) * STEP) for term, w in found.items()}


def _add(found: dict[str, float], counts: Counter[str], boost: float) -> None:
    damping = SATURATION * (0.5 + 0.5 * counts.total() / USUAL_TERMS)
    for term, count in counts.items():
        found[term] = found.get(term, 0.0) + boost * count / (count + damping)
