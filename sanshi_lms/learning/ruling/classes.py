"""The register by which a room above says that a class of its own has a rule of its own."""

from collections.abc import Callable

from flask import Flask, current_app

_KEY = "learning.class_rule"

ClassRule = Callable[[int, int], int | None]
"""Takes a person and a course; returns the id of the LearningRule of their class, or None."""


def use_class_rules(app: Flask, ask: ClassRule) -> None:
    """Let `ask` name the rule of the class in which a person takes a course; call it in setup."""
    app.extensions[_KEY] = ask


def rule_of_class(user_id: int, course_id: int) -> int | None:
    """Return the id of the rule of the person's class for this course, None without such a rule."""
    ask: ClassRule | None = current_app.extensions.get(_KEY)
    return ask(user_id, course_id) if ask else None
