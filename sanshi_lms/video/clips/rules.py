"""Rules of a clip: how long, how many bits, what it is called, and whether what came out will do.

Pure. What a platform allows is data here: PURPOSES, and the limits of titles and topics.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_CLIPS = 30  # of one video; each holds its own bytes
TITLE_SIGNS = 16  # visible characters: what the short title of 视频号 takes
TITLE_LENGTH = 60  # of the column: signs that nobody sees take room too
MOST_TOPICS = 8
TOPIC_SIGNS = 20
TOPICS_LENGTH = 400
FIRST_TOPIC = "三师进社区"
SHAPES = {"portrait": "竖屏 9:16", "landscape": "横屏 16:9"}

# The encoder may be ahead of its rate by what its buffer holds: so many seconds of it.
BUFFER_SECONDS = 1.0
SOUND_SLACK = 1.1  # AAC meets its rate on average only
CONTAINER_RATE = 16_000  # bits per second for the tables of an MP4 of 60 frames a second, measured
KEPT_BACK = 0.02
# How far the length may be from what was asked: a frame of picture, a block of sound.
LENGTH_OFF = 0.25

_FILE_SIGNS = re.compile(r'[\\/:*?"<>|]+')
_TIME = re.compile(r"(?:(?:([0-9]{1,2}):)?([0-9]{1,3}):)?([0-9]{1,5})(?:\.([0-9]{1,3}))?")


@dataclass(frozen=True)
class Purpose:
    """What a clip is for. Times are seconds, rates bits per second.

    `side` is the short side of the picture in pixels at most, `quality` x264's CRF. With
    `most_bytes` the rate follows from the length, and never falls below `least_rate`, under which
    slides can no longer be read.
    """

    label: str
    least_seconds: int
    most_seconds: int
    most_bytes: int | None
    side: int
    most_rate: int
    least_rate: int
    sound_rate: int
    quality: int


# 公众号, back office by hand: 2 s to 60 min, at most 1080p, MP4 with H.264 and AAC; 视频号 takes
# more (8 h, 20 GB). By its API a video has at most 10 MB: the smaller of the two that MB can mean.
PURPOSES = {
    "whole": Purpose(
        "整段或长片段：在公众号、视频号后台手动上传", 2, 3600, None, 1080, 4_000_000, 0, 128_000, 22
    ),
    "short": Purpose(
        "短片：10 MB 以内，可用接口上传",
        2, 3600, 10_000_000, 720, 2_500_000, 250_000, 64_000, 24,
    ),
}  # fmt: skip


def picture_rate(purpose: Purpose, seconds: float) -> int:
    """Bits per second that the picture may take in a clip of `seconds`; it never has more bytes."""
    if purpose.most_bytes is None:
        return purpose.most_rate
    bits = purpose.most_bytes * 8 * (1 - KEPT_BACK) - _others(purpose) * seconds
    return min(purpose.most_rate, math.floor(bits / (seconds + BUFFER_SECONDS)))


def most_bytes(purpose: Purpose, seconds: float) -> int:
    """Bytes that a clip of `seconds` can have at most."""
    picture = picture_rate(purpose, seconds) * (seconds + BUFFER_SECONDS)
    return math.ceil((picture + _others(purpose) * seconds) / 8)


def longest(purpose: Purpose) -> int:
    """Whole seconds that a clip for this purpose may have."""
    if purpose.most_bytes is None:
        return purpose.most_seconds
    bits = purpose.most_bytes * 8 * (1 - KEPT_BACK) - purpose.least_rate * BUFFER_SECONDS
    return min(purpose.most_seconds, math.floor(bits / (purpose.least_rate + _others(purpose))))


def _others(purpose: Purpose) -> float:
    """Bits per second of what is not picture."""
    return purpose.sound_rate * SOUND_SLACK + CONTAINER_RATE


def stretch_problem(start: float, end: float, key: str, seconds: float) -> str | None:
    """What is wrong with a stretch of a video of `seconds`, and how long it may be; or None."""
    purpose = PURPOSES[key]
    if not (math.isfinite(start) and math.isfinite(end) and start >= 0):
        return "起止时间看不懂，请重新选。"
    if start >= seconds or end > seconds + LENGTH_OFF:
        return f"这个视频只有 {clock(seconds)}，起止时间要在它里面。"
    if end <= start:
        return "结束要晚于开始，请重新选。"
    if end - start < purpose.least_seconds:
        return f"选得太短，至少要 {purpose.least_seconds} 秒。"
    if end - start > (most := longest(purpose)):
        told = f"选了 {length_zh(end - start)}，这种用途最长 {length_zh(most)}。"
        return told + ("请选短一些，或者改选“整段或长片段”。" if key == "short" else "请选短一些。")
    return None


def read_time(text: str) -> float | None:
    """Seconds of a time as a person types it: "75", "01:15", "1:02:03.5"; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _TIME.fullmatch(plain) if plain.isascii() else None
    if match is None:
        return None
    hours, minutes, whole, fraction = match.groups()
    if (minutes is not None and int(whole) > 59) or (hours is not None and int(minutes) > 59):
        return None
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(whole)
    return total + int((fraction or "0").ljust(3, "0")) / 1000


