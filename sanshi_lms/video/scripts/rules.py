"""Rules of a typed script: clean text, how long it will speak, the example to begin with."""

import hashlib
import math
import re
from dataclasses import dataclass

from sanshi_lms.video.studio import Lecture, check_script, parse_script

MAX_CHARACTERS = 20_000
CHARACTERS_A_SECOND = 3.4  # what the studio's voice speaks
SLIDE_SECONDS = 1.5  # the pause around a slide
TOKEN = re.compile(r"[0-9a-f]{32}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

EXAMPLE = """---
title: 十五分钟生活圈怎么看
lecturer: 三师微课堂
---

大家好，今天用一分钟，看懂家门口的生活圈。

## 什么是生活圈

- 步行15分钟能到
- 买菜、上学、看病、养老都有

生活圈就是从家里出发，步行15分钟能走到的范围。买菜、上学、看病、养老，都应该在这个圈里找得到。

## 社区干部先做三件事

- 走一遍：老人推车走得通吗
- 问一圈：最缺什么
- 画一张：缺的标在图上

先走一遍，看看老人推着车走不走得通。再问一圈，大家最缺什么。最后画一张图，把缺的地方标出来。

## 拿着图请三师

- 说清位置和人数
- 附两张现场照片

拿着这张图去请规划师、建筑师和工程师，说清位置和人数，附上两张现场照片，他们就能给出办法。
"""


@dataclass(frozen=True)
class Checked:
    """A script that was looked through: what is wrong with it, or the lecture it makes."""

    faults: tuple[str, ...]
    lecture: Lecture | None

    @property
    def length_zh(self) -> str:
        """About how long the video will be."""
        return length_zh(self.lecture) if self.lecture else ""


def clean(text: str) -> str:
    """Return the text with plain line ends and without characters that nobody can see."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip() + "\n"


def check(text: str) -> Checked:
    """Look through a script that `clean` went over."""
    if len(text) > MAX_CHARACTERS:
        fault = f"讲稿有 {len(text)} 字，超过 {MAX_CHARACTERS} 字。请分成两讲。"
        return Checked((fault,), None)
    if faults := check_script(text):
        return Checked(tuple(str(fault) for fault in faults), None)
    return Checked((), parse_script(text))


def length_zh(lecture: Lecture) -> str:
    """Say about how long a lecture will be."""
    spoken = sum(map(len, lecture.sentences)) / CHARACTERS_A_SECOND
    seconds = spoken + SLIDE_SECONDS * (len(lecture.slides) + 1)
    if seconds < 60:
        return f"约 {math.ceil(seconds / 5) * 5} 秒"
    return f"约 {round(seconds / 60, 1):g} 分钟"


def fingerprint(text: str) -> str:
    """Return what tells whether somebody else changed a script meanwhile."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
