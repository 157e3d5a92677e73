"""`flask --app app demo load`: the demo's people and the course packs of content/."""

import secrets
import time

import click
from flask import current_app
from flask.cli import AppGroup

from sanshi_lms.account import ensure_person
from sanshi_lms.admin.queries import job_counts
from sanshi_lms.core.db import transaction
from sanshi_lms.core.job_lane import run_next
from sanshi_lms.core.settings import REPOSITORY, settings

# Long enough for the first course to play when the site opens; the worker makes the others.
LECTURE_SECONDS = 75.0
demo = AppGroup("demo", help="Demo accounts and content.")
KNOWN = "as set before, or DEMO_PASSWORD"
PEOPLE = (
    ("admin", "周敏", "示范区住房城乡建委", "admin"),
    ("author", "陈立", "示范区三师工作站", "author"),
    ("cadre", "王秀兰", "示范街道石板坡社区", "cadre"),
    ("pro", "刘建国", "山城规划设计所", "pro"),
)


@demo.command("load")
@click.pass_context
def load(context: click.Context) -> None:
    """Create the demo accounts and load content/. Doing it again changes nothing.

    The password is DEMO_PASSWORD, or a random one that is printed once, when the accounts are new.
    """
    chosen = settings().demo_password
    password = chosen or secrets.token_urlsafe(9)
    with transaction():
        fresh = [
            name
            for name, display_name, organisation, role in PEOPLE
            if _ensure(name, display_name, organisation, role, password, replace=bool(chosen))
        ]
    # Told before the long part: who stops that must not be left without a password.
    names = " ".join(name for name, *_ in PEOPLE)
    told = f"{password}  (shown only this once)" if fresh and not chosen else KNOWN
    click.echo(f"demo accounts: {names}\ndemo password: {told}")
    context.invoke(current_app.cli.commands["account"].commands["demo"])  # type: ignore[attr-defined]  # an AppGroup
    load_packs = current_app.cli.commands["courses"].commands["load"]  # type: ignore[attr-defined]  # an AppGroup
    context.invoke(load_packs, content=REPOSITORY / "content")
    context.invoke(current_app.cli.commands["community"].commands["demo"])  # type: ignore[attr-defined]  # an AppGroup
    context.invoke(current_app.cli.commands["quizzes"].commands["demo"])  # type: ignore[attr-defined]  # an AppGroup
    context.invoke(current_app.cli.commands["learning"].commands["demo"])  # type: ignore[attr-defined]  # an AppGroup
    context.invoke(current_app.cli.commands["ledger"].commands["demo"])  # type: ignore[attr-defined]  # an AppGroup
    for verb in ("load-paths", "demo"):
        context.invoke(current_app.cli.commands["training"].commands[verb])  # type: ignore[attr-defined]  # an AppGroup
    _make_first_lectures()


def _make_first_lectures() -> None:
    """Build and transcode lectures until the time is up, so that a newcomer finds some to play."""
    deadline = time.monotonic() + LECTURE_SECONDS
    before = told = job_counts().get("done", 0)
    while time.monotonic() < deadline and run_next("slow"):
        made = job_counts().get("done", 0)
        if made > told:
            told = made
            click.echo(f"视频已做好 {made - before} 个 lectures ready")
    if told > before:
        click.echo("其余视频由后台继续制作 the worker makes the others in the background")


def _ensure(
    name: str, display_name: str, organisation: str, role: str, password: str, *, replace: bool
) -> bool:
    """Create a demo account with `password`; give an existing one it only when `replace`."""
    _, new = ensure_person(name, display_name, organisation, role, password if replace else None)
    if new and not replace:
        ensure_person(name, display_name, organisation, role, password)
    return new
