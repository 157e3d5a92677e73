"""`flask --app app learning demo`: invented notes, questions and answers for the demo."""

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.learning.demo import load_demo
from sanshi_lms.learning.demo_desk import load_desk

learning = AppGroup("learning", help="Notes, questions and answers.")


@learning.command("demo")
def demo() -> None:
    """Load the invented notes and questions once."""
    with transaction():
        click.echo(f"demo notes and questions: {load_demo(now())}")
    with transaction():
        click.echo(f"demo rule, feedback and corrections: {load_desk(now())}")
