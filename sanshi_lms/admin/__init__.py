"""Admin: the desk of administrators and authors, background jobs, health, the audit trail.

For: what waits, what runs, what happened. Not for: editing things; each room has its own
/admin/<room>/ pages and puts its line into the menu.
"""

from flask import Flask

from sanshi_lms.admin import cli, routes
from sanshi_lms.core.registers import MenuEntry, add_menu_entry

__all__ = ["setup"]


def setup(app: Flask) -> None:
    """Register the pages, their menu lines and the demo command."""
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(cli.demo)
    for entry in (
        MenuEntry("admin", "工作台", "admin.desk", "desk", 0, "desk.view"),
        MenuEntry("admin", "后台任务", "admin.jobs", "refresh", 70, "jobs.view"),
        MenuEntry("admin", "系统状态", "admin.health", "health", 80, "health.view"),
        MenuEntry("admin", "操作记录", "admin.audit", "history", 90, "audit.view"),
    ):
        add_menu_entry(entry)
