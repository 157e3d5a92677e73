"""`flask --app app worker`: the process for all slow work; `storage-push`: into the bucket."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from sanshi_lms.core import job_lane, queue
from sanshi_lms.core.settings import settings
from sanshi_lms.core.storage import StorageDown, storage


def setup(app: Flask) -> None:
    """Add core's commands."""
    app.cli.add_command(worker)
    app.cli.add_command(storage_push)


@click.command()
def worker() -> None:
    """Run the worker until it is interrupted."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the documented way to leave the proxy
    job_lane.release_dead_leases()
    queue.work(app)


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
