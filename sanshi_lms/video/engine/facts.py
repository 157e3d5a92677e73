"""What the probe found in an uploaded file, and whether we take it. Pure: no Flask, no ffmpeg."""

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from sanshi_lms.video.engine.rules import DEFAULT_CONTENT, LIMITS, Content

# Transfer characteristics of ITU-T H.273 that mean high dynamic range.
PQ, HLG = 16, 18


@dataclass(frozen=True)
class Picture:
    """The video stream that will be shown. Sizes are pixels as coded, before rotation."""

    index: int
    codec: str
    width: int
    height: int
    aspect: Fraction  # of one sample; 1 when pixels are square
    rotation: int  # degrees, a multiple of 90
    pixel_format: str
    interval: Fraction  # seconds between frames, the median
    transfer: int
    matrix: int
    interlaced: bool
    decoded: bool  # a first frame came out
    start: float  # seconds
    end: float  # seconds
    frames: int
    gap: float  # longest time without a frame, seconds
    key_step: Fraction = Fraction(0)  # seconds between key frames when regular, else 0
    size: int = 0  # bytes
    seekable: bool = False  # nothing speaks against it; of long files it was tried
    rests: tuple[tuple[float, float], ...] = ()  # more than a second without a new picture

    @property
    def high_dynamic_range(self) -> bool:
        return self.transfer in (PQ, HLG)

    @property
    def shown_size(self) -> tuple[int, int]:
        """Width and height as a person sees them: square pixels, upright."""
        width = max(1, round(self.width * self.aspect))
        return (self.height, width) if self.rotation % 180 else (width, self.height)


@dataclass(frozen=True)
class Sound:
    """The audio stream that will be heard. Times are seconds."""

    index: int
    codec: str
    channels: int
    sample_rate: int
    decoded: bool
    start: float
    end: float
    frames: int
    gap: float


@dataclass(frozen=True)
class SourceFacts:
    """Everything that decides how a source is treated. Times are seconds."""

    container: str
    declared_seconds: float  # as the file says; some files lie
    streams: int
    picture: Picture | None
    sound: Sound | None
    loudness: float | None = None  # LUFS of the whole sound, when it could be told
    content: Content = DEFAULT_CONTENT

    @property
    def start(self) -> float:
        """When the first stream begins."""
        parts = [part.start for part in (self.picture, self.sound) if part is not None]
        return min(parts, default=0.0)

    @property
    def seconds(self) -> float:
        """How long it really plays, from the packets that are there."""
        parts = [part for part in (self.picture, self.sound) if part is not None]
        if not parts:
            return 0.0
        return max(part.end for part in parts) - min(part.start for part in parts)

    @property
    def lost_seconds(self) -> float:
        """What a cut file promises and does not hold; 0 when the promise is not credible."""
        missing = self.declared_seconds - self.seconds
        credible = self.declared_seconds <= LIMITS.seconds and self.seconds > 0
        bitten = missing > max(0.5, 0.02 * self.declared_seconds)
        return missing if credible and bitten else 0.0

    def to_json(self) -> dict[str, Any]:
        """The same as plain values, for `from_json` on another machine."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=str))
        return plain

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "SourceFacts":
        """Read what the probe's child printed. Raises KeyError or ValueError on other shapes."""
        picture, sound = found["picture"], found["sound"]
        if picture is not None:
            picture = Picture(
                **{
                    **picture,
                    "aspect": Fraction(picture["aspect"]),
                    "interval": Fraction(picture["interval"]),
                    "key_step": Fraction(picture["key_step"]),
                    "rests": tuple((a, b) for a, b in picture["rests"]),
                }
            )
        return cls(
            container=str(found["container"]),
            declared_seconds=float(found["declared_seconds"]),
            streams=int(found["streams"]),
            picture=picture,
            sound=None if sound is None else Sound(**sound),
            loudness=found.get("loudness"),
            content=found.get("content", DEFAULT_CONTENT),
        )


def objection(facts: SourceFacts) -> str | None:
    """Why this source is refused, as a sentence saying what to do; None when it is welcome."""
    picture, sound = facts.picture, facts.sound
    if picture is None and sound is None:
        return "文件里没有画面，也没有声音。请选择能正常播放的视频文件。"
    return (
        (_objection_to_picture(picture) if picture else None)
        or _objection_to_length(facts)
        or _objection_to_gaps(picture, sound)
        or (_objection_to_still(picture) if picture and not (sound and sound.decoded) else None)
    )


