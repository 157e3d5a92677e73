"""Lecturers sound alike: measured outputs, not only command lines."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.video.engine import Ffmpeg, SourceFacts, examine, make_all, probe
from sanshi_lms.video.engine.loudness import TARGET, gain_for, measure, measure_command, windows_of
from tests.video.conftest import Maker
from tests.video.test_engine_rules import sound, source

# Pink noise in bursts of a syllable, with pauses and a click: it has the shape of speech.
VOICE = (
    "anoisesrc=d={d}:c=pink:r=48000:seed=7,highpass=f=150,lowpass=f=5000,"
    "volume='if(lt(mod(t\\,4)\\,3)\\,abs(sin(2*PI*2.3*t))\\,0.01)':eval=frame,volume={gain}dB,"
    "aformat=channel_layouts={layout}"
)


def voice(
    make_clip: Maker, *, gain: float, seconds: int = 20, layout: str = "mono", name: str = "v.wav"
) -> Path:
    return make_clip(name, "-f", "lavfi", "-i", VOICE.format(d=seconds, gain=gain, layout=layout))


def heard(ffmpeg: Ffmpeg, path: Path) -> tuple[float, float]:
    """Return integrated loudness (LUFS) and true peak (dBTP) of a finished file."""
    command = [ffmpeg.path, "-nostdin", "-hide_banner", "-nostats", "-i", str(path)]
    command += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stderr
    loudness = re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1]
    return float(loudness), float(re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", told)[-1])


@given(st.one_of(st.none(), st.floats(-200, 10)))
def test_the_gain_is_bounded(loudness: float | None) -> None:
    assert -24 <= gain_for(loudness) <= 24


def test_silence_and_what_is_right_are_left_alone() -> None:
    assert gain_for(None) == gain_for(-70.0) == gain_for(TARGET + 0.4) == 0.0
    assert gain_for(-23.0) == 7.0
    assert gain_for(-50.0) == 24.0


@given(st.floats(0.1, 12 * 3600))
def test_a_long_lecture_is_heard_in_pieces(seconds: float) -> None:
    pieces = windows_of(seconds)
    assert sum(length for _, length in pieces) <= 301
    assert all(0 <= start <= start + length <= seconds + 1 for start, length in pieces)


def test_it_is_listened_to_behind_every_bar(ffmpeg: Ffmpeg) -> None:
    command = measure_command(ffmpeg, Path("/media/original"), sound(), 7200.0)
    inputs = command.count("-i")
    assert inputs == 12
    for bar in ("-format_whitelist", "-protocol_whitelist", "-codec_whitelist", "-max_streams"):
        assert command.count(bar) == inputs


@pytest.mark.media
@pytest.mark.parametrize(("gain", "layout"), [(-16.0, "mono"), (14.0, "mono"), (0.0, "5.1")])
def test_quiet_and_loud_lecturers_come_out_alike(
    ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path, gain: float, layout: str
) -> None:
    clip = voice(make_clip, gain=gain, layout=layout)
    before, _ = heard(ffmpeg, clip)
    assert abs(before - TARGET) > 3, "there is something to do"
    make_all(ffmpeg, clip, examine(ffmpeg, clip, work=tmp_path), tmp_path, lambda _: None)
    loudness, peak = heard(ffmpeg, tmp_path / "plain.mp4")
    assert loudness == pytest.approx(TARGET, abs=1.0)
    assert peak <= -1.5


@pytest.mark.media
def test_pieces_tell_what_the_whole_would(ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path) -> None:
    clip = voice(make_clip, gain=-10, seconds=305, name="long.flac")
    found = measure(ffmpeg, clip, probe(clip, work=tmp_path), tmp_path)
    assert found == pytest.approx(heard(ffmpeg, clip)[0], abs=0.7)


@pytest.mark.media
def test_a_pause_is_not_pumped_up(ffmpeg: Ffmpeg, make_clip: Maker, tmp_path: Path) -> None:
    """Speech and pause keep their distance: one gain for all, whatever the limiter does."""
    clip = voice(make_clip, gain=-12)
    make_all(ffmpeg, clip, examine(ffmpeg, clip, work=tmp_path), tmp_path, lambda _: None)

    def distance(path: Path) -> float:
        levels = []
        for start in ("1", "3.2"):  # within the words, within the pause
            command = [ffmpeg.path, "-nostdin", "-hide_banner", "-ss", start, "-t", "0.6"]
            command += ["-i", str(path), "-af", "volumedetect", "-f", "null", "-"]
            done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
            levels.append(float(re.findall(r"mean_volume: (-?[\d.]+)", done.stderr)[-1]))
        return levels[0] - levels[1]

    assert distance(tmp_path / "plain.mp4") == pytest.approx(distance(clip), abs=1.5)


def test_a_sound_that_cannot_be_heard_does_not_stop_the_picture(
    ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(b"no sound at all")
    facts: SourceFacts = source(None, sound())
    assert measure(ffmpeg, tmp_path / "x", facts, tmp_path) is None
    silent = replace(facts, sound=None)
    assert measure(ffmpeg, tmp_path / "x", silent, tmp_path) is None
