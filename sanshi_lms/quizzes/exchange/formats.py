"""The formats of questions by name: what each holds, how it is read and written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sanshi_lms.quizzes.content import ItemContent
from sanshi_lms.quizzes.exchange import aiken, gift, moodle_xml
from sanshi_lms.quizzes.exchange.writing import Holding


@dataclass(frozen=True)
class Format:
    """A format that is written. `ending` is the one of its files."""

    name: str
    holding: Holding
    ending: str
    mimetype: str
    write: Callable[[Sequence[ItemContent]], bytes]


def _text(
    write: Callable[[Sequence[ItemContent]], str],
) -> Callable[[Sequence[ItemContent]], bytes]:
    return lambda contents: write(contents).encode()


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            "moodle",
            Holding(
                "Moodle XML",
                moodle_xml.KINDS,
                ("topic", "explanation", "feedback", "points", "tags", "units"),
                moodle_xml.fits,
            ),
            "xml",
            "application/xml",
            moodle_xml.write_moodle_xml,
        ),
        Format(
            "gift",
            Holding("GIFT", gift.KINDS, ("topic", "explanation", "feedback"), gift.fits),
            "gift.txt",
            "text/plain",
            _text(gift.write_gift),
        ),
        Format(
            "aiken",
            Holding("Aiken", aiken.KINDS, (), aiken.fits),
            "aiken.txt",
            "text/plain",
            _text(aiken.write_aiken),
        ),
    )
}
