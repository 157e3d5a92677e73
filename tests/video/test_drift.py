"""Half an hour later, lips and words are still together."""

import re
import subprocess
from pathlib import Path

import av
import pytest

from sanshi_lms.video.engine import Ffmpeg, examine, make_all
from tests.video.conftest import Maker

pytestmark = pytest.mark.media
SECONDS, RATE, BEAT = 1800, 10, 10
MOST_DRIFT = 0.020  # seconds; ITU-R BT.1359-1 calls 45 ms just noticeable


@pytest.fixture(scope="module")
def half_hour(make_clip: Maker) -> Path:
    """Half an hour whose tone begins in the middle of every ten seconds."""
    beat = make_clip(
        "beat.wav",
        *("-f", "lavfi", "-i", f"aevalsrc='0.5*sin(2*PI*440*t)*gt(t,{BEAT / 2})':s=48000:d={BEAT}"),
    )
    return make_clip(
        "half-hour.mp4",
        *("-f", "lavfi", "-i", f"color=gray:s=160x96:r={RATE}:d={SECONDS}"),
        *("-stream_loop", str(SECONDS // BEAT - 1), "-i", str(beat)),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    )


def test_sound_and_picture_stay_together_for_half_an_hour(
    ffmpeg: Ffmpeg, half_hour: Path, tmp_path: Path
) -> None:
    facts = examine(ffmpeg, half_hour, work=tmp_path)
    work = tmp_path / "made"
    work.mkdir()
    make_all(ffmpeg, half_hour, facts, work, lambda _: None)

    listen = ["-i", "plain.mp4", "-vn", "-af", "silencedetect=noise=-30dB:d=1", "-f", "null", "-"]
    heard = subprocess.run(
        [ffmpeg.path, "-hide_banner", "-nostats", *listen],
        cwd=work, capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    begins = [float(second) for second in re.findall(r"silence_end: ([\d.]+)", heard)]
    wanted = [beat * BEAT + BEAT / 2 for beat in range(SECONDS // BEAT)]
    assert begins == pytest.approx(wanted, abs=MOST_DRIFT)

    with av.open(str(work / "plain.mp4")) as container:
        packets = container.demux(container.streams.video[0])
        shown = sorted(float(p.pts * p.time_base) for p in packets if p.pts is not None)
    assert shown == pytest.approx([number / RATE for number in range(SECONDS * RATE)], abs=1e-3)
