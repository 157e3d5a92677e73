"""What is said when: clauses of a lecture spoken into one sound file, with the time of each.

Two engines behind one protocol: eSpeak NG in a child process (voice.py), and silence with
the timing of a reader, for machines where no engine starts.
"""

import json
import re
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.studio.mandarin import read_aloud

READING_SPEED = 4.0  # characters a second that an unhurried adult reads aloud
SILENT_RATE = 22_050

_CLAUSE = re.compile(r"[^，,；;：:]*(?:——|[，,；;：:])+[”’」』）)》]*(?=.)|.+$", re.DOTALL)
_VOICE = Path(__file__).with_name("voice.py")
_PROBE_SECONDS = 30
_SPEAK_SECONDS = 600
_MEMORY = 1024**3


class SpeechFailedError(RuntimeError):
    """The speech engine started but gave no sound; `str()` holds its last words."""


@dataclass(frozen=True)
class Utterance:
    """A clause to say and the silence after it (seconds)."""

    text: str
    pause: float


@dataclass(frozen=True)
class Spoken:
    """The sound file's clauses with start and end, and its whole length (seconds)."""

    spans: tuple[tuple[float, float], ...]
    seconds: float


class SpeechEngine(Protocol):
    """Turns utterances into one mono WAV."""

    @property
    def name(self) -> str:
        """Name and version: a part of the cache key of what was built with it."""
        ...

    @property
    def audible(self) -> bool:
        """Whether anything can be heard."""
        ...

    def speak(self, utterances: Sequence[Utterance], lead: float, wav: Path) -> Spoken:
        """Write `wav`: `lead` seconds of silence, then each utterance and its pause."""
        ...


@dataclass(frozen=True)
class Espeak:
    """Mandarin by eSpeak NG."""

    name: str
    audible: bool = True

    def speak(self, utterances: Sequence[Utterance], lead: float, wav: Path) -> Spoken:
        """Raises SpeechFailedError when the child ends badly or takes too long."""
        clauses = [(read_aloud(u.text), u.pause) for u in utterances]
        job = wav.with_suffix(".json")
        job.write_text(json.dumps({"wav": str(wav), "lead": lead, "clauses": clauses}))
        answer = _child(str(job), wav.parent, _SPEAK_SECONDS)
        return Spoken(tuple((s, e) for s, e in answer["spans"]), answer["seconds"])


@dataclass(frozen=True)
class Silent:
    """No voice: silence as long as a person would need to read the text aloud."""

    name: str = "silent"
    audible: bool = False

    def speak(self, utterances: Sequence[Utterance], lead: float, wav: Path) -> Spoken:
        """Write silence; cannot fail but for a full disk (OSError)."""
        now = lead
        spans: list[tuple[float, float]] = []
        for utterance in utterances:
            end = now + max(0.4, len(utterance.text) / READING_SPEED)
            spans.append((now, end))
            now = end + utterance.pause
        with wave.open(str(wav), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(SILENT_RATE)
            out.writeframes(bytes(2 * round(now * SILENT_RATE)))
        return Spoken(tuple(spans), now)


@cache
def best_engine() -> SpeechEngine:
    """The best engine that really starts on this machine (asks it, about 0.8 s, once a process)."""
    try:
        return Espeak(_child("--probe", _VOICE.parent, _PROBE_SECONDS)["engine"])
    except SpeechFailedError:
        return Silent()


def split_clauses(sentence: str) -> list[str]:
    """Cut a sentence where a speaker breathes; joined again, the parts are the sentence."""
    return _CLAUSE.findall(sentence)


def _child(argument: str, folder: Path, seconds: float) -> dict[str, Any]:
    done = run_limited(
        [sys.executable, "-P", str(_VOICE), argument],
        cwd=folder,
        cpu_seconds=seconds,
        memory_bytes=_MEMORY,
        file_bytes=_MEMORY,
        wall_seconds=seconds,
    )
    if not done.ok:
        raise SpeechFailedError(done.stderr_tail[-800:] or f"voice.py ended with {done.returncode}")
    answer: dict[str, Any] = json.loads(done.stdout_tail)
    return answer
