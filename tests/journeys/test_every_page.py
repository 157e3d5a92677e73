"""Every page, as visitor, learner and administrator see it: it fits, has a name, axe agrees.

The elder edition is the same page under another class, so each is looked at in both without a
second journey; there axe looks again at what a style can break.

`watched_page` adds that no page asks another host for anything or writes an error to the console.
"""

import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from sanshi_lms.core.db import transaction
from sanshi_lms.credentials import award_certificate
from tests.browser import DESK, PHONE, watched_page
from tests.journeys.lectures import LIFT
from tests.journeys.walking import answer_rightly, sign_in
from tests.people import Cast

pytestmark = pytest.mark.journey
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
SERIOUS = """async (rules) => (await axe.run(document, {
    resultTypes: ["violations"], ...(rules && {runOnly: rules}) })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((n) => n.target.join(" ")).join(" | ")}`)"""
SHAPE = """() => ({
  sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  headings: document.querySelectorAll("h1").length,
  language: document.documentElement.lang,
})"""
VISITOR = [
    "/",
    "/courses/",
    "/courses/excellent/",
    LIFT,
    f"{LIFT}/wishes",
    f"{LIFT}/wishes?t=4",
    f"{LIFT}/wishes".replace("/courses/", "/embed/"),
    f"{LIFT}/quiz",
    "/search/",
    "/search/?q=加装电梯",
    "/search/?q=没有这样的词",
    "/account/sign-in",
    "/account/register",
    "/v/",
    "/v/SS2026-AAAA-AAAA-AA",
    "/site/help",
    "/site/about",
    "/site/privacy",
    "/site/accessibility",
    "/courses/not-there",
]
LEARNER = [
    "/learning/",
    "/learning/notes/",
    "/learning/record",
    "/learning/questions/mine",
    "/account/profile",
    "/credentials/",
    f"{LIFT}/wishes",
    LIFT,
    f"{LIFT}/quiz",
]
ADMINISTRATOR = [
    "/admin/",
    "/admin/courses/",
    "/admin/courses/new",
    "/admin/courses/1",
    "/admin/courses/1/about",
    "/admin/courses/1/versions/",
    "/admin/courses/review/",
    "/admin/courses/1/lessons/new",
    "/admin/courses/lessons/1",
    "/admin/video/",
    "/admin/video/1",
    "/admin/video/1/captions/zh/edit",
    "/admin/video/1/chapters",
    "/admin/video/embedding",
    "/admin/quizzes/",
    "/admin/quizzes/1",
    "/admin/quizzes/1/items/1",
    "/admin/account/people",
    "/admin/account/people/1",
    "/admin/credentials/",
    "/admin/jobs",
    "/admin/health",
    "/admin/audit",
    "/admin/learning/feedback/",
    "/learning/questions/",
    "/learning/questions/?view=look",
    "/admin/reports/",
    "/admin/reports/sheet",
    "/admin/reports/classes",
    "/admin/reports/compare",
    "/admin/reports/lectures",
    "/admin/reports/items",
    "/admin/reports/hours",
    "/admin/reports/files",
]
STYLED = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
EDITIONS = ("standard", "elder")
SIZES: dict[str, dict[str, Any]] = {"phone": PHONE, "desk": DESK}
# What axe looks at. The page is the same at each size and edition but for its style, and most of
# our people hold a phone: there it looks at everything once, and again at what a style can break.
RULES: dict[tuple[str, str], list[str] | None] = {
    ("phone", "standard"): None,
    ("phone", "elder"): STYLED,
    ("desk", "standard"): STYLED,
}


def faults(page: Page, edition: str) -> list[str]:
    """Return what is wrong with the page that is open, in one edition."""
    page.evaluate("(name) => { document.documentElement.className = name }", edition)
    shape = page.evaluate(SHAPE)
    size = "phone" if page.viewport_size == PHONE["viewport"] else "desk"
    known = (size, edition) in RULES
    found: list[str] = page.evaluate(SERIOUS, RULES[size, edition]) if known else []
    if shape["sideways"] > 0:
        found.append(f"{shape['sideways']} px stick out")
    if shape["headings"] != 1:
        found.append(f"{shape['headings']} main headings")
    if shape["language"] != "zh-CN" or "三师微课堂" not in page.title():
        found.append("no name or language")
    return [f"{page.url} ({edition}): {fault}" for fault in found]


def look_at(page: Page, *addresses: str) -> list[str]:
    """Open pages and return all their faults in both editions."""
    found = []
    for address in addresses:
        page.goto(address)
        page.evaluate(AXE)
        found += [fault for edition in EDITIONS for fault in faults(page, edition)]
    return found


def visitor_and_learner(page: Page, app: Flask, people: Cast) -> list[str]:
    """Look at what visitors see, then at a learner's pages, an attempt and its result."""
    found = look_at(page, *VISITOR)
    sign_in(page, people, "cadre")
    with app.app_context(), transaction():
        certificate = award_certificate(people.id("cadre"), "王小明", "加装电梯", 0.5, "test")
        number = certificate.number
    found += look_at(page, *LEARNER, f"/credentials/{number}", f"/v/{number}")
    page.goto(f"{LIFT}/quiz")
    page.get_by_role("button", name="开始测验").click()
    page.wait_for_url(re.compile(r"/quizzes/attempts/\d+$"))
    found += look_at(page, page.url, f"{page.url}/check")
    page.goto(page.url.removesuffix("/check"))
    answer_rightly(page)
    return found + look_at(page, page.url)


def administrator(page: Page, app: Flask, people: Cast) -> list[str]:
    """Look at the desk."""
    del app
    sign_in(page, people, "admin")
    return look_at(page, *ADMINISTRATOR)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("walk", [visitor_and_learner, administrator])
def test_pages_fit_and_are_accessible(
    app: Flask,
    chromium: Browser,
    live_url: str,
    people: Cast,
    size: str,
    walk: Callable[[Page, Flask, Cast], list[str]],
) -> None:
    with watched_page(chromium, live_url, **SIZES[size]) as page:
        assert walk(page, app, people) == []
