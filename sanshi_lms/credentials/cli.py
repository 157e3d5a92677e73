"""`flask --app app credentials …`: check certificates by their signature, change the key."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import db
from sanshi_lms.credentials import queries
from sanshi_lms.credentials.rules import normalise_number
from sanshi_lms.credentials.signing.checking import MOST_BYTES, Checked, check, check_text, facts
from sanshi_lms.credentials.signing.keys import KeysUnreadableError, key_file, key_ring, rotate

credentials = AppGroup("credentials", help="Certificates and the keys that sign them.")
STANDING_ZH = {
    "valid": "有效",
    "expired": "已过有效期",
    "revoked": "已撤销",
    "replaced": "已换发新证",
    "altered": "记录与签发时不一致",
    "unknown": "没有这个编号",
    "mistyped": "编号不对",
}


@credentials.command()
@click.argument("what", metavar="FILE|TEXT")
def verify(what: str) -> None:
    """Check a certificate (PDF, text file, number or address); exit code 1 unless it holds."""
    try:
        found = _look(what)
    except KeysUnreadableError as error:
        raise click.ClickException(f"密钥文件读不出，请从备份恢复。{error}") from None
    # An address that carries a signature is not taken for a number when that does not hold.
    alone = normalise_number(what) if "?" not in what else None
    number = found.signed.number if found.signed else alone
    if found.signed is None and number is None:
        click.echo(found.words, err=True)
        sys.exit(1)
    if found.signed is not None:
        click.echo(found.words)
        click.echo(f"编号：{number}")
        for label, value in facts(found.signed.content):
            click.echo(f"{label}：{value}")
    verdict = queries.verify(number or "", local(now()).date()).verdict
    db.session.rollback()
    click.echo(f"本机记录：{STANDING_ZH[verdict]}")
    # Signed by us and not known here is another installation's business, not a forgery.
    if verdict != "valid" and not (verdict == "unknown" and found.signed is not None):
        sys.exit(1)


@credentials.command("rotate-key")
def rotate_key() -> None:
    """Let a new key sign from now on; what was signed before can be checked as before."""
    try:
        before, after = key_ring().current, rotate().current
    except KeysUnreadableError as error:
        raise click.ClickException(f"密钥文件读不出，请从备份恢复。{error}") from None
    click.echo(f"{before.key_id} → {after.key_id}")
    click.echo(f"请马上做一次备份：{key_file()}")


def _look(what: str) -> Checked:
    path = Path(what)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):
        is_file = False  # too long or too odd for a name: a text
    if not is_file:
        return check_text(what, key_ring())
    with path.open("rb") as file:
        return check(file.read(MOST_BYTES + 1), key_ring())
