"""The original of a lecture that exists as a script: built when the worker needs it."""

import queue
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sanshi_lms.video.captions import CueText, digest, read_captions
from sanshi_lms.video.captions.chapters import ChapterText
from sanshi_lms.video.studio import (
    BuildFailedError,
    BuiltLecture,
    ScriptError,
    SlidesError,
    SpeechFailedError,
    build_lecture,
)

BEAT_SECONDS = 5.0


class LectureFailed(Exception):
    """The studio gave up. ``str()`` is for the layman, ``detail`` for the expert."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


@dataclass(frozen=True)
class BuiltSource:
    """A built lecture copied to where it can be moved from, what is said in it, and where."""

    video: Path
    cues: list[CueText]
    captions_sha256: str
    chapters: list[ChapterText]


def build_source(
    script: str, built: Path, ffmpeg: str, work: Path, on_beat: Callable[[], None]
) -> BuiltSource:
    """Build the lecture of `script`, or find it in the folder `built`; leave a copy in `work`.

    ``on_beat`` is called every five seconds; what it raises passes on at once, and the studio's
    programs end with this process. Raises LectureFailed and OSError.
    """
    (work / "lecture.script.md").write_text(script, "utf-8")
    lecture = _in_background(
        lambda: build_lecture(work / "lecture.script.md", built, ffmpeg), on_beat
    )
    copy = work / "lecture.mp4"
    shutil.copyfile(lecture.video, copy)
    captions = lecture.captions.read_bytes()
    chapters = [ChapterText(start, title) for start, title in lecture.chapters]
    return BuiltSource(copy, read_captions(captions), digest(captions), chapters)


def _in_background(build: Callable[[], BuiltLecture], on_beat: Callable[[], None]) -> BuiltLecture:
    """Run `build` in a thread of its own while this one tells that we live."""
    answers: queue.Queue[BuiltLecture | Exception] = queue.Queue()

    def run() -> None:
        try:
            answers.put(build())
        except Exception as error:
            answers.put(error)

    threading.Thread(target=run, name="studio", daemon=True).start()
    while True:
        try:
            answer = answers.get(timeout=BEAT_SECONDS)
        except queue.Empty:
            on_beat()
            continue
        if isinstance(answer, BuiltLecture):
            return answer
        raise _as_failure(answer) from answer


def _as_failure(error: Exception) -> Exception:
    if isinstance(error, ScriptError):
        return LectureFailed(f"讲稿有问题，{error}请改正讲稿后重新载入。")
    if isinstance(error, BuildFailedError):
        return LectureFailed(str(error), error.detail)
    if isinstance(error, SlidesError | SpeechFailedError):
        sentence = "讲课视频没有生成成功：幻灯片或语音出了问题。请把技术信息交给维护人员。"
        return LectureFailed(sentence, f"{type(error).__name__}: {error}")
    return error
