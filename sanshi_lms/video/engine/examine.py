"""Everything that is to be known of a source before it is encoded: what it is, and how loud."""

from dataclasses import replace
from pathlib import Path

from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.loudness import measure
from sanshi_lms.video.engine.probe import probe


def examine(binary: Ffmpeg, source: Path, *, work: Path) -> SourceFacts:
    """Probe the file, then listen to it. ``work`` is a directory to write to.

    Raises Refused with a sentence that says what is wrong and what to do.
    """
    facts = probe(source, work=work)
    return replace(facts, loudness=measure(binary, source, facts, work))
