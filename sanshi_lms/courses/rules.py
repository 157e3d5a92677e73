"""Rules of courses: plain values in, plain answers out."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# 关于持续推进“三师”进社区工作的指导意见, 二（七）: the four series of the 微课堂.
KINDS = ("普及宣讲", "政策解读", "理念普及", "技能培训")
# The same document, 二（一）: the special tasks that 三师 support, and the programme itself.
SERIES = {"talks": KINDS[0], "policy": KINDS[1], "ideas": KINDS[2], "skills": KINDS[3]}
"""The addresses of the four series, each with the kind of its courses."""
SERIES_WORDS = {
    "talks": "三师是谁，能帮社区做什么",
    "policy": "新政策，用大白话讲明白",
    "ideas": "好社区长什么样，一起想一想",
    "skills": "10 分钟学一招，学完就能用",
}
RESERVED_SLUGS = frozenset({"series", "excellent"})
MOST_SEASONS, MOST_ISSUES = 99, 999
TOPICS = (
    "三师进社区",
    "城市体检",
    "城市更新",
    "完整社区",
    "15分钟生活圈",
    "现代社区",
    "儿童友好",
    "青年发展",
)
# 二（五）: courses for women and children, young people, old people are named there too.
AUDIENCES = (
    "社区干部",
    "街道干部",
    "物业人员",
    "居民",
    "三师",
    "妇女儿童",
    "青少年",
    "老年人",
)

# 专业技术人员继续教育规定, 7: general subjects and those of one's profession.
CATEGORIES = ("专业", "公需")
CATEGORY = CATEGORIES[0]

MAX_TITLE = 100
MAX_SUMMARY = 300
MAX_MARKDOWN = 200_000
MAX_SLUG = 80
MAX_MINUTES = 600
MAX_CREDIT_HOURS = Decimal(100)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TIME = re.compile(r"(?:([0-9]{1,2}):)?([0-9]{1,2}):([0-9]{1,2})")


class Status(StrEnum):
    """Where a course stands. Only a published one is seen by people without courses.view."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"

    @property
    def label_zh(self) -> str:
        """Return the word shown to people."""
        return {"draft": "草稿", "published": "已发布", "withdrawn": "已下架"}[self.value]


@dataclass(frozen=True)
class LengthBand:
    """A choice of course length in the catalogue, in minutes; `most` None means no end."""

    name: str
    label_zh: str
    least: int
    most: int | None


LENGTHS = (
    LengthBand("short", "15 分钟以内", 0, 15),
    LengthBand("medium", "15 到 45 分钟", 16, 45),
    LengthBand("long", "45 分钟以上", 46, None),
)


def find_length(name: str) -> LengthBand | None:
    """Return the length band called `name`."""
    return next((band for band in LENGTHS if band.name == name), None)


def slug_problem(slug: str) -> str | None:
    """Return what is wrong with an address word, or None."""
    if not slug:
        return "请填写网址名，例如 lift-step-by-step。"
    if len(slug) > MAX_SLUG:
        return f"网址名太长，最多 {MAX_SLUG} 个字符。"
    if not _SLUG.fullmatch(slug):
        return "网址名只能用小写英文字母、数字和连字符“-”，例如 lift-step-by-step。"
    if slug in RESERVED_SLUGS:
        return f"网址名“{slug}”已有别的用处，请换一个。"
    return None


def season_problem(season: int, issue: int) -> str | None:
    """Return what is wrong with a season and an issue (0 is none), or None."""
    if not 0 <= season <= MOST_SEASONS:
        return f"第几季要在 0 到 {MOST_SEASONS} 之间，不分季请填 0。"
    if not 0 <= issue <= MOST_ISSUES:
        return f"第几期要在 0 到 {MOST_ISSUES} 之间，不编号请填 0。"
    return None


def season_text(season: int, issue: int) -> str:
    """Return a season and an issue as people say them: 第 1 季第 3 期; "" for none."""
    parts = [f"第 {season} 季" if season else "", f"第 {issue} 期" if issue else ""]
    return "".join(parts)


