"""/admin/community/effect/…: what came of it, by period and district; each figure has its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from sanshi_lms.community.effect import queries, rules
from sanshi_lms.community.effect.rules import NeedFact, Period
from sanshi_lms.community.needs.rules import STAGES, State, lasting
from sanshi_lms.community.queries import districts
from sanshi_lms.community.stories.routes import public_url
from sanshi_lms.core.access import needs
from sanshi_lms.core.charts import Bar, bars_svg
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.security import limiter
from sanshi_lms.core.sending import keep_as
from sanshi_lms.core.table_files import table_xlsx
from sanshi_lms.core.table_pages import xlsx_response
from sanshi_lms.core.web import Page
from sanshi_lms.learning import completed_courses, reached_people

blueprint = Blueprint(
    "effect", __name__, url_prefix="/admin/community/effect", template_folder="templates"
)
PAGE_SIZE = 50
MOST_BARS = 12
TIME_COLUMNS = (
    "响应一半不超过（小时）", "响应九成不超过（小时）", "办结一半不超过（小时）",
    "办结九成不超过（小时）",
)  # fmt: skip
CHARTS = {
    "months": "每月收到的需求", "kinds": "哪一类最多", "districts": "各区县收到的需求",
    "answers": "各区县多久响应（一半不超过）",
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The period and the district that a page is about."""

    period: Period
    district: str
    facts: list[NeedFact]

    def address(self, endpoint: str, **more: Any) -> str:
        """Return the address of a page about the same period and district."""
        values = {"period": self.period.key, "district": self.district, **more}
        return url_for(f"effect.{endpoint}", **{k: v for k, v in values.items() if v})


@blueprint.get("/")
@needs("needs.see_all")
def sheet() -> str:
    """Show the effect sheet of a period and a district."""
    asked = _asked()
    earlier = rules.before(asked.period, local(now()))
    before = rules.sheet(queries.need_facts(earlier, asked.district, now()))
    return render_template(
        "effect/sheet.html",
        asked=asked,
        whole=rules.sheet(asked.facts),
        before=before,
        earlier=earlier,
        figures=rules.FIGURES,
        change=rules.change,
        periods=rules.choices(local(now())),
        districts=districts(),
        states=_states(asked.facts),
        kinds=rules.grouped(asked.facts, lambda need: need.kind),
        by_district=rules.grouped(asked.facts, lambda need: need.district),
        reach=queries.learning_reach(asked.period, asked.district),
        told=queries.told(asked.period, asked.district),
        pros=len(_pros(asked.facts)),
        invented=sum(need.invented for need in asked.facts),
        charts=[
            (name, CHARTS[name], bars_svg(CHARTS[name], _bars(name, asked))) for name in CHARTS
        ],
    )


@blueprint.get("/chart/<any(months, kinds, districts, answers):name>.svg")
@needs("needs.see_all")
def chart(name: str) -> Response:
    """Send a chart as a file."""
    asked = _asked()
    title = f"{CHARTS[name]}（{asked.district or '全部区县'}，{asked.period.label}）"
    response = Response(bars_svg(title, _bars(name, asked), file=True), mimetype="image/svg+xml")
    return keep_as(response, f"{title}.svg")


@blueprint.get("/sheet.xlsx")
@needs("needs.see_all")
@limiter.limit("60 per hour")
def table() -> Response:
    """Send the sheet by district and kind as a spreadsheet."""
    asked = _asked()
    groups = [("全部", rules.sheet(asked.facts))]
    groups += rules.grouped(asked.facts, lambda need: need.district)
    groups += rules.grouped(asked.facts, lambda need: need.kind)
    head = ("区县或类别", *(one.label for one in rules.FIGURES.values()), *TIME_COLUMNS)
    rows = [
        [
            name,
            *(str(found.counts[one]) for one in rules.FIGURES),
            *(
                "" if seconds is None else f"{seconds / 3600:.1f}"
                for seconds in (
                    found.answer_median, found.answer_p90, found.done_median, found.done_p90
                )
            ),
        ]
        for name, found in groups
    ]  # fmt: skip
    name = f"效果评估-{asked.district or '全部区县'}-{asked.period.label}.xlsx"
    return xlsx_response(table_xlsx(head, rows), name)


@blueprint.get("/needs")
@needs("needs.see_all")
def needs_behind() -> str:
    """Show the needs behind a figure."""
    asked, name = _asked(), request.args.get("figure", "received")
    kind, state = request.args.get("kind", "")[:30], request.args.get("state", "")[:20]
    if name not in rules.FIGURES:
        abort(404)
    found = rules.behind(asked.facts, name, kind, state)
    standing = STAGES[State(state)].label if state in set(State) else ""
    words = [rules.FIGURES[name].label, kind, standing]
    rows = [_row(need) for need in reversed(found)]
    more = {"figure": name, "kind": kind, "state": state}
    columns = ("需求", "社区", "收到", "多久响应", "多久办结", "现在")
    return _rows("needs_behind", asked, "：".join(filter(None, words)), columns, rows, more)


