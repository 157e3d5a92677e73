"""Whoever administers one unit: what opens, what stays closed, and nobody from outside is shown.

The walk follows the views' own marks, so a view that says it keeps to units is held to it.
"""

from pathlib import Path

from flask import Flask

from sanshi_lms.core.access import declared_access, keeps_within
from tests.house.test_fuzz import address, methods, rules
from tests.house.world import DRAFT_MARK, OTHER_MARK, build
from tests.people import Cast


def test_a_units_administrator_meets_nobody_from_outside(
    app: Flask, people: Cast, tmp_path: Path
) -> None:
    world = build(app, people, tmp_path)
    client = people.client("unit_admin")
    opened, faults = set(), []
    for rule in rules(app):
        view = app.view_functions[rule.endpoint]
        permission = declared_access(view)
        if permission in {None, "public", "signed_in"} or "GET" not in methods(rule):
            continue
        for values in (world.own, world.foreign):
            answer = client.get(address(rule, values))
            text = answer.get_data().decode("utf-8", "replace")
            answer.close()
            if answer.status_code == 200:
                opened.add(rule.endpoint)
            if OTHER_MARK in text or DRAFT_MARK in text:
                faults.append(f"shows what is outside: {address(rule, values)}")
            if answer.status_code == 200 and not keeps_within(view) and not _basic(permission):
                faults.append(f"opens without keeping to units: {rule.endpoint}")
    assert faults == [], "\n".join(faults)
    assert {
        "account_admin.people",
        "account_units_admin.units",
        "assignments_admin.assignments",
        "broadcasts_admin.broadcast",
        "courses_admin.about",
        "courses_admin.course",
        "courses_admin.courses",
        "courses_admin.lesson",
        "courses_admin.new_course",
        "credentials_admin.certificates",
        "duty_sheet_admin.sheet",
        "documents_admin.document",
        "editorial_admin.review",
        "editorial_admin.version",
        "learning_feedback_admin.courses",
        "learning_questions.desk",
        "ledger_admin.attainment",
        "practicals_admin.hand_in",
        "practicals_admin.waiting",
        "quizzes_admin.item",
        "quizzes_admin.paper",
        "quizzes_analysis.analysis",
        "quizzes_bank_list.bank",
        "quizzes_export.export",
        "quizzes_regrading.preview",
        "quizzes_reviewing.waiting",
        "training_admin.programmes",
        "video_admin.clips",
        "video_admin.script_new",
        "video_admin.troubles",
        "video_admin.video",
        "video_admin.videos",
        "video_captions_admin.edit_captions",
    } <= opened


def _basic(permission: str | None) -> bool:
    """Tell whether a cadre holds the right anyway, as the administrator here also does."""
    return permission in {"needs.work", "needs.ask", "needs.handle", "stories.write"}
