"""`flask --app app courses load content/`: course packs into the database."""

from pathlib import Path

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.courses.attachment_words import read_all_later
from sanshi_lms.courses.kinds import lesson_kinds
from sanshi_lms.courses.loader import plan, report, totals
from sanshi_lms.courses.pack import PackCourse, read_packs
from sanshi_lms.courses.pack_apply import carry_out
from sanshi_lms.courses.pack_yaml import PackError

courses = AppGroup("courses", help="Course packs.")


@courses.command()
@click.argument("content", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only tell what would change.")
@click.option("--overwrite", is_flag=True, help="Let packs win over edits made on the website.")
def load(content: Path, *, dry_run: bool, overwrite: bool) -> None:
    """Check all packs below CONTENT and load them, or report every fault and change nothing."""
    reading = read_packs(content, lesson_kinds())
    _stop_at(list(reading.errors))
    if dry_run:
        _show(reading.courses, overwrite=overwrite, done="试运行，没有改动")
        return
    try:
        with transaction():
            _show(reading.courses, overwrite=overwrite, done="完成", carry=True)
    except Refusal as refusal:
        raise click.ClickException(f"{refusal.message}（没有做任何改动）") from None


@courses.command("read-attachments")
def read_attachments() -> None:
    """Have the worker read the words of all attachments anew, for search."""
    with transaction():
        count = read_all_later()
    click.echo(f"{count} attachments: the worker reads them now")


def _show(
    packs: tuple[PackCourse, ...], *, overwrite: bool, done: str, carry: bool = False
) -> None:
    planned = plan(packs, overwrite=overwrite)
    _stop_at(list(planned.errors))
    lines = [*report(planned), f"{done}：{totals(planned)}。"]
    if carry:
        carry_out(planned, now())
    for line in lines:
        click.echo(line)


def _stop_at(errors: list[PackError]) -> None:
    if not errors:
        return
    for error in errors:
        click.echo(str(error), err=True)
    raise click.ClickException(f"课程包里有 {len(errors)} 处错误，没有做任何改动。")
