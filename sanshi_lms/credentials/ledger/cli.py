"""`flask --app app ledger …`: take in rules, work the whole ledger out again."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import db, transaction
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.credentials.claims.demo import load_claim
from sanshi_lms.credentials.ledger.demo import load_demo
from sanshi_lms.credentials.ledger.queries import rule_of
from sanshi_lms.credentials.ledger.rule_store import take_in_folder
from sanshi_lms.credentials.ledger.verifying import verify_ledger
from sanshi_lms.credentials.queries import old_line_holds

RULES = REPOSITORY / "content" / "credit-rules"
ledger = AppGroup("ledger", help="The credit-hour ledger and its rules.")


@ledger.command("load-rules")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=RULES,
)
def load_rules(folder: Path) -> None:
    """Take in the TOML files of content/credit-rules/ as versions. Changes nobody's hours."""
    try:
        with transaction():
            for version, new in take_in_folder(folder, now()):
                title = rule_of(version.text).title
                click.echo(f"{'new ' if new else 'kept'} {version.code} v{version.version} {title}")
    except Refusal as refusal:
        raise click.ClickException(refusal.message) from None


@ledger.command()
def demo() -> None:
    """Fill in an invented year of the demo's professional. Doing it again changes nothing."""
    with transaction():
        fresh = load_demo(RULES, now())
        load_claim(now())
    if fresh:
        click.echo(f"credit hours: {fresh} invented lines")


@ledger.command()
def verify() -> None:
    """Work out every line again from its evidence; exit code 1 when anything differs."""
    checked = verify_ledger(old_line_holds)
    db.session.rollback()
    for one in checked.differences:
        line = f"第 {one.entry_id} 笔《{one.title}》" if one.entry_id else "整本账簿"
        click.echo(f"{one.person}（编号 {one.user_id}）{line}：{one.words}", err=True)
    found = len(checked.differences)
    click.echo(f"核对了 {checked.people} 人、{checked.entries} 笔，发现 {found} 处不符。")
    if found:
        sys.exit(1)
