"""The rules of the room: how a video stands, what it is called, who waits for whom. Pure."""

import re
import unicodedata
from typing import Literal
from urllib.parse import urlsplit

MAX_TITLE = 120
MAX_FILE_NAME = 200
MAX_CHAPTER_TITLE = 80
MEGABYTE = 1024 * 1024
OWN_POSTER = "own-"  # how the name of a picture begins that a person gave
FIRST = 50

State = Literal["waiting", "working", "early", "ready", "failed", "stopped"]
JobState = Literal["pending", "leased", "done", "failed"]


def video_state(job: JobState | None, *, made: bool, playable: bool = False) -> State:
    """How a video stands, computed from its parts and never stored.

    A video that can be played is ready, even while it is being made again; one that is `playable`
    before it is wholly made is early. Nobody works on one that somebody stopped.
    """
    if made:
        return "ready"
    if job == "failed":
        return "failed"
    if job in ("pending", "leased"):
        return "early" if playable else "working" if job == "leased" else "waiting"
    return "stopped"


STATE_ZH: dict[State, str] = {
    "waiting": "排队等待转码",
    "working": "正在转码",
    "early": "可以先看，还在转码",
    "ready": "可以播放",
    "failed": "没有成功",
    "stopped": "已停止转码",
}


def rendition_zh(name: str) -> str:
    """What people read for a rendition: "720p", or 声音 for the one without a picture."""
    return "声音" if name == "sound" else name


def file_name_from(sent: str) -> str:
    """What an uploaded file was called: no folders, no invisible signs, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", sent))[-1]
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    return shown.strip()[-MAX_FILE_NAME:] or "video"


def title_from(file_name: str) -> str:
    """A first title for an uploaded file: its name without the ending."""
    name = file_name_from(file_name)
    stem = name.rpartition(".")[0] or name
    return re.sub(r"[\s_]+", " ", stem).strip()[:MAX_TITLE] or "未命名视频"


def title_problem(title: str) -> str | None:
    """What is wrong with a title, or None."""
    if not title.strip():
        return "请填写视频名称。"
    if len(title) > MAX_TITLE:
        return f"名称太长，最多 {MAX_TITLE} 个字。"
    if any(unicodedata.category(sign) == "Cc" for sign in title):
        return "名称里有看不见的控制字符，请重新输入。"
    return None


def priority(size: int, *, waited_for: bool) -> int:
    """Where a new source of `size` bytes stands in the line: a small one passes a large one.

    What a person uploaded and `waited_for` passes everything that a course pack brought, and is
    looked at before work on others goes on.
    """
    return (100 + FIRST if waited_for else 0) - (max(size, 1) // (64 * MEGABYTE)).bit_length()


def part_priority(seconds: float, *, waited_for: bool, first: bool) -> int:
    """Where a part of a video of `seconds` stands: a short clip does not wait for a long lecture.

    The `first` part, which makes the video playable, comes before the rest of all others.
    """
    rank = (100 if waited_for else 0) - (int(max(seconds, 0)) // 120).bit_length()
    return rank + (FIRST if first and waited_for else 0)


def seconds_left(progress: float, elapsed: float) -> float | None:
    """How many seconds the rest will take; None while it is too early to say."""
    if progress < 0.03 or elapsed < 3:
        return None
    return elapsed * (1 - progress) / progress


def access_until(now: int, *, bound: bool = False) -> int:
    """When an address of media handed out at `now` ends (both Unix seconds).

    At least twelve hours, and the same for everybody within six, so that caches serve the next
    person too. An address `bound` to one person ends after four to six hours.
    """
    step = 2 * 3600 if bound else 6 * 3600
    return (now // step + 3) * step


def video_of(key: str) -> int:
    """Whose file a storage key names: "video/12/…" belongs to video 12.

    Raises ValueError for a key that is no video's.
    """
    room, number, _ = key.split("/", 2)
    if room != "video":
        raise ValueError(f"no video's key: {key!r}")
    return int(number)


def from_elsewhere(site: str | None, mode: str | None, referer: str | None, host: str) -> bool:
    """Whether another site's page asks for one of our files to show it as its own.

    `site` and `mode` are the Sec-Fetch headers, which pages cannot forge; browsers before them
    send at most a `referer`. Who sends nothing, as players inside WeChat do, is let through: the
    address itself is signed and ends.
    """
    if site is not None:
        return site in {"cross-site", "same-site"} and mode != "navigate"
    if not referer:
        return False
    try:
        return urlsplit(referer).netloc != host
    except ValueError:
        return True


def own_posters_key(video_id: int) -> str:
    """Where the pictures lie that people gave for a video: apart from what is made again."""
    return f"video/{video_id}/posters"