@blueprint.get("/pros")
@needs("needs.see_all")
def pros() -> str:
    """Show the 三师 who were given needs of the period, who had most first."""
    asked = _asked()
    found = _pros(asked.facts)
    called = queries.pros_called(set(found))
    ranked = sorted(found.items(), key=lambda one: (-len(one[1]), called[one[0]]))
    rows = [
        [(called[n][0], url_for("directory.pro", user_id=n)), (called[n][1], ""),
         (str(len(some)), ""), (str(sum(need.done_at is not None for need in some)), ""),
         (str(sum(need.state == "confirmed" for need in some)), "")]
        for n, some in ranked
    ]  # fmt: skip
    columns = ("三师", "专业", "接到", "办结", "确认解决")
    return _rows("pros", asked, "出力的三师", columns, rows)


@blueprint.get("/learners")
@needs("needs.see_all")
def learners() -> str:
    """Show whom learning reached in the period."""
    asked = _asked()
    people = queries.people_of(asked.district)
    query = reached_people(asked.period.since, asked.period.until, people)
    rows = [
        [(name, ""), (str(lessons), ""), (str(minutes), "")]
        for _, name, lessons, minutes in db.session.execute(query)
    ]
    return _rows("learners", asked, "学完过课的人", ("姓名", "学完几节", "共多少分钟"), rows)


@blueprint.get("/courses")
@needs("needs.see_all")
def courses() -> str:
    """Show who completed which course in the period."""
    asked = _asked()
    people = queries.people_of(asked.district)
    query = completed_courses(asked.period.since, asked.period.until, people)
    rows = [
        [(name, ""), (title, ""), (f"{local(at):%Y-%m-%d}" if at else "", "")]
        for name, title, at in db.session.execute(query)
    ]
    return _rows("courses", asked, "学完的课程", ("姓名", "课程", "哪一天"), rows)


@blueprint.get("/stories/<any(cases, pieces):what>")
@needs("needs.see_all")
def stories(what: str) -> str:
    """Show the cases, or the media pieces, that were published in the period."""
    asked = _asked()
    found = db.session.scalars(
        queries.stories_of(asked.period, asked.district, cases=what == "cases")
    )
    rows = [
        [(one.title, public_url(one)), (one.kind_of.label, ""), (one.district, ""),
         (f"{local(one.published_at):%Y-%m-%d}" if one.published_at else "", "")]
        for one in found
    ]  # fmt: skip
    title = "发布的案例" if what == "cases" else "发布的三师故事"
    return _rows("stories", asked, title, ("标题", "种类", "区县", "发布"), rows, {"what": what})


def _asked() -> Asked:
    moment = now()
    key = request.args.get("period", "90d")
    period = rules.read_period(key, local(moment)) or abort(404)
    district = request.args.get("district", "")[:30]
    return Asked(period, district, queries.need_facts(period, district, moment))


def _states(facts: Sequence[NeedFact]) -> list[tuple[str, str, int]]:
    counts = rules.state_counts(facts)
    return [(state.value, STAGES[state].label, counts[state.value]) for state in State]


def _pros(facts: Sequence[NeedFact]) -> dict[int, list[NeedFact]]:
    found: dict[int, list[NeedFact]] = {}
    for need in facts:
        if need.pro_id is not None:
            found.setdefault(need.pro_id, []).append(need)
    return found


def _bars(name: str, asked: Asked) -> list[Bar]:
    if name == "months":
        return _month_bars(asked)
    if name == "kinds":
        return [
            Bar(kind, found.counts["received"], f"{found.counts['received']} 件",
                asked.address("needs_behind", kind=kind))
            for kind, found in rules.grouped(asked.facts, lambda need: need.kind)[:MOST_BARS]
        ]  # fmt: skip
    groups = rules.grouped(asked.facts, lambda need: need.district)[:MOST_BARS]
    if name == "districts":
        return [
            Bar(district, found.counts["received"], f"{found.counts['received']} 件",
                asked.address("sheet", district=district))
            for district, found in groups
        ]  # fmt: skip
    return [
        Bar(district, found.answer_median, lasting(timedelta(seconds=found.answer_median)),
            asked.address("needs_behind", district=district, figure="responded"))
        for district, found in groups
        if found.answer_median is not None
    ]  # fmt: skip


def _month_bars(asked: Asked) -> list[Bar]:
    keys = rules.months(local(asked.period.until))
    periods = [one for key in keys if (one := rules.read_period(key, local(now())))]
    counts = queries.received_in(periods, asked.district) if periods else []
    return [
        Bar(month.label, count, f"{count} 件", asked.address("sheet", period=month.key))
        for month, count in zip(periods, counts, strict=True)
    ]


def _row(need: NeedFact) -> list[tuple[str, str]]:
    answered, done = need.answered_in, need.done_in
    return [
        (f"{need.kind}，第 {need.id} 件", url_for("needs_desk.need", need_id=need.id)),
        (f"{need.district} {need.community}", ""),
        (f"{local(need.received_at):%Y-%m-%d %H:%M}", ""),
        ("—" if answered is None else lasting(timedelta(seconds=answered)), ""),
        ("—" if done is None else lasting(timedelta(seconds=done)), ""),
        (STAGES[State(need.state)].label, ""),
    ]


def _rows(
    endpoint: str,
    asked: Asked,
    title: str,
    columns: Sequence[str],
    rows: Sequence[list[tuple[str, str]]],
    more: dict[str, str] | None = None,
) -> str:
    number = max(1, min(request.args.get("page", 1, type=int), 100_000))
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "effect/rows.html",
        asked=asked,
        title=title,
        columns=columns,
        page=Page(shown, number, PAGE_SIZE, len(rows)),
        page_url=lambda n: asked.address(endpoint, **{**(more or {}), "page": n}),
    )
