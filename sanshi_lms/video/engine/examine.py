"""What is to be known of a source before it is encoded: what it is, how it moves, how loud."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.engine.bars import FORMATS, PROTOCOLS
from sanshi_lms.video.engine.content import look_at
from sanshi_lms.video.engine.facts import SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg
from sanshi_lms.video.engine.loudness import measure
from sanshi_lms.video.engine.parts import is_chunked
from sanshi_lms.video.engine.probe import probe
from sanshi_lms.video.engine.rules import LIMITS

_CHILD = Path(__file__).with_name("seek_child.py")


def examine(binary: Ffmpeg, source: Path, *, work: Path) -> SourceFacts:
    """Probe the file, then look at some frames and listen to it; ``work`` may be written to.

    Raises Refused with a sentence that says what is wrong and what to do.
    """
    facts = probe(source, work=work)
    if is_chunked(facts) and facts.picture is not None:
        seekable = _seeks_well(source, facts, work)
        facts = replace(facts, picture=replace(facts.picture, seekable=seekable))
    with ThreadPoolExecutor(2) as pool:  # somebody waits for the first picture
        loudness = pool.submit(measure, binary, source, facts, work)
        content = pool.submit(look_at, binary, source, facts, work)
        return replace(facts, loudness=loudness.result(), content=content.result())


def _seeks_well(source: Path, facts: SourceFacts, work: Path) -> bool:
    """Try it; a file that cannot be tried is read from its beginning only."""
    picture = facts.picture
    if picture is None:
        return False
    bars = [FORMATS, PROTOCOLS, str(LIMITS.streams), str(LIMITS.pixels)]
    where = [str(picture.index), str(picture.start), str(picture.end)]
    done = run_limited(
        [sys.executable, "-I", str(_CHILD), str(source), *bars, *where],
        cwd=work,
        cpu_seconds=60,
        memory_bytes=1536 * 1024**2,
        file_bytes=0,
        wall_seconds=120,
    )
    return done.ok and done.stdout_tail == "1"
