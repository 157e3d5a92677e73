"""Pictures and a voice become one MP4: H.264 1280x720 at 25 frames a second, AAC, fast to start."""

import re
from collections.abc import Sequence
from pathlib import Path

from sanshi_lms.core.process import run_limited

FRAMES_PER_SECOND = 25
FADE_FRAMES = 6
LOUDNESS = -16.0  # LUFS, what AES TD1008 recommends for speech heard on line
_SECONDS = 900

# Makes a synthetic voice easier on the ear: no rumble, less edge at 3 kHz, no hiss above speech.
_TONE = "highpass=f=70,equalizer=f=3000:t=q:w=1.1:g=-3,lowpass=f=9500"
_MEASURED = re.compile(r"I:\s+(-?[\d.]+) LUFS")


class BuildFailedError(RuntimeError):
    """ffmpeg could not make the video; `str()` is Chinese, `detail` holds ffmpeg's last lines."""

    def __init__(self, detail: str) -> None:
        super().__init__("讲课视频没有生成成功。请重试；仍不行时把下面的说明交给技术人员。")
        self.detail = detail


def encode(ffmpeg: str, work: Path, frames: Sequence[int], *, audible: bool) -> None:
    """Make `work`/lecture.mp4 from voice.wav and the pictures 0000.png, 0001.png … there.

    `frames` says for each picture how many frames it is on screen, the fade to it included; at
    least FADE_FRAMES. Raises BuildFailedError.
    """
    (work / "shots.txt").write_text(_concat_list(len(frames)))
    # The matrix is named because RGB turned to YUV would else get the one of standard definition.
    # Fading only the first frames of each picture and holding the last one by its time stamp costs
    # a fifth of fading the whole video.
    picture = (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
        f"settb=1/{FRAMES_PER_SECOND},fps={FRAMES_PER_SECOND},tmix=frames={FADE_FRAMES},"
        f"setpts='({_holds(frames)})/{FRAMES_PER_SECOND}/TB',"
        f"fps={FRAMES_PER_SECOND},tpad=stop=-1:stop_mode=clone,"
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    sound = _sound(ffmpeg, work) if audible else "anull"
    # fmt: off
    _run([
        ffmpeg, "-nostdin", "-hide_banner", "-loglevel", "error", "-y",
        "-f", "concat", "-i", "shots.txt", "-i", "voice.wav",
        "-vf", picture, "-af", f"{sound},aresample=48000", "-map", "0:v", "-map", "1:a",
        "-frames:v", str(sum(frames)), "-t", str(sum(frames) / FRAMES_PER_SECOND),
        "-c:v", "libx264", "-preset", "ultrafast", "-tune", "stillimage", "-crf", "20",
        "-pix_fmt", "yuv420p", "-threads", "2",
        # A key frame every 4 s exactly: segments for players can be cut without encoding anew.
        "-g", "100", "-keyint_min", "100", "-sc_threshold", "0",
        "-c:a", "aac", "-aac_coder", "fast", "-b:a", "80k", "-ac", "1",
        "-map_metadata", "-1", "-movflags", "+faststart", "lecture.mp4",
    ], work)
    # fmt: on


def _concat_list(count: int) -> str:
    """Every picture for as long as a fade lasts."""
    seconds = FADE_FRAMES / FRAMES_PER_SECOND
    pictures = [f"file '{number:04}.png'\nduration {seconds}\n" for number in range(count)]
    return "ffconcat version 1.0\n" + "".join(pictures)


def _holds(frames: Sequence[int]) -> str:
    """Output frame for input frame N: what follows a picture waits until its time is over."""
    holds = [
        f"gte(N,{FADE_FRAMES * number})*{count - FADE_FRAMES}"
        for number, count in enumerate(frames[:-1], 1)
    ]
    return "+".join(["N", *holds])


def _sound(ffmpeg: str, work: Path) -> str:
    """The filter that brings the voice to LOUDNESS with peaks under -1.5 dB.

    Measured first, then moved as a whole: loudnorm in one pass rides the gain and costs ten times.
    """
    measure = f"{_TONE},ebur128=framelog=quiet"
    told = _run(
        [ffmpeg, "-nostdin", "-hide_banner", "-i", "voice.wav", "-af", measure, "-f", "null", "-"],
        work,
    )
    found = _MEASURED.findall(told)
    gain = LOUDNESS - float(found[-1]) if found else 0.0
    return f"{_TONE},volume={min(gain, 30):.2f}dB,alimiter=limit=0.84:level=0"


def _run(command: list[str], folder: Path) -> str:
    """Run ffmpeg in `folder` and return what it told on stderr."""
    try:
        done = run_limited(
            command,
            cwd=folder,
            cpu_seconds=2 * _SECONDS,
            memory_bytes=2 * 1024**3,
            file_bytes=2 * 1024**3,
            wall_seconds=_SECONDS,
        )
    except FileNotFoundError as error:
        raise BuildFailedError(f"{command[0]}: no such program") from error
    if not done.ok:
        raise BuildFailedError(done.stderr_tail[-2000:])
    return done.stderr_tail