def series_of(kind: str) -> str:
    """Return the address word of the series in which courses of `kind` are."""
    return next(slug for slug, name in SERIES.items() if name == kind)


def credit_problem(hours: Decimal) -> str | None:
    """Return what is wrong with a number of credit hours, or None.

    Local rules count in quarters and tenths of an hour, so two decimals are kept.
    """
    if not hours.is_finite() or hours < 0 or hours > MAX_CREDIT_HOURS:
        return f"学时要在 0 到 {MAX_CREDIT_HOURS} 之间。"
    if hours != hours.quantize(Decimal("0.01")):
        return "学时最多写两位小数，例如 0.25。"
    return None


def hours_text(hours: Decimal) -> str:
    """Return credit hours as people write them: 0.5, 2, 1.25."""
    text = f"{hours:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def minutes_problem(minutes: int) -> str | None:
    """Return what is wrong with a lesson's length in minutes, or None."""
    if not 1 <= minutes <= MAX_MINUTES:
        return f"时长要在 1 到 {MAX_MINUTES} 分钟之间。"
    return None


def start_seconds(text: str | None) -> float | None:
    """Read the `t` of an address: seconds ("83", "83.5") or a clock ("1:23", "1:02:03")."""
    if not text or len(text) > 12:
        return None
    clock = _TIME.fullmatch(text)
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return float(hours * 3600 + minutes * 60 + seconds)
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,3})?", text):
        return float(text)
    return None


@dataclass(frozen=True)
class LessonFacts:
    """What publishing must know of one lesson; `problem_zh` comes from its kind."""

    title: str
    has_content: bool
    problem_zh: str | None


def publish_problems(
    summary: str, audience: Collection[str], lessons: Sequence[LessonFacts]
) -> list[str]:
    """Return, in plain words, all that keeps a course from being published."""
    problems = []
    if not summary.strip():
        problems.append("课程还没有一句话简介，请先在“课程信息”里填写。")
    if not audience:
        problems.append("还没有选“适合谁学”，请先在“课程信息”里勾选。")
    if not lessons:
        problems.append("课程里还没有课，请先添加至少一课。")
    for number, lesson in enumerate(lessons, 1):
        if lesson.problem_zh:
            problems.append(f"第 {number} 课“{lesson.title}”：{lesson.problem_zh}")
        elif not lesson.has_content:
            problems.append(f"第 {number} 课“{lesson.title}”还没有正文，请先写好正文。")
    return problems


class Doing(StrEnum):
    """How far one person is with one lesson."""

    NEW = "new"
    STARTED = "started"
    DONE = "done"


def next_step(doings: Sequence[Doing]) -> tuple[int, str] | None:
    """Return the index of the lesson to open next and the words on the button.

    The first lesson that is not done comes next; when all are done the course starts over.
    """
    if not doings:
        return None
    untouched = all(doing is Doing.NEW for doing in doings)
    for index, doing in enumerate(doings):
        if doing is not Doing.DONE:
            return index, "开始学习" if untouched else "继续学习"
    return 0, "再看一遍"


def moved(order: Sequence[int], lesson_id: int, step: int) -> list[int]:
    """Return `order` with one lesson moved by `step` places, stopping at both ends."""
    result = list(order)
    index = result.index(lesson_id)
    result.insert(max(0, min(len(result) - 1, index + step)), result.pop(index))
    return result


def merged_order(current: Sequence[str], pack: Sequence[str]) -> list[str]:
    """Put the pack's lessons in the pack's order; a lesson of the website's own stays where it is:
    behind the lesson that it followed.
    """
    in_pack = set(pack)
    followers: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for slug in current:
        if slug in in_pack:
            anchor = slug
        else:
            followers.setdefault(anchor, []).append(slug)
    result = followers.get(None, []).copy()
    for slug in pack:
        result.append(slug)
        result.extend(followers.get(slug, []))
    return result