def _objection_to_picture(picture: Picture) -> str | None:
    if picture.width * picture.height > LIMITS.pixels:
        return (
            f"画面太大（{picture.width}×{picture.height}），最大支持 4K（3840×2160）。"
            "请用剪辑软件导出为 1080p 后再上传。"
        )
    if not picture.decoded:
        return (
            "画面数据已损坏，或者用了少见的编码，解不出来。"
            "请在电脑上播放检查；能播放的话，另存为 MP4（H.264）后再上传。"
        )
    if min(picture.shown_size) < LIMITS.smallest_side:
        return "画面太小，看不清内容。请上传原始视频。"
    return None


def _objection_to_length(facts: SourceFacts) -> str | None:
    if facts.seconds > LIMITS.seconds:
        return f"视频太长，最长支持 {LIMITS.seconds // 3600} 小时。请分成几段上传。"
    if facts.sound and not facts.picture and not facts.sound.decoded:
        return "声音数据已损坏，解不出来。请重新导出后再上传。"
    if facts.seconds < LIMITS.shortest_seconds:
        return "视频太短，不到 0.1 秒。请检查是否选错了文件。"
    return None


def _objection_to_gaps(picture: Picture | None, sound: Sound | None) -> str | None:
    """A jump in time stamps makes a frame-rate filter invent frames without end (guide §1.8).

    A recorded screen may rest for minutes while somebody speaks; then the sound fills the time.
    """
    spoken = sound is not None and sound.gap <= LIMITS.gap_seconds
    allowed = LIMITS.spoken_gap_seconds if spoken else LIMITS.gap_seconds
    worst_alone = max(picture.gap if picture else 0.0, 0.0)
    if worst_alone > allowed or (picture is None and sound and sound.gap > LIMITS.gap_seconds):
        return (
            "视频的时间轴有错误（中间有一大段空白），直接转码会出问题。"
            "请用剪辑软件打开，重新导出为 MP4 后再上传。"
        )
    return None


def _objection_to_still(picture: Picture) -> str | None:
    if picture.frames <= 1:
        return "文件里只有一幅静止画面，没有声音，不是视频。请选择视频文件。"
    return None


NO_INDEX = (
    "视频文件不完整：缺少结尾的索引，多半是拷贝或下载时中断了。请重新拷贝原始文件，再上传一次。"
)
UNKNOWN = (
    "认不出这个文件的格式：它可能不是视频，或者没有拷贝完整。"
    "请先在电脑上播放试试；能播放的话，另存为 MP4 后再上传。"
)
CODEC = (
    "画面用了少见的编码，网页上放不出来。请在电脑上用剪辑软件打开，另存为 MP4（H.264）后再上传。"
)
MANY_STREAMS = (
    f"文件里的音轨、字幕等太多，超过 {LIMITS.streams} 条。"
    "请用剪辑软件重新导出，只保留一条画面和一条声音。"
)
EMPTY = "这个文件是空的（0 字节），可能没有拷贝完整。请检查原文件后重新选择。"
IMAGE = "这是一张图片，不是视频。请选择 MP4、MOV 等视频文件。"
TEXT = "这不是视频：文件里面是文字，可能只是把文件名改成了视频的后缀。请选择能正常播放的视频文件。"
DOCUMENT = "这是文档或压缩包，不是视频。请选择 MP4、MOV 等视频文件；压缩包请先解压。"
REASONS = {"no_index": NO_INDEX, "codec": CODEC, "unknown": UNKNOWN}  # as the child says them

_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"8BPS")
_DOCUMENTS = (b"%PDF", b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")
_PHOTO_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")


def first_sight(head: bytes) -> str | None:
    """What is plainly no video, from its first bytes (at least 64 unless the file is shorter).

    Only to answer at once, while the person still looks at the page: the probe decides.
    """
    if not head:
        return EMPTY
    if head.startswith(_IMAGES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return IMAGE
    if head[4:8] == b"ftyp" and head[8:12] in _PHOTO_BRANDS:
        return IMAGE
    if head.startswith(_DOCUMENTS):
        return DOCUMENT
    return TEXT if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    if any(byte < 9 or 13 < byte < 32 for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(head) - 3 and error.start > len(head) // 2  # cut inside a character
    return True
