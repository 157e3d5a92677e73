"""Looks into an uploaded file, in a child process with limits, and says what it is or why not."""

import json
import sys
from pathlib import Path

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.engine import facts
from sanshi_lms.video.engine.bars import DECODERS, FORMATS, PROTOCOLS
from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.rules import LIMITS

_CHILD = Path(__file__).with_name("probe_child.py")


class Refused(Exception):
    """The file is not taken. ``str()`` is a sentence for the person; ``detail`` for the expert."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


def probe(path: Path, *, work: Path) -> SourceFacts:
    """What is in the file at ``path``. ``work`` is the directory the child may write to.

    Takes about a quarter of a second, and one pass over the file. Raises Refused with a sentence
    that says what is wrong and what to do.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        wrong = facts.first_sight(file.read(512))
    if wrong:
        raise Refused(wrong)
    limits = (LIMITS.streams, LIMITS.pixels, LIMITS.seconds)
    arguments = [str(path), FORMATS, PROTOCOLS, DECODERS, *(str(limit) for limit in limits)]
    done = run_limited(
        [sys.executable, "-I", str(_CHILD), *arguments],
        cwd=work,
        cpu_seconds=30 + size / 20_000_000,
        memory_bytes=1536 * 1024**2,
        file_bytes=0,
        wall_seconds=60 + size / 5_000_000,
    )
    if not done.ok:
        raise Refused(facts.UNKNOWN, f"exit {done.returncode}\n{done.stderr_tail}")
    found = json.loads(done.stdout_tail)
    if "refused" in found:
        sentence = facts.REASONS.get(found["refused"], facts.UNKNOWN)
        if "exceeds max_streams" in done.stderr_tail:
            sentence = facts.MANY_STREAMS
        raise Refused(sentence, done.stderr_tail)
    source = SourceFacts.from_json(found)
    wrong = facts.objection(source)
    if wrong:
        raise Refused(wrong, f"{done.stdout_tail}\n{done.stderr_tail}")
    return source
