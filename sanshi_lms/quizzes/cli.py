"""`flask --app app quizzes …`."""

import click
from flask.cli import AppGroup

from sanshi_lms.core.markdown import plain_text
from sanshi_lms.quizzes.papers.replay import replay

quizzes = AppGroup("quizzes", help="Papers and attempts.")


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
