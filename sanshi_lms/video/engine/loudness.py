"""Brings lectures to one loudness (EBU R128): measured once, then one constant gain and a limiter.

A gain that follows the voice would pump the room's noise up in every pause; a constant one changes
nothing but how far the listener has to reach for the volume.
"""

import math
import re
from pathlib import Path
from typing import Any

import ffmpeg

from sanshi_lms.core.process import run_limited
from sanshi_lms.video.engine.bars import guarded
from sanshi_lms.video.engine.facts import Sound, SourceFacts
from sanshi_lms.video.engine.ffmpeg import Ffmpeg

# LUFS. AES TD1004.1.15-10 asks -16 to -20 of what is streamed; Apple's podcasts are at -16. The
# loud end, because our people listen on a phone's own speaker in a busy office; our studio too.
TARGET = -16.0
# dBFS of samples; between the samples, and after AAC, peaks rise by up to a decibel: measured, the
# true peak stays under -1.5 dBTP.
_LIMIT = -3.0
_MOST_GAIN = 24.0  # dB; beyond it only the noise of the room would be heard
_NOTHING_SAID = -60.0  # LUFS; quieter is silence or hum, which nobody wants louder
_WHOLE = 300.0  # seconds; a longer sound is measured by windows
_WINDOWS, _WINDOW = 12, 20.0
_MEASURED = re.compile(r"I:\s+(-?[\d.]+) LUFS")


def gain_for(loudness: float | None) -> float:
    """Decibels that bring ``loudness`` (LUFS) to the target; 0 when it is unknown or silence."""
    if loudness is None or loudness < _NOTHING_SAID:
        return 0.0
    gain = max(-_MOST_GAIN, min(_MOST_GAIN, TARGET - loudness))
    return round(gain, 1) if abs(gain) >= 0.5 else 0.0


def windows_of(seconds: float) -> list[tuple[float, float]]:
    """What is listened to, (start, length) in seconds: all of a short sound, else twelve pieces."""
    if seconds <= _WHOLE:
        return [(0.0, seconds + 1.0)]
    apart = seconds / _WINDOWS
    return [((number + 0.5) * apart - _WINDOW / 2, _WINDOW) for number in range(_WINDOWS)]


def measure(binary: Ffmpeg, source: Path, facts: SourceFacts, work: Path) -> float | None:
    """The integrated loudness of the source's sound in LUFS; None when it cannot be told.

    Costs about a second of CPU, whatever the length.
    """
    if facts.sound is None or not facts.sound.decoded:
        return None
    seconds = facts.sound.end - facts.sound.start
    done = run_limited(
        measure_command(binary, source, facts.sound, seconds),
        cwd=work,
        cpu_seconds=60,
        memory_bytes=2 * 1024**3,
        file_bytes=0,
        wall_seconds=240,
    )
    found = _MEASURED.findall(done.stderr_tail) if done.ok else []
    loudness = float(found[-1]) if found else None
    return loudness if loudness is not None and math.isfinite(loudness) else None


def measure_command(binary: Ffmpeg, source: Path, sound: Sound, seconds: float) -> list[str]:
    """Listens as our encoder will: stereo at 48 kHz. Tells the loudness on stderr."""
    pieces = [
        _stereo(
            guarded(source, **({"ss": f"{start:.3f}"} if start else {}), t=f"{length:.3f}"), sound
        )
        for start, length in windows_of(seconds)
    ]
    heard = pieces[0] if len(pieces) == 1 else ffmpeg.concat(*pieces, v=0, a=1)
    output = ffmpeg.output(heard.filter("ebur128", framelog="quiet"), "-", f="null")
    start = [binary.path, "-nostdin", "-hide_banner", "-nostats", "-loglevel", "info"]
    return [str(part) for part in ffmpeg.compile(output, cmd=start)]


def _stereo(file: Any, sound: Sound) -> Any:
    stream = file[str(sound.index)].filter("aresample", 48000)
    return stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def levelled(stream: Any, gain: float) -> Any:
    """The stereo stream of ffmpeg-python with ``gain`` decibels, its peaks held down."""
    if gain:
        stream = stream.filter("volume", f"{gain:.1f}dB")
    limit = round(10 ** (_LIMIT / 20), 4)
    return stream.filter("alimiter", limit=limit, attack=5, release=100, level=0, latency=1)
