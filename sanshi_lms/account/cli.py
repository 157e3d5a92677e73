"""`flask --app app account create`: the first administrator of a new installation."""

import click
from flask.cli import AppGroup

from sanshi_lms.account.actions import ensure_person
from sanshi_lms.account.rules import (
    ROLES,
    display_name_problem,
    normalise_username,
    password_problem,
    username_problem,
)
from sanshi_lms.account.units.demo import load_units
from sanshi_lms.core.db import transaction

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
        username_problem(plain) or display_name_problem(name) or password_problem(password, plain)
    )
    if problem:
        raise click.ClickException(problem)
    with transaction():
        _, new = ensure_person(plain, name, "", role, password)
    click.echo(f"account {plain}: {'created' if new else 'password replaced'}")


@account.command("demo")
def load_demo() -> None:
    """Add the demo's invented units and the people in them. Doing it again changes nothing."""
    with transaction():
        load_units()
