"""`flask --app app training …`: learning paths of content/, and the invented class of the demo."""

from pathlib import Path

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction
from sanshi_lms.core.settings import REPOSITORY

training = AppGroup("training", help="Learning paths and classes.")


@training.command("load-paths")
@click.option("--content", type=click.Path(path_type=Path), default=REPOSITORY / "content")
def load_paths(content: Path) -> None:
    """Load content/paths. A file with a fault changes nothing and is told with its line."""
    from sanshi_lms.training.paths.loader import put_in, read_paths
    from sanshi_lms.training.paths.queries import course_slugs

    with transaction():
        paths, errors = read_paths(content, course_slugs())
        if errors:
            raise click.ClickException("\n".join(str(error) for error in errors))
        count = put_in(paths)
    click.echo(f"learning paths: {count}")


@training.command("demo")
def demo() -> None:
    """Load the invented class and assignment of the demo. Doing it again changes nothing."""
    from sanshi_lms.training.assignments.demo import load_assignment
    from sanshi_lms.training.demo import load_demo

    with transaction():
        made = load_demo(now())
        load_assignment()
    click.echo(f"demo class: {'made' if made else 'here already'}")
