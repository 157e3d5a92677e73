"""`flask --app app worker`: the process for all slow work; `storage-push`, `doctor`."""

import sys

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from sanshi_lms.core import job_lane, queue
from sanshi_lms.core.db import db
from sanshi_lms.core.doctor import slow_answers
from sanshi_lms.core.health import look_at_everything
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import StorageDown, storage


def setup(app: Flask) -> None:
    """Add core's commands."""
    app.cli.add_command(worker)
    app.cli.add_command(storage_push)
    app.cli.add_command(doctor)


@click.command()
def worker() -> None:
    """Run the worker until it is interrupted."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way to leave the proxy
    job_lane.release_dead_leases()
    queue.work(app)


@click.command()
@with_appcontext
def doctor() -> None:
    """Look at every part of the installation now; exit code 1 when one is ill."""
    answers = {**look_at_everything(), **slow_answers()}
    for label, health in answers.values():
        sign = "✗" if not health.ok else "!" if health.warns else "✓"
        click.echo(f"{sign} {label}：{health.sentence}")
    db.session.rollback()
    ill = sum(not health.ok for _, health in answers.values())
    if ill:
        click.echo(f"有 {ill} 项不正常，请照上面 ✗ 后面写的办法处理。", err=True)
        sys.exit(1)
    click.echo("没有发现不正常的地方。")


@click.command("storage-push")
@with_appcontext
def storage_push() -> None:
    """Bring every file that is only on this machine into the bucket of STORAGE_URL."""
    if settings().storage_url is None:
        raise click.ClickException("没有设置 STORAGE_URL，文件就存在本机。")
    found = storage().adopt(settings().built_dir)
    try:
        storage().look_after()
    except StorageDown as down:
        raise click.ClickException(f"连不上文件存储，恢复后会自动补传。{down}") from down
    click.echo(f"已传到文件存储：{found} 个文件。")
