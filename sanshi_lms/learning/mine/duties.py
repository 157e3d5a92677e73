"""The register of what people have to do. Rooms above (training) fill it in their setup."""

from collections.abc import Callable, Iterable

from flask import Flask, current_app

from sanshi_lms.learning.mine.rules import Duty, merged

DutySource = Callable[[int], Iterable[Duty]]
_KEY = "learning.duty_sources"


def add_duty_source(app: Flask, source: DutySource) -> None:
    """Let `source` name what a person (by user id) has to do, done or not.

    It is asked at each opening of my learning: a fixed number of queries, and nothing written.
    """
    app.extensions.setdefault(_KEY, []).append(source)


def duties_of(user_id: int) -> list[Duty]:
    """Return all duties of a person, each once, in the order of the sources."""
    sources: list[DutySource] = current_app.extensions.get(_KEY, [])
    return merged(duty for source in sources for duty in source(user_id))
