"""Rules of reports: which there are, how they are narrowed, what their figures mean. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
MOST_COURSES = 12
"""So many columns a page can show; a file takes as many."""
FEWEST_PEOPLE = 5
"""Below so many people a rate is chance: it is shown, marked, and left out of the median."""
KEPT = timedelta(days=7)
"""How long a file lies ready."""
AT_ONCE = 10_000
"""So many cells are written while somebody waits; more are a job's."""
NAME_LENGTH = 40
LONGEST_QUERY = 1000


@dataclass(frozen=True)
class Report:
    """A report: its title, and what it answers in one line."""

    key: str
    title: str
    answers: str


REPORTS: dict[str, Report] = {
    one.key: one
    for one in (
        Report("sheet", "人员课程表", "每个人、每门课学到哪一步：没开始、学了百分之几、哪天学完。"),
        Report("classes", "培训班进度", "每个项目、每个班学到哪一步，几个人没动、几个人结业。"),
        Report("compare", "区县对比", "各区县、各单位多少人在学、学完、得了多少学时，谁先谁后。"),
        Report("lectures", "讲课流失", "每节视频课看的人在第几分第几秒离开，哪里掉得最多。"),
        Report("items", "试题质量", "哪些题太难、哪些题分不出会不会，哪些答案可能有误。"),
        Report("hours", "年度学时", "每个人一年得了多少公需、专业学时，离要求还差多少。"),
    )
}
STATUSES = {
    "none": "有没开始的",
    "doing": "有正在学的",
    "done": "有学完的",
    "all": "全部学完",
    "open": "没有全部学完",
}
SORTS = {"rate": "学完率", "finished": "学完人数", "people": "总人数", "hours": "学时"}
EVERY = {"week": "每周一", "month": "每月 1 日"}
FORMATS = {"xlsx": "Excel", "csv": "CSV"}
SEND_AT = time(7, 0)


@dataclass(frozen=True)
class Filters:
    """What a report is narrowed to; what is empty does not narrow.

    `group` names a class, programme or assignment ("class:3"): its people and its courses.
    """

    unit: int = 0
    role: str = ""
    post: str = ""
    q: str = ""
    courses: tuple[int, ...] = ()
    group: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    year: int = 0
    sort: str = ""
    paper: int = 0
    lesson: int = 0

    def values(self) -> dict[str, str | list[str]]:
        """Return what an address carries; the empty is left out."""
        found: dict[str, str | list[str]] = {}
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, tuple):
                if value:
                    found[one.name] = [str(n) for n in value]
            elif value:
                found[one.name] = str(value)
        return found


def read_filters(given: Mapping[str, Sequence[str]]) -> Filters:
    """Return the filters that an address or a saved view names; what is odd does not narrow."""

    def text(name: str, longest: int = 40) -> str:
        values = given.get(name, ())
        return " ".join(values[0].split())[:longest] if values else ""

    courses = dict.fromkeys(n for one in given.get("courses", ()) if (n := _number(one)))
    status, sort = text("status"), text("sort")
    return Filters(
        unit=_number(text("unit")),
        role=text("role", 20),
        post=text("post"),
        q=text("q", 30),
        courses=tuple(courses)[:MOST_COURSES],
        group=text("group", 30),
        status=status if status in STATUSES else "",
        since=_day(text("since")),
        until=_day(text("until")),
        year=_year(text("year")),
        sort=sort if sort in SORTS else "",
        paper=_number(text("paper")),
        lesson=_number(text("lesson")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _year(text: str) -> int:
    found = _number(text)
    return found if 2000 <= found <= 2100 else 0


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2100 else None


def bounds(filters: Filters) -> tuple[datetime | None, datetime | None]:
    """Return the moments between which a period lies: its first midnight, and that after it."""
    since, until = filters.since, filters.until
    return (
        datetime.combine(since, time(), ZONE) if since else None,
        datetime.combine(until + timedelta(days=1), time(), ZONE) if until else None,
    )


def cell_words(share: float | None, day: date | None) -> str:
    """Return how far somebody is with a course; `share` None is who never opened it."""
    if day is not None:
        return f"已学完 {day.isoformat()}"
    if share is None:
        return "未开始"
    return f"学习中 {min(99, int(share * 100))}%"


@dataclass(frozen=True)
class Standing:
    """How a unit with all below it stands. `hours` are hundredths of a credit hour."""

    unit_id: int
    name: str
    people: int
    begun: int
    finished: int
    hours: int

    @property
    def rate(self) -> float | None:
        """The share of its people who finished; None where there is nobody."""
        return self.finished / self.people if self.people else None

    @property
    def few(self) -> bool:
        """Tell whether its figures are chance."""
        return self.people < FEWEST_PEOPLE


def ranked(rows: Sequence[Standing], sort: str) -> list[Standing]:
    """Return units in order, the highest first; where there are few people, last."""

    def value(one: Standing) -> float:
        return {
            "finished": one.finished, "people": one.people, "hours": one.hours
        }.get(sort, one.rate or 0.0)  # fmt: skip

    return sorted(rows, key=lambda one: (one.few, -value(one), -one.people, one.name))


def median_rate(rows: Sequence[Standing]) -> float | None:
    """Return the median of the rates that mean something; None when there is none."""
    rates = [one.rate for one in rows if one.rate is not None and not one.few]
    return median(rates) if rates else None


@dataclass(frozen=True)
class Fall:
    """From `start` to `end` (seconds) the share `lost` of all viewers left."""

    start: int
    end: int
    lost: float


STEEPEST = 3
_LEAST_LOST = 0.02


def falls(still: Sequence[int], bucket: int, width: int = 10) -> list[Fall]:
    """Return the steepest falls of a curve in the order of the lecture; what touches is one.

    `still` counts who is still there at each bucket of so many seconds. A fall spans at least
    `width` seconds. The end of a lecture, where everybody leaves, is none.
    """
    if len(still) < 3 or not still[0]:
        return []
    step = max(1, -(-width // bucket))
    last = len(still) - 1 - max(1, len(still) // 20)  # the last twentieth: thanks and credits
    steps = [(still[n] - still[n + step], n) for n in range(max(0, last - step + 1))]
    chosen: list[tuple[int, int]] = []
    for lost, place in sorted(steps, key=lambda one: (-one[0], one[1])):
        apart = all(abs(place - start) >= step for start, _ in chosen)
        if apart and lost >= _LEAST_LOST * still[0]:
            grown = _joined([*chosen, (place, place + step)])
            if len(grown) > STEEPEST:
                break
            chosen = [*chosen, (place, place + step)]
    return [
        Fall(start * bucket, end * bucket, (still[start] - still[end]) / still[0])
        for start, end in _joined(chosen)
    ]


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def next_run(every: str, after: datetime) -> datetime:
    """Return when a schedule is due next: at seven of a Monday, or of the first of a month."""
    here = after.astimezone(ZONE)
    day = here.date() if here.time() < SEND_AT else here.date() + timedelta(days=1)
    while (day.weekday() != 0) if every == "week" else (day.day != 1):
        day += timedelta(days=1)
    return datetime.combine(day, SEND_AT, ZONE)


def name_problem(name: str) -> str | None:
    """Return what is wrong with the name of a view, or None."""
    if not name:
        return "请给这个视图起个名字。"
    if len(name) > NAME_LENGTH:
        return f"名字最多 {NAME_LENGTH} 个字。"
    return None if name.isprintable() else "名字里有看不见的字符，请重新输入。"
