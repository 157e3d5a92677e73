"""What the person who runs it sees: steps with their time, one clear sentence on failure."""

from __future__ import annotations

import collections
import errno
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


class StepError(Exception):
    """A step cannot go on; the text is the sentence that tells a person what to do."""


def say(text: str) -> None:
    print(text, flush=True)


@contextmanager
def step(name: str, *, talkative: bool = False) -> Iterator[None]:
    """Print the step's name and, when it is over, its wall time in seconds.

    ``talkative`` is for steps that print lines of their own: the time then stands on a new line.
    """
    print(f"  · {name} ", end="\n" if talkative else "", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print("✗", flush=True)
        raise
    took = time.monotonic() - started
    print(f"    {took:.1f} s" if talkative else f"{took:.1f} s", flush=True)


def run(argv: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command quietly; when it fails, its last lines go into the StepError.

    Raises:
        StepError: the command is missing or returned something else than 0.
    """
    tail: collections.deque[str] = collections.deque(maxlen=15)
    try:
        with subprocess.Popen(
            [str(part) for part in argv],
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            stream = process.stdout
            if stream is not None:
                tail.extend(line.rstrip() for line in stream)
    except FileNotFoundError as missing:
        raise StepError(f"找不到命令 command not found: {argv[0]}") from missing
    if process.returncode != 0:
        raise StepError(explain(list(argv), process.returncode, list(tail)))


def explain(argv: Sequence[str | Path], returncode: int, tail: Sequence[str]) -> str:
    """Say in one sentence why a command failed, with its last lines below for the expert."""
    text = "\n".join(tail)
    shown = " ".join(str(part) for part in argv[:6])
    if "No space left on device" in text or "ENOSPC" in text:
        sentence = "磁盘已满，请腾出空间后再试。The disk is full: make room, then try again."
    elif any(sign in text for sign in ("ConnectionError", "NewConnectionError", "ENOTFOUND")):
        sentence = (
            "下载失败，请检查网络或镜像设置。"
            "A download failed: check the network, or the mirror set for pip or npm."
        )
    else:
        sentence = f"命令失败（代码 {returncode}）Command failed: {shown}"
    return sentence + "".join(f"\n      {line}" for line in tail)


def explain_os_error(error: OSError) -> str:
    """Say what to do about an error of the file system."""
    if error.errno == errno.ENOSPC:
        return "磁盘已满，请腾出空间后再试。The disk is full: make room, then try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"没有写入权限：{error.filename}。请用该目录的所有者运行，或换一个目录。"
            "No permission to write there: run as the owner of the folder, or use another one."
        )
    return f"{error.strerror or error}: {error.filename or ''}"


def give_up(sentence: str) -> int:
    print(f"\n✗ {sentence}", file=sys.stderr, flush=True)
    return 1
