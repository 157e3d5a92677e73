"""The course that the stories walk through, and a draft that nobody may see: packs with videos."""

import subprocess
from pathlib import Path

from sanshi_lms.video.engine import Ffmpeg

LECTURE_SECONDS = 12
LIFT = "/courses/jiazhuang-dianti"
LONG_SECONDS = 85  # a line is cut for a minute of it
LONG = "/courses/changke/long"
SECRET = "未公开的样稿"
COURSE = """\
title: 加装电梯，先问意愿
summary: 楼上盼电梯，楼下有顾虑，社区怎么牵头。
description: 学完以后，您说得清两道表决门槛。
audience: [社区干部, 居民]
topic: 城市更新
kind: 技能培训
credit_hours: 0.5
status: published
"""
LECTURE = """\
---
title: 一户一户问意愿
kind: video
minutes: 1
video: 01-wishes.mp4
---
第一步不是谈钱，而是把每一户的想法问清楚。

| 意愿 | 怎么记 |
|---|---|
| 有条件地同意 | 把条件写具体，比如“井道别挡厨房窗”，写清是谁、哪一户、什么时候说的 |
"""
CAPTIONS = """\
1
00:00:00,000 --> 00:00:04,000
各位邻居，大家好。

2
00:00:04,000 --> 00:00:08,000
加装电梯，先要一户一户问意愿。

3
00:00:08,000 --> 00:00:12,000
低层住户的采光，要当面谈。
"""
QUIZ = """\
---
title: 问意愿小测验
kind: quiz
minutes: 2
quiz: 02-quiz.questions.yaml
---
一共三道题，答对八成就算通过。
"""
QUESTIONS = """\
pass_percent: 80
attempts: 0
questions:
  - id: lift-01
    kind: single
    stem: 动手之前先做什么？
    options:
      - text: 一户一户问意愿
        correct: true
      - text: 先收钱
    explanation: 意愿没有问清楚，后面都要返工。
    lesson: 01-wishes
  - id: lift-02
    kind: multiple
    stem: 低层住户常担心什么？
    options:
      - text: 采光
        correct: true
      - text: 噪声
        correct: true
      - text: 楼顶的花
    explanation: 采光和噪声要当面谈。
    lesson: 01-wishes
  - id: lift-03
    kind: true_false
    stem: 一楼住户不用问。
    answer: false
    explanation: 每一户都要问。
    lesson: 01-wishes
"""
DRAFT = COURSE.replace("加装电梯，先问意愿", SECRET).replace("published", "draft")
DRAFT_LECTURE = """\
---
title: 样稿第一课
kind: video
minutes: 1
video: 01-draft.mp4
attachments: [files/notes.txt]
---
样稿还没有定。
"""
LONG_COURSE = COURSE.replace("加装电梯，先问意愿", "议事会怎么开")
LONG_LECTURE = """\
---
title: 从头到尾看一场议事会
kind: video
minutes: 2
video: 01-long.mp4
---
这一讲长一些。
"""
DRAFT_CAPTIONS = """\
1
00:00:00,000 --> 00:00:02,000
这是样稿里的话。
"""


def make_video(ffmpeg: Ffmpeg, path: Path, seconds: int, size: str = "640x360") -> Path:
    """Make an MP4 with a moving picture and a tone."""
    command = [
        ffmpeg.path, "-nostdin", "-v", "error", "-y",
        "-f", "lavfi", "-i", f"testsrc=s={size}:r=25:d={seconds}",
        "-f", "lavfi", "-i", f"sine=frequency=330:duration={seconds}",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac",
        "-shortest", str(path),
    ]  # fmt: skip
    subprocess.run(command, check=True, timeout=120)
    return path


def write_content(folder: Path, ffmpeg: Ffmpeg) -> Path:
    """Write both packs with their videos; returns the content folder."""
    files = {
        "jiazhuang-dianti/course.yaml": COURSE,
        "jiazhuang-dianti/01-wishes.md": LECTURE,
        "jiazhuang-dianti/01-wishes.srt": CAPTIONS,
        "jiazhuang-dianti/02-quiz.md": QUIZ,
        "jiazhuang-dianti/02-quiz.questions.yaml": QUESTIONS,
        "changke/course.yaml": LONG_COURSE,
        "changke/01-long.md": LONG_LECTURE,
        "yanggao/course.yaml": DRAFT,
        "yanggao/01-draft.md": DRAFT_LECTURE,
        "yanggao/01-draft.srt": DRAFT_CAPTIONS,
        "yanggao/files/notes.txt": "样稿的附件。\n",
    }
    for name, text in files.items():
        path = folder / "courses" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    make_video(ffmpeg, folder / "courses/jiazhuang-dianti/01-wishes.mp4", LECTURE_SECONDS)
    make_video(ffmpeg, folder / "courses/changke/01-long.mp4", LONG_SECONDS, "320x180")
    make_video(ffmpeg, folder / "courses/yanggao/01-draft.mp4", 2, "320x180")
    return folder
