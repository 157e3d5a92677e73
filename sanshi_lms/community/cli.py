"""`flask --app app community demo`: invented communities, 三师 and a year of needs."""

import click
from flask.cli import AppGroup

from sanshi_lms.core.clock import now
from sanshi_lms.core.db import transaction

community = AppGroup("community", help="Communities, 三师 and needs.")


@community.command("demo")
def demo() -> None:
    """Load the invented communities of the demo. Doing it again changes nothing."""
    from sanshi_lms.community.demo import load_demo
    from sanshi_lms.community.demo_district import load_district
    from sanshi_lms.community.demo_programme import load_programme
    from sanshi_lms.community.services.demo import load_demo as load_services
    from sanshi_lms.community.stories.demo import load_demo as load_stories

    with transaction():
        count = load_demo(now())
    with transaction():
        offered = load_services(now())
    with transaction():
        told = load_stories(now())
    with transaction():
        more = load_district(now())
    with transaction():
        fresh = load_programme(now())
    click.echo(f"demo programme: {'loaded' if fresh else 'here already'}")
    click.echo(f"demo district: {more}" if more else "demo district: here already")
    click.echo(f"demo stories: {told}" if told else "demo stories: here already")
    click.echo(f"demo services: {offered}" if offered else "demo services: here already")
    click.echo(f"demo needs: {count}" if count else "demo needs: here already")
