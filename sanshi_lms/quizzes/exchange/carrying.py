"""What was read, as JSON from the child that read it, and packed into a form until it is taken.

A form carries the questions themselves, so nothing has to be kept between looking and importing.
Whoever may import may write any question, so what comes back is only checked, not trusted less.
"""

import base64
import binascii
import json
import zlib
from typing import Any

from sanshi_lms.quizzes.content_json import from_json, to_json
from sanshi_lms.quizzes.exchange.reading import Fault, Reading

MOST_JSON = 12_000_000
MOST_CARRIED = 1_500_000
"""Most characters of a packed reading: a form field holds 2 MB."""


def to_plain(reading: Reading) -> dict[str, Any]:
    """Return a reading as JSON values."""
    return {
        "found": [
            [to_json(one.content), one.place_zh, one.row, one.problem_zh] for one in reading.found
        ],
        "faults": [[one.place_zh, one.words_zh] for one in reading.faults],
        "left_out": [[one.place_zh, one.words_zh] for one in reading.left_out],
        "pictures": [base64.b64encode(one).decode() for one in reading.pictures],
    }


def from_plain(kept: Any) -> Reading:
    """Return the reading that `to_plain` was given; ValueError for anything else."""
    try:
        reading = Reading(
            faults=[Fault(str(place), str(words)) for place, words in kept["faults"]],
            left_out=[Fault(str(place), str(words)) for place, words in kept["left_out"]],
            pictures=[base64.b64decode(str(one), validate=True) for one in kept["pictures"]],
        )
        for content, place, row, problem in kept["found"]:
            said = None if problem is None else str(problem)
            reading.add(from_json(content), str(place), int(row), said)
    except (KeyError, TypeError, ArithmeticError, OverflowError) as error:
        raise ValueError("not a reading") from error
    return reading


def pack(reading: Reading) -> str:
    """Return a reading as a short text; empty when it is too long for a form."""
    text = json.dumps(to_plain(reading), ensure_ascii=False)
    packed = base64.b64encode(zlib.compress(text.encode(), 6)).decode()
    return packed if len(packed) <= MOST_CARRIED and len(text.encode()) <= MOST_JSON else ""


def unpack(packed: str) -> Reading:
    """Return what `pack` was given; ValueError for anything else, however long it says it is."""
    try:
        stream = zlib.decompressobj()
        text = stream.decompress(base64.b64decode(packed, validate=True), MOST_JSON)
        if stream.unconsumed_tail or not stream.eof:
            raise ValueError("too long, or cut off")
        return from_plain(json.loads(text))
    except (zlib.error, binascii.Error, RecursionError) as error:
        raise ValueError("not a reading") from error
