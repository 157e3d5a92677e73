"""The demo's cases and media pieces, by real actions: one writes, another reviews."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps
from sqlalchemy import func, select

from sanshi_lms.account import User, find_person
from sanshi_lms.community.lessons.queries import proposed_lessons
from sanshi_lms.community.stories.actions import Given, StoryValues, begin, save, take_step
from sanshi_lms.community.stories.demo_texts import CASES, PIECES, Told
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.pictures import add_pictures
from sanshi_lms.community.stories.rules import CASE, KINDS
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.pictures import Picture, private_folder, put_away
from sanshi_lms.courses import published_lessons

_SKY, _WALL, _STEP, _GRASS = (214, 226, 232), (196, 182, 166), (150, 142, 134), (120, 132, 96)
_NEW_SKY, _RIVER, _LEAF = (222, 238, 243), (14, 90, 94), (92, 152, 88)
_DAB = (189, 61, 27)


def load_demo(moment: datetime) -> int:
    """Put the invented stories in and return how many; 0 when they are there or nobody can."""
    if db.session.scalar(select(func.count(Story.id)).where(Story.invented)):
        return 0
    writer, reviewer = find_person("cadre"), find_person("admin")
    if writer is None or reviewer is None:
        return 0
    for told in (*CASES, *PIECES):
        _tell(told, writer, reviewer, moment)
    return len(CASES) + len(PIECES)


def _tell(told: Told, writer: User, reviewer: User, moment: datetime) -> None:
    nonce = hashlib.md5(told.title.encode(), usedforsecurity=False).hexdigest()
    at = moment - timedelta(days=told.ago // 3)
    story = begin(told.kind, told.title, nonce, writer.id, at)
    story.invented = True
    _draw(story, told, writer, at)
    headings = [heading for heading, _ in KINDS[told.kind].sections]
    parts = [_with_picture(story, part) for part in told.parts]
    body = "\n\n".join(f"## {h}\n\n{p}" for h, p in zip(headings, parts, strict=True))
    ended = local(moment - timedelta(days=told.ago)).date() if told.kind == CASE else None
    lessons = proposed_lessons(f"{told.title} {told.summary} {told.matter}", 2)
    values = StoryValues(
        title=told.title,
        summary=told.summary,
        body_md=body,
        district=told.district,
        place=told.place,
        topic=told.topic,
        matter=told.matter,
        people=told.people,
        began_on=ended - timedelta(days=told.days - 1) if ended else None,
        ended_on=ended,
        cost_yuan=told.yuan,
        cost_note=told.money,
        video_lesson_id=_any_video() if told.kind == "clip" else None,
        lesson_ids=tuple(lesson.id for lesson in lessons),
    )
    save(story, values, story.version, writer, at)
    if told.kind == "clip" and values.video_lesson_id is None:
        return  # no video course is published here: it stays a draft
    take_step(story, "submit", Given("", story.version), writer, at)
    if told.until == "publish":
        take_step(story, "publish", Given("", story.version, checked=True), reviewer, at)


def _with_picture(story: Story, part: str) -> str:
    if part != "PICTURE":
        return part
    return f"![加装电梯五步的示意图](pictures/{story.pictures[0].id})"


def _any_video() -> int | None:
    return next((lesson.id for lesson in published_lessons() if lesson.kind == "video"), None)


def _draw(story: Story, told: Told, writer: User, at: datetime) -> None:
    """Draw what the story needs: no photo of a real place is in the demo."""
    folder = private_folder()
    try:
        if told.kind == CASE:
            for part, caption in (("before", "样例示意图"), ("after", "样例示意图")):
                picture = _scene(
                    folder / part, new=part == "after", seed=len(told.title + told.summary)
                )
                add_pictures(story, part, [picture], caption, writer, at)
        elif told.kind == "infographic":
            add_pictures(story, "text", [_five_steps(folder / "five")], "加装电梯五步", writer, at)
    finally:
        put_away(folder)
    db.session.flush()


def _scene(file: Path, *, new: bool, seed: int) -> Picture:
    """Draw steps beside a house: worn, or mended with a rail, a lamp and a tree."""
    image = Image.new("RGB", (1200, 900), _NEW_SKY if new else _SKY)
    pen = ImageDraw.Draw(image)
    wall = (236 - seed % 3 * 16, 224 - seed % 5 * 9, 204 - seed % 4 * 14)
    pen.rectangle((0, 640, 1200, 900), fill=_LEAF if new else _GRASS)
    left = 80 + seed % 5 * 12
    pen.rectangle((left, 160, left + 460, 760), fill=wall if new else _WALL)
    for row in range(4):
        for column in range(3):
            x, y = left + 50 + column * 135, 200 + row * 125
            pen.rectangle((x, y, x + 85, y + 75), fill=(250, 230, 160) if new else (96, 106, 110))
    for step in range(8):
        x, y = 600 + step * 68, 760 - step * 52
        pen.rectangle((x, y, 1200, y + 60), fill=(214, 206, 194) if new else _STEP)
        if new:
            pen.rectangle((x, y, x + 68, y + 10), fill=(232, 186, 40))
    if new:
        pen.line((600, 650, 1150, 230), fill=_RIVER, width=16)
        pen.line((600, 700, 1150, 280), fill=_RIVER, width=9)
        for step in range(0, 9, 2):
            x, y = 600 + step * 66, 655 - step * 50
            pen.line((x, y, x, y + 110), fill=_RIVER, width=9)
        pen.ellipse((1010, 60, 1110, 160), fill=(255, 226, 130))
    else:
        for place in range(6):
            x, y = 560 + place * 90, 780 - (place * 37 + seed * 13) % 120
            pen.polygon([(x, y), (x + 40, y - 26), (x + 66, y + 14)], fill=(112, 104, 98))
    return _kept(ImageOps.mirror(image) if seed % 2 else image, file)


def _five_steps(file: Path) -> Picture:
    """Draw five steps that lead up, the last one with a lift."""
    image = Image.new("RGB", (1200, 700), (250, 247, 240))
    pen = ImageDraw.Draw(image)
    for step in range(5):
        x, y = 60 + step * 216, 540 - step * 96
        pen.rounded_rectangle((x, y, x + 200, 640), 18, fill=_RIVER if step < 4 else _DAB)
        for dot in range(step + 1):
            at = x + 24 + dot * 34
            pen.ellipse((at, y + 24, at + 24, y + 48), fill=(255, 255, 255))
    pen.rectangle((970, 40, 1080, 140), outline=_DAB, width=10)
    pen.line((1025, 44, 1025, 136), fill=_DAB, width=8)
    return _kept(image, file)


def _kept(image: Image.Image, file: Path) -> Picture:
    image.save(file, "JPEG", quality=84)
    return Picture(file, *image.size, file.stat().st_size)
