"""Runs the listener under limits, and tells whether there is one."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.captions.languages import SPOKEN
from sanshi_lms.video.captions.speech.listener import NO_MODEL
from sanshi_lms.video.captions.speech.rules import Heard

# The largest model takes 4 GB in int8, and up to twenty seconds of processor for one of lecture.
MEMORY_BYTES = 10 * 1024**3
PATIENCE, PATIENCE_A_SECOND = 600.0, 60.0
_CHILD = Path(__file__).with_name("listener.py")


class NotHeard(Exception):
    """The listener gave up. ``str()`` is for the layman, ``detail`` for the expert."""

    def __init__(self, sentence: str, detail: str, *, retry: bool) -> None:
        super().__init__(sentence)
        self.detail = detail
        self.retry = retry


def can_listen(model: Path | None) -> bool:
    """Tell whether the package is installed and `model` is the folder of a model."""
    if model is None or not (model / "model.bin").is_file():
        return False
    return find_spec("faster_whisper") is not None


def listen(
    path: Path, model: Path, seconds: float, work: Path, on_progress: Callable[[float], None]
) -> Heard:
    """Return what is said in the file at `path`, which plays `seconds`.

    ``on_progress`` gets the share heard, at least every five seconds; what it raises ends the
    listener and passes on. Raises NotHeard.
    """
    heard = Heard(seconds)

    def take(line: str) -> None:
        heard.take(line)
        on_progress(heard.share)

    patience = PATIENCE + seconds * PATIENCE_A_SECOND
    done = run_limited(
        [sys.executable, "-I", str(_CHILD), str(path), str(model), SPOKEN],
        cwd=work,
        cpu_seconds=patience,
        memory_bytes=MEMORY_BYTES,
        file_bytes=0,
        wall_seconds=patience,
        on_line=take,
        env={"HF_HUB_OFFLINE": "1"},
    )
    if done.ok:
        return heard
    detail = f"exit {done.returncode}\n{done.stderr_tail}"
    if done.returncode == NO_MODEL:
        sentence = "语音识别的模型打不开。请维护人员检查 WHISPER_MODEL 指向的文件夹。"
        raise NotHeard(sentence, detail, retry=False)
    if done.timed_out:
        raise NotHeard(
            "语音识别太慢，没有做完。请维护人员换一个小一些的模型。", detail, retry=False
        )
    raise NotHeard(
        "语音识别中断了，可能是内存不够。请稍后再试，或换小一些的模型。", detail, retry=True
    )
