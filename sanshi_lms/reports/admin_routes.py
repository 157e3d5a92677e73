"""/admin/reports/…: the reports as pages."""

from dataclasses import replace

from flask import Blueprint, abort, render_template

from sanshi_lms.core.access import needs
from sanshi_lms.core.charts import Bar, bars_svg
from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.core.web import Page, percent
from sanshi_lms.credentials import CATEGORIES, STATES
from sanshi_lms.reports import classes as groups
from sanshi_lms.reports import compare as units_beside
from sanshi_lms.reports import counting
from sanshi_lms.reports import hours as credit
from sanshi_lms.reports import items as quality
from sanshi_lms.reports import lectures as falling
from sanshi_lms.reports import sheet as sheets
from sanshi_lms.reports.asked import PAGE_SIZE, asked, page_number, reach_here
from sanshi_lms.reports.people import count
from sanshi_lms.reports.rules import FEWEST_PEOPLE, MOST_COURSES, REPORTS, SORTS, STATUSES

blueprint = Blueprint("reports", __name__, url_prefix="/admin/reports", template_folder="templates")
GROUPS_A_PAGE = 15
MOST_BARS = 40


@blueprint.get("/")
@needs("reports.view", within=True)
def index() -> str:
    """Show which reports there are and what each answers."""
    reach_here()
    return render_template("reports/index.html", reports=REPORTS.values())


@blueprint.get("/sheet")
@needs("reports.view", within=True)
def sheet() -> str:
    """Show who is how far with which course."""
    found = asked("sheet")
    courses = sheets.columns(found.filters)
    number, course_ids = page_number(), [one.id for one in courses]
    ids, total = sheets.page_of(found.filters, found.units, course_ids, number, PAGE_SIZE)
    page = Page(sheets.lines(ids, course_ids), number, PAGE_SIZE, total)
    return render_template(
        "reports/sheet.html",
        asked=found,
        page=page,
        courses=courses,
        all_courses=sheets.course_choices(),
        statuses=STATUSES,
        most=MOST_COURSES,
        page_url=lambda n: found.address(page=n),
        **found.choices(),
    )


@blueprint.get("/classes")
@needs("reports.view", within=True)
def classes() -> str:
    """Show how far classes, programmes and assignments are."""
    found = asked("classes")
    wanted, number = groups.groups(found.filters, found.units), page_number()
    start = (number - 1) * GROUPS_A_PAGE
    rows = groups.standings(wanted[start : start + GROUPS_A_PAGE], found.filters, found.units)
    bars = [
        Bar(one.group.title, one.share, percent(one.share), found.address(group=one.group.key))
        for one in rows
        if one.people
    ]
    return render_template(
        "reports/classes.html",
        asked=found,
        page=Page(rows, number, GROUPS_A_PAGE, len(wanted)),
        chart=bars_svg("课程完成率", bars),
        fewest=FEWEST_PEOPLE,
        page_url=lambda n: found.address(page=n),
        **found.choices(),
    )


@blueprint.get("/compare")
@needs("reports.view", within=True)
def compare() -> str:
    """Show units side by side."""
    found = asked("compare")
    result = units_beside.compared(found.filters, found.units)
    bars = [
        Bar(one.name, one.rate or 0.0, f"{percent(one.rate)}，{one.finished}/{one.people} 人")
        for one in result.rows[:MOST_BARS]
    ]
    return render_template(
        "reports/compare.html",
        asked=found,
        found=result,
        chart=bars_svg("学完率", bars),
        sorts=SORTS,
        fewest=FEWEST_PEOPLE,
        all_courses=sheets.course_choices(),
        years=years(),
        waiting=counting.waiting(),
        **found.choices(),
    )


@blueprint.get("/lectures")
@needs("reports.view", within=True)
def lectures() -> str:
    """Show which lectures lose people, and of the one chosen where."""
    found = asked("lectures")
    drop = None
    if found.filters.lesson:
        drop = falling.drop_of(found.filters.lesson, found.filters, found.units) or abort(404)
    rows, number = (
        falling.lectures(found.filters, found.units) if drop is None else [],
        page_number(),
    )
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "reports/lectures.html",
        asked=found,
        drop=drop,
        page=Page(shown, number, PAGE_SIZE, len(rows)),
        all_courses=sheets.course_choices(),
        page_url=lambda n: found.address(page=n),
        **found.choices(),
    )


@blueprint.get("/items")
@needs("reports.view", within=True)
def items() -> str:
    """Show which questions are poor."""
    found = asked("items")
    papers = quality.papers(found.filters, found.units)
    waits = quality.too_many(found.filters, papers)
    rows = [] if waits else quality.questions(found.filters, found.units, papers)
    number = page_number()
    shown = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "reports/items.html",
        asked=found,
        page=Page(shown, number, PAGE_SIZE, len(rows)),
        papers=[(paper.id, f"{paper.title}（{count} 次）") for paper, count in papers],
        waits=waits,
        poor=sum(bool(one.figures.verdicts) for one in rows),
        page_url=lambda n: found.address(page=n),
        **found.choices(),
    )


@blueprint.get("/hours")
@needs("reports.view", within=True)
def hours() -> str:
    """Show who has how many credit hours of a year."""
    found = asked("hours")
    today = local(now()).date()
    year, number = credit.year_of(found.filters, today), page_number()
    query = credit.people_query(found.filters, found.units, year)
    ids = db.session.scalars(query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)).all()
    by_unit = units_beside.compared(replace(found.filters, year=year, courses=()), found.units)
    bars = [
        Bar(one.name, one.hours / one.people, f"人均 {one.hours / one.people / 100:.1f} 学时")
        for one in by_unit.rows[:MOST_BARS]
        if one.people
    ]
    return render_template(
        "reports/hours.html",
        asked=found,
        year=year,
        years=years(),
        categories=CATEGORIES,
        states=STATES,
        page=Page(credit.lines(ids, year, today), number, PAGE_SIZE, count(query)),
        chart=bars_svg(f"{year} 年人均学时", bars),
        page_url=lambda n: found.address(page=n),
        **found.choices(),
    )


def years() -> list[tuple[int, str]]:
    """Return the years to choose from."""
    this = local(now()).year
    return [(year, f"{year} 年") for year in range(this, this - 6, -1)]