def clock(seconds: float) -> str:
    """A moment of a video as it can be typed again, to a tenth: "01:15", "1:02:03.5"."""
    tenths = round(seconds * 10)
    whole, tenth = divmod(tenths, 10)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    told = f"{hours}:{minute:02}:{second:02}" if hours else f"{minute:02}:{second:02}"
    return f"{told}.{tenth}" if tenth else told


def length_zh(seconds: float) -> str:
    """A length for people, never longer than it is: "58 秒", "3 分 52 秒"."""
    minutes, second = divmod(int(seconds), 60)
    if not minutes:
        return f"{second} 秒"
    return f"{minutes} 分 {second} 秒" if second else f"{minutes} 分钟"


def plain(text: str) -> str:
    """Text in one line without signs that nobody sees."""
    spaced = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))
    return "".join(sign for sign in spaced if unicodedata.category(sign)[0] != "C").strip()


def visible(text: str) -> int:
    """How many signs a person sees: marks upon a letter and blanks are none."""
    return sum(not (s.isspace() or unicodedata.category(s)[0] in "MC") for s in text)


def title_problem(title: str) -> str | None:
    """What is wrong with a title that `plain` has been through, or None."""
    count = visible(title)
    if not count:
        return "请写标题。"
    if count > TITLE_SIGNS or len(title) > TITLE_LENGTH:
        return f"标题最多 {TITLE_SIGNS} 个字，现在有 {count} 个。视频号的短标题放不下更多。"
    return None


def fitting(text: str, signs: int = TITLE_SIGNS) -> str:
    """The beginning of a text that has at most so many visible signs."""
    kept = plain(text)
    while visible(kept) > signs:
        kept = kept[:-1]
    return kept.strip()


def topics_of(text: str) -> list[str]:
    """The names of topics in a text, each once: "#三师进社区 #城市更新", or parted by blanks."""
    found = re.split(r"[\s#＃,，、;；]+", unicodedata.normalize("NFC", text))
    return list(dict.fromkeys(name for one in found if (name := topic_from(one))))


def topic_from(text: str) -> str:
    """A text as the name of a topic: letters, figures, underscores; a blank would end it."""
    return "".join(sign for sign in text if sign.isalnum() or sign == "_")


def topics_problem(topics: Sequence[str]) -> str | None:
    """What is wrong with topics, or None."""
    if len(topics) > MOST_TOPICS:
        return f"话题最多 {MOST_TOPICS} 个，现在有 {len(topics)} 个。"
    long = next((topic for topic in topics if visible(topic) > TOPIC_SIGNS), None)
    return f"话题“{long[:TOPIC_SIGNS]}…”太长，每个最多 {TOPIC_SIGNS} 个字。" if long else None


def topics_line(topics: Iterable[str]) -> str:
    """Topics as they are pasted: "#三师进社区 #城市更新"."""
    return " ".join(f"#{topic}" for topic in topics)


def suggested_topics(names: Iterable[str]) -> str:
    """A first line of topics, from what lessons and courses are called; too long ones left out."""
    found = dict.fromkeys([FIRST_TOPIC, *(topic_from(name) for name in names)])
    fit = [topic for topic in found if topic and visible(topic) <= TOPIC_SIGNS]
    return topics_line(fit[:MOST_TOPICS])


def file_name(title: str, shape: str, ending: str) -> str:
    """What a file of a clip is called on the disk of whoever downloads it."""
    name = _FILE_SIGNS.sub(" ", title).strip(" .") or "视频号素材"
    return f"{name}（{SHAPES[shape].split()[0]}）{ending}"


def pasted_text(title: str, topics: str) -> str:
    """What is pasted beside the file: title, then topics. Windows' editor shows it right."""
    return "\ufeff" + "".join(f"{line}\r\n" for line in (title, topics) if line)


@dataclass(frozen=True)
class Facts:
    """What stands in a finished file. Rates and codecs as a probe finds them, not as we asked."""

    codec: str
    profile: int  # of H.264; 100 is High
    pixel_format: str
    width: int
    height: int
    sound: str
    seconds: float
    size: int  # bytes
    begins_with_index: bool


def breach(facts: Facts, purpose: Purpose, seconds: float, size: tuple[int, int]) -> str | None:
    """Why a finished file must not go out, as a sentence; None when it holds what was promised."""
    kind = (facts.codec, facts.profile, facts.pixel_format, facts.sound)
    if kind != ("h264", 100, "yuv420p", "aac") or not facts.begins_with_index:
        told = f"{facts.codec}/{facts.profile}，{facts.pixel_format}，{facts.sound or '没有声音'}"
        return f"做出来的文件格式不对（{told}），没有采用。请把技术信息交给维护人员。"
    if (facts.width, facts.height) != size:
        told = f"{facts.width}×{facts.height}"
        return f"做出来的画面是 {told}，应为 {size[0]}×{size[1]}，没有采用。请交给维护人员。"
    if abs(facts.seconds - seconds) > LENGTH_OFF:
        return (
            f"做出来的长度是 {clock(facts.seconds)}，选的是 {clock(seconds)}，没有采用。"
            "请点“重试”；还不行，请把起止时间移开一两秒再做一个。"
        )
    if purpose.most_bytes is not None and facts.size > purpose.most_bytes:
        had, may = facts.size / 1e6, purpose.most_bytes / 1e6
        return f"做出来有 {had:.1f} MB，超过了 {may:.0f} MB，没有采用。请选短一些，再做一个。"
    return None
