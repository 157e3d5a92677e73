"""Runs ffmpeg under limits and turns how it ended into a sentence."""

from collections.abc import Callable
from pathlib import Path

from sanshi_lms.core.process import Finished, run_limited
from sanshi_lms.video.engine.rules import failure_sentence

_MEMORY = 4 * 1024**3
_LARGEST_FILE = 64 * 1024**3


class Failed(Exception):
    """ffmpeg gave up. ``str()`` is for the layman, ``detail`` for the expert."""

    def __init__(self, sentence: str, detail: str, *, retry: bool) -> None:
        super().__init__(sentence)
        self.detail = detail
        self.retry = retry


def run_ffmpeg(
    command: list[str],
    work: Path,
    *,
    cpu_seconds: float,
    wall_seconds: float,
    on_line: Callable[[str], None] | None = None,
) -> Finished:
    """Run one command in the directory ``work``; ``on_line`` hears its stdout.

    Raises Failed when it ends badly, with what the administrator can do.
    """
    done = run_limited(
        command,
        cwd=work,
        cpu_seconds=cpu_seconds,
        memory_bytes=_MEMORY,
        file_bytes=_LARGEST_FILE,
        wall_seconds=wall_seconds,
        on_line=on_line,
    )
    if not done.ok:
        sentence, retry = failure_sentence(
            done.stderr_tail, timed_out=done.timed_out, returncode=done.returncode
        )
        detail = f"exit {done.returncode}\n{done.stderr_tail[-4000:]}\n{' '.join(command)}"
        raise Failed(sentence, detail, retry=retry)
    return done
