"""`flask --app app audit …`: check the chain of the audit trail, write it to a file."""

import json
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select

from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.audit_chain import (
    Seal,
    check,
    digest_before,
    exported,
    head,
    seal_new,
    verify,
)
from sanshi_lms.core.db import db

audit = AppGroup("audit", help="The audit trail and the chain that keeps it from being changed.")


@audit.command("verify")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def verify_trail(file: Path | None) -> None:
    """Check the audit trail of this installation, or FILE from `audit export`; exit code 1 if bad.

    A file needs no database: it can be checked anywhere.
    """
    if file is not None:
        _verify_file(file)
        return
    seal_new()
    found = verify()
    db.session.rollback()
    if found.broken:
        click.echo(f"操作记录不完整：{found.broken}", err=True)
        sys.exit(1)
    click.echo(f"操作记录完整：已封存 {found.sealed} 条，最新封存号 {found.head}。")


@audit.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write all sealed entries to FILE, one JSON object a line, for keeping elsewhere."""
    seal_new()
    rows = exported(select(AuditEntry))
    with file.open("w", encoding="utf-8") as out:
        first = next(rows, None)
        before = digest_before(first["seal"] if first else 1)
        _line(out, {"after_seal": before.number, "after_digest": before.digest})
        for row in [first, *rows] if first else ():
            _line(out, row)
    newest = head()
    db.session.rollback()
    click.echo(f"已写入 {file}，最新封存号 {newest}。")


def _line(out: Any, row: dict[str, Any] | None) -> None:
    out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _verify_file(file: Path) -> None:
    try:
        with file.open(encoding="utf-8") as lines:
            first = json.loads(next(lines))
            before = Seal(int(first["after_seal"]), str(first["after_digest"]))
            found, broken = check((json.loads(line) for line in lines), before)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        raise click.ClickException("这个文件不是导出的操作记录，或者没有下载完整。") from None
    if broken:
        click.echo(f"操作记录不完整：{broken}", err=True)
        sys.exit(1)
    click.echo(f"文件里的操作记录完整，最新封存号 {found}。")
