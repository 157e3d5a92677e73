"""`flask --app app account create`: the first administrator of a new installation."""

from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from sanshi_lms.account.actions import ensure_person
from sanshi_lms.account.passwords.checking import password_problem
from sanshi_lms.account.rosters.actions import take_in_people, take_in_units
from sanshi_lms.account.rosters.judging import Outcome, judge_people, judge_units
from sanshi_lms.account.rosters.reading import read_people, read_units
from sanshi_lms.account.rules import (
    ROLES,
    display_name_problem,
    normalise_username,
    username_problem,
)
from sanshi_lms.account.units.demo import load_units
from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.table_files import table_of, table_xlsx

account = AppGroup("account", help="People with an account.")


@account.command()
@click.argument("username")
@click.option("--name", required=True, help="Display name, as on a certificate.")
@click.option("--role", type=click.Choice(list(ROLES)), default="admin", show_default=True)
@click.password_option()
def create(username: str, name: str, role: str, password: str) -> None:
    """Create an account, or give an existing one a new password."""
    plain = normalise_username(username)
    problem = (
        username_problem(plain)
        or display_name_problem(name)
        or password_problem(password, plain, name)
    )
    if problem:
        raise click.ClickException(problem)
    with transaction():
        _, new = ensure_person(plain, name, "", role, password)
    click.echo(f"account {plain}: {'created' if new else 'password replaced'}")


@account.command("import")
@click.argument("kind", type=click.Choice(["units", "people"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--codes", type=click.Path(dir_okay=False, path_type=Path), help="Where codes go.")
@click.option("--good", is_flag=True, help="Take the good rows in although others are not.")
def import_roster(kind: str, file: Path, codes: Path | None, *, good: bool) -> None:
    """Take in FILE (xlsx or csv) of units or people, of any length. A fault stops it before."""
    rows = table_of(file.read_bytes())
    table = read_units(rows) if kind == "units" else read_people(rows)
    if isinstance(table, str):
        raise click.ClickException(table)
    with transaction():
        outcome = _judge_and_take(kind, table, codes, good=good)
    click.echo(
        f"new {len(outcome.new)}, changed {len(outcome.changed)}, same {outcome.same}, "
        f"faults {len(outcome.faults)}"
    )


def _judge_and_take(kind: str, table: Any, codes: Path | None, *, good: bool) -> Outcome:
    if kind == "units":
        outcome, units = judge_units(table)
        _stop_at(outcome, good=good)
        take_in_units(units)
        return outcome
    if codes is None:
        raise click.ClickException(
            "激活码写到哪里？请加上 --codes 文件.xlsx。Where do the codes go?"
        )
    outcome, people = judge_people(table)
    _stop_at(outcome, good=good)
    invited = take_in_people(people, now(), lambda done: click.echo(f"  {done} / {len(people)}"))
    lines = [[row.username, row.name, row.unit, code] for row, code in invited]
    codes.touch(mode=0o600)
    codes.write_bytes(table_xlsx(("账号", "姓名", "单位编号", "激活码"), lines))
    return outcome


def _stop_at(outcome: Outcome, *, good: bool) -> None:
    for line, words in sorted(outcome.faults.items()):
        click.echo(f"第 {line} 行：{words}", err=True)
    if outcome.faults and not good:
        raise click.ClickException("一行也没有导入。Nothing was taken in.")


@account.command("demo")
def load_demo() -> None:
    """Add the demo's invented units and the people in them. Doing it again changes nothing."""
    with transaction():
        load_units()
