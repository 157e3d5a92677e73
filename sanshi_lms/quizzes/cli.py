"""`flask --app app quizzes …`."""

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes.demo import load_kinds
from sanshi_lms.quizzes.papers.replay import replay

quizzes = AppGroup("quizzes", help="Papers and attempts.")


@quizzes.command("demo")
def demo() -> None:
    """Make the demo's paper of all kinds of questions. Doing it again changes nothing."""
    with transaction():
        made = load_kinds(now())
    click.echo(f"demo questions of all kinds: {'made' if made else 'there'}")


@quizzes.command("replay")
@click.argument("attempt", type=int)
def replay_attempt(attempt: int) -> None:
    """Draw ATTEMPT's paper again from its seed and show it; fail when it is not the stored one."""
    found = replay(attempt)
    if found is None:
        raise click.ClickException(f"没有编号为 {attempt} 的作答。There is no such attempt.")
    for shown in found.sheet:
        order = "".join("ABCDEFGHIJ"[n] for n in shown.order)
        stem = " ".join(plain_text(shown.item.stem_md).split())
        click.echo(f"{shown.number}. [{shown.item.item_id}] {stem}  ({order})")
    if not found.equal:
        raise click.ClickException("与存下的试卷不一致。The seed gives another paper.")
    click.echo("drawn from the bank, equal" if found.drawn else "fixed paper, equal")
