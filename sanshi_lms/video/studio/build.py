"""From a lecture script to its video, captions and cover, once: what was built is found again.

The folder of a build is named by the hash of the script, of this package's own files, of the voice
and of the fonts, so a change to any of them builds anew and nothing stale is ever served.
"""

import contextlib
import fcntl
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanshi_lms.core.durable import sync
from sanshi_lms.core.fonts import font_paths
from sanshi_lms.video.studio.captions import to_webvtt
from sanshi_lms.video.studio.encode import FRAMES_PER_SECOND, encode
from sanshi_lms.video.studio.script import Lecture, parse_script
from sanshi_lms.video.studio.slides import pages_of, render_pages
from sanshi_lms.video.studio.speech import SpeechEngine, best_engine
from sanshi_lms.video.studio.timeline import (
    plan_captions,
    plan_chapters,
    plan_shots,
    plan_speech,
)

FINISHED = {"lecture.mp4", "captions.vtt", "cover.png", "built.json"}


@dataclass(frozen=True)
class BuiltLecture:
    """Paths of a finished lecture (MP4, WebVTT, PNG 1280x720), its length in seconds, and its
    chapters as (second, title).
    """

    video: Path
    captions: Path
    cover: Path
    duration_s: float
    chapters: tuple[tuple[float, str], ...] = ()


def build_lecture(
    script: Path,
    cache_dir: Path,
    ffmpeg: str,
    *,
    engine: SpeechEngine | None = None,
    fonts: Sequence[Path] | None = None,
) -> BuiltLecture:
    """Build the lecture of a script, or find it in `cache_dir` (created when missing).

    Safe to call twice at once: the second caller waits and finds the first one's work. A build that
    is interrupted leaves nothing that would be taken for finished.
    Raises ScriptError (the script), SlidesError (no font), SpeechFailedError, BuildFailedError and
    OSError (disk).
    """
    text = script.read_bytes()
    lecture = parse_script(text.decode())
    engine = engine or best_engine()
    fonts = font_paths() if fonts is None else fonts
    target = cache_dir / _key(text, engine, fonts)
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _only_one(cache_dir / f"{target.name}.lock"):
        if not target.is_dir():
            for dead in cache_dir.glob(f"building-{target.name}-*"):
                shutil.rmtree(dead, ignore_errors=True)  # we hold the lock: its builder is gone
            work = Path(tempfile.mkdtemp(prefix=f"building-{target.name}-", dir=cache_dir))
            try:
                _build(lecture, work, ffmpeg, engine, fonts)
                _put_in_place(work, target)
            finally:
                shutil.rmtree(work, ignore_errors=True)
    facts = json.loads((target / "built.json").read_text())
    return BuiltLecture(
        target / "lecture.mp4",
        target / "captions.vtt",
        target / "cover.png",
        facts["duration_s"],
        tuple((start, title) for start, title in facts["chapters"]),
    )


def _key(text: bytes, engine: SpeechEngine, fonts: Sequence[Path]) -> str:
    total = hashlib.sha256()
    names = "\0".join(path.name for path in fonts)
    for part in (text, _own_files(), engine.name.encode(), names.encode()):
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:32]


@cache
def _own_files() -> bytes:
    """The builder's version: its own source, so that nobody can forget to count it up."""
    files = sorted(f for f in Path(__file__).parent.iterdir() if f.suffix in {".py", ".typ"})
    return b"".join(f.name.encode() + f.read_bytes() for f in files)


@contextlib.contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """One builder per lecture and machine; the system drops the lock when its process ends."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _build(
    lecture: Lecture, work: Path, ffmpeg: str, engine: SpeechEngine, fonts: Sequence[Path]
) -> None:
    """Leave in `work` exactly the files of a finished lecture."""
    pages = pages_of(lecture)
    plan = plan_speech(lecture)
    spoken = engine.speak(plan.clauses, plan.lead, work / "voice.wav")
    shots = plan_shots(lecture, pages, plan, spoken)
    render_pages(lecture, [pages[shot.page] for shot in shots], fonts, work)
    encode(ffmpeg, work, [shot.frames for shot in shots], audible=engine.audible)
    (work / "captions.vtt").write_text(to_webvtt(plan_captions(plan, spoken)), encoding="utf-8")
    (work / "0000.png").rename(work / "cover.png")
    frames = sum(shot.frames for shot in shots)
    facts = {
        "duration_s": frames / FRAMES_PER_SECOND,
        "voice": engine.name,
        "chapters": plan_chapters(lecture, plan, spoken),
    }
    (work / "built.json").write_text(json.dumps(facts))
    for rest in work.iterdir():
        if rest.name not in FINISHED:
            rest.unlink()


def _put_in_place(work: Path, target: Path) -> None:
    """Make the files durable, then visible under their name in one step."""
    for path in [*work.iterdir(), work]:
        sync(path)
    work.rename(target)
    sync(target.parent)
