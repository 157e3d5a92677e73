"""The engine's rules: what it takes, what it makes of it, what it says. Pure."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

SEGMENT_SECONDS = 4  # one GOP: 2 s costs 36 % more bytes on slides, 10 s costs 2 VMAF (guide §2a)
HIGHEST_RATE = Fraction(30)
LOWEST_RATE = Fraction(10)


@dataclass(frozen=True)
class Limits:
    """Bounds of what is accepted. Deployment sizes (upload bytes) are settings, not here."""

    pixels: int = 9_500_000  # per frame: 4K passes, an 8192² bomb does not (guide §3)
    seconds: int = 12 * 3600
    shortest_seconds: float = 0.1
    smallest_side: int = 16
    streams: int = 32
    gap_seconds: float = 30.0
    spoken_gap_seconds: float = 600.0


LIMITS = Limits()


@dataclass(frozen=True)
class Rung:
    """One size of the ladder. ``max_rate`` is bits per second, never exceeded over two seconds."""

    name: str
    width: int
    height: int
    max_rate: int


Content = Literal["slides", "screen", "camera"]
DEFAULT_CONTENT: Content = "camera"
# Quality that x264 aims at (CRF; lower is better and larger), by kind of picture. docs/video.md has
# the table of bytes and VMAF behind it.
QUALITY: dict[Content, int] = {"slides": 25, "screen": 24, "camera": 25}
_MOVES = 0.5  # mean difference of two frames in steps of 255, at 320 × 180 pixels


def content_of(changes: list[float]) -> Content:
    """The kind of picture, from how much frames differ from those before them.

    Slides stand still nearly always, even with a small face in the corner; a recorded screen rests
    and jumps; before a camera something moves in every frame.
    """
    if len(changes) < 4:
        return DEFAULT_CONTENT
    ordered = sorted(changes)
    if ordered[len(ordered) // 2] > _MOVES:
        return "camera"
    return "screen" if ordered[len(ordered) * 17 // 20] > _MOVES else "slides"


# (lines, bits per second): capped quality, so slides use a fraction of this (guide §1.2).
_STEPS = ((1080, 4_000_000), (720, 2_200_000), (360, 700_000))


def ladder(width: int, height: int) -> tuple[Rung, ...]:
    """The sizes to make of a picture shown at ``width`` × ``height``, largest first.

    Never larger than the source; each step is clearly smaller than the one above it; the shape is
    kept; sides are even, because 4:2:0 has no half pixels. Phone video held upright counts its
    short side: 1080×1920 is 1080p.
    """
    short, long = sorted((width, height))
    rungs: list[Rung] = []
    last = Fraction(10**6)
    for lines, max_rate in _STEPS:
        fit = min(Fraction(1), Fraction(lines, short), Fraction(lines * 16, 9 * long))
        if fit > last * Fraction(4, 5):
            continue
        last = fit
        if fit == 1:
            lines = _even(max(Fraction(short), Fraction(long * 9, 16)))
            max_rate = min(rate for step, rate in _STEPS if step >= lines)
        rungs.append(Rung(f"{lines}p", _even(width * fit), _even(height * fit), max_rate))
    return tuple(rungs)


def _even(side: Fraction) -> int:
    """The nearest even number of pixels, not above the side itself, at least 2."""
    return max(2, int(side) // 2 * 2)


# Rates that cameras really have; a measured interval within one per cent of one means it.
_COMMON_RATES = tuple(
    Fraction(rate, base)
    for rate in (24, 30, 48, 60, 120, 240)
    for base in (Fraction(1001, 1000), 1)
) + tuple(Fraction(rate) for rate in (10, 12, 15, 20, 25, 50, 100))


def output_rate(interval: Fraction) -> Fraction:
    """Frames per second to produce from the median interval between frames, in seconds.

    At most 30 (a lecture gains nothing above, and phones lose battery), at least 10.
    """
    if interval <= 0:
        return Fraction(25)
    rate = 1 / interval
    common = min(_COMMON_RATES, key=lambda known: abs(known - rate))
    if abs(common - rate) <= common / 100:
        rate = common
    while rate > HIGHEST_RATE * Fraction(11, 10):
        rate /= 2
    if rate.denominator not in (1, 1001):
        rate = Fraction(round(rate * 2), 2)
    return min(max(rate, LOWEST_RATE), HIGHEST_RATE)


def key_interval(rate: Fraction) -> int:
    """Frames from key frame to key frame: never shorter than a segment, or segments would pair."""
    frames = SEGMENT_SECONDS * rate
    return -(-frames.numerator // frames.denominator)


def failure_sentence(stderr: str, *, timed_out: bool, returncode: int) -> tuple[str, bool]:
    """What an administrator reads when ffmpeg gave up, and whether trying again may help."""
    if "No space left on device" in stderr:
        return "服务器的磁盘满了，转码无法继续。请清理磁盘后点“重试”。", True
    if timed_out or returncode in (-24, -9):
        return "转码用的时间或内存超过了上限，已停止。可以点“重试”；再次失败请先把视频剪短。", True
    if returncode == -25:
        return "转码产生的文件太大，已停止。请先用剪辑软件导出为 1080p 的 MP4，再上传。", False
    if "Cannot allocate memory" in stderr:
        return "服务器内存不够，转码无法继续。请稍后点“重试”。", True
    if any(mark in stderr for mark in _DATA_FAULTS):
        return "视频数据已损坏，转码无法继续。请在电脑上播放检查，重新导出后再上传。", False
    return "转码没有完成。请点“重试”；再次失败时，把下面的技术信息交给维护人员。", True


_DATA_FAULTS = (
    "Invalid data found",
    "Error while decoding",
    "Decoder not found",
    "Invalid NAL",
    "does not contain any stream",
)


def notices(
    lost_seconds: float,
    *,
    decode_errors: bool,
    has_picture: bool,
    washed_out: bool,
    lost_sound: bool,
) -> list[str]:
    """What people are told about a video that is published with a blemish."""
    told = []
    if lost_seconds > 0:
        told.append(
            f"原文件不完整，末尾约缺 {max(1, round(lost_seconds))} 秒，已保留能播放的部分。"
        )
    elif decode_errors:
        told.append("原文件有损坏，个别画面或声音可能有缺失。")
    if not has_picture:
        told.append("原文件只有声音，已作为音频课程发布。")
    if lost_sound:
        told.append("原文件的声音解不出来，只保留了画面。")
    if washed_out:
        told.append("原文件是 HDR 画面，服务器的 ffmpeg 不能转换颜色，画面可能偏灰。")
    return told


@dataclass(frozen=True)
class Still:
    """A candidate for the poster: brightness, contrast and tint (blue, red), each 0–255."""

    name: str
    brightness: float
    contrast: float
    tint: tuple[float, float] = (128.0, 128.0)

    @property
    def visible(self) -> bool:
        return 24 <= self.brightness <= 245

    def looks_like(self, other: "Still") -> bool:
        """Whether two moments show the same slide."""
        mine = (self.brightness, self.contrast, *self.tint)
        theirs = (other.brightness, other.contrast, *other.tint)
        return all(abs(a - b) < 0.5 for a, b in zip(mine, theirs, strict=True))


def best_still(stills: list[Still]) -> Still | None:
    """The picture that stands for the video: neither black nor white, with most to see.

    Early pictures win when they are nearly as good: a lecture's title slide is near the start.
    """
    if not stills:
        return None
    visible = [still for still in stills if still.visible]
    candidates = visible or stills
    most = max(still.contrast for still in candidates)
    return next(still for still in candidates if still.contrast >= 0.8 * most)


@dataclass(frozen=True)
class Stream:
    """One entry of the master playlist. Rates are bits per second."""

    uri: str
    codec: str
    peak_rate: int
    average_rate: int
    width: int = 0
    height: int = 0
    rate: Fraction = Fraction(0)


def master_playlist(pictures: list[Stream], sound: Stream | None) -> str:
    """The HLS master playlist (RFC 8216), with measured rates.

    ffmpeg would announce the encoder's ceiling, five times what slides need, and players would
    pick a smaller picture than the line can carry.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound and pictures:
        lines.append(
            '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="普通话",LANGUAGE="zh",DEFAULT=YES,'
            f'AUTOSELECT=YES,CHANNELS="2",URI="{sound.uri}"'
        )
    for stream in pictures or ([sound] if sound else []):
        extra = sound if sound and pictures else None
        lines.append(
            "#EXT-X-STREAM-INF:"
            f"BANDWIDTH={stream.peak_rate + (extra.peak_rate if extra else 0)},"
            f"AVERAGE-BANDWIDTH={stream.average_rate + (extra.average_rate if extra else 0)},"
            f'CODECS="{stream.codec}{"," + extra.codec if extra else ""}"'
            + (f",RESOLUTION={stream.width}x{stream.height}" if stream.width else "")
            + (f",FRAME-RATE={float(stream.rate):.3f}" if stream.rate else "")
            + (',AUDIO="sound"' if extra else "")
        )
        lines.append(stream.uri)
    return "\n".join(lines) + "\n"
