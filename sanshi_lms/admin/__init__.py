"""Admin: the desk of administrators and authors, background jobs, health, the audit trail.

For: what waits, what runs, what happened. Not for: editing things; each room has its own
/admin/<room>/ pages and puts its menu line, tiles, tasks and words into core's registers.
"""

from collections.abc import Collection, Mapping

from flask import Flask, url_for

from sanshi_lms.admin import api_routes, audit_cli, cli, routes
from sanshi_lms.admin.moving import cli as moving
from sanshi_lms.admin.queries import jobs_by_id
from sanshi_lms.admin.settings import admin_routes as settings_routes
from sanshi_lms.core.jobs import kinds
from sanshi_lms.core.options import known_options
from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_menu_entry,
    add_subject_kind,
    add_words,
    ids_in,
)

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Register the pages, their menu lines and words, and the demo command."""
    app.register_blueprint(routes.blueprint)
    app.register_blueprint(api_routes.blueprint)
    app.register_blueprint(settings_routes.blueprint)
    app.cli.add_command(cli.demo)
    app.cli.add_command(audit_cli.audit)
    app.cli.add_command(moving.export)
    app.cli.add_command(moving.take_in)
    for entry in (
        MenuEntry("admin", "工作台", "admin.desk", "desk", 0, "desk.view"),
        MenuEntry("admin", "后台任务", "admin.jobs", "refresh", 70, "jobs.view", "系统"),
        MenuEntry(
            "admin",
            "网站设置",
            "site_settings_admin.settings",
            "settings",
            75,
            "settings.edit",
            "系统",
        ),
        MenuEntry("admin", "系统状态", "admin.health", "health", 80, "health.view", "系统"),
        MenuEntry("admin", "操作记录", "admin.audit", "history", 90, "audit.view", "系统"),
    ):
        add_menu_entry(entry)
    add_subject_kind(SubjectKind("job", "后台任务", "jobs.view", _jobs))
    add_words(
        "jobs",
        Words(
            "后台任务",
            {"jobs.retry": "重试后台任务", "jobs.cancel": "取消后台任务"},
            {"job": "新任务的编号"},
        ),
    )
    add_subject_kind(SubjectKind("audit", "操作记录", "audit.view", _trail))
    add_words(
        "audit",
        Words(
            "操作记录",
            {"audit.gap": "发现操作记录的末尾被截断"},
            {"seal": "最新封存号"},
        ),
    )
    add_subject_kind(SubjectKind("option", "网站设置", "settings.edit", _options))
    add_words("settings", Words("网站设置", {"settings.change": "修改网站设置"}, {"value": "内容"}))
    add_subject_kind(SubjectKind("system", "整个系统", "health.view", _system))
    add_words(
        "moving",
        Words(
            "搬家",
            {"moving.import": "从导出的文件导入整个系统"},
            {"made": "导出时间", "rows": "行数", "media": "媒体文件数"},
        ),
    )


def _trail(keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject("操作记录", url_for("admin.audit")) for key in keys}


def _options(keys: Collection[str]) -> Mapping[str, Subject]:
    url = url_for("site_settings_admin.settings")
    known = known_options()
    return {key: Subject(known[key].label if key in known else key, url) for key in keys}


def _system(keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject("整个系统", url_for("admin.health")) for key in keys}


def _jobs(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(job.id): Subject(
            f"{kinds[job.kind].label if job.kind in kinds else '后台任务'} {job.id}",
            url_for("admin.jobs"),
        )
        for job in jobs_by_id(sorted(ids_in(keys)))
    }
