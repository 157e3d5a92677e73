"""The register by which a room above says that a class of its own has a rule of its own."""

from collections.abc import Callable, Collection, Mapping

from flask import Flask, current_app

_KEY = "learning.class_rule"

Pairs = Collection[tuple[int, int]]
ClassRules = Callable[[Pairs], Mapping[tuple[int, int], int]]
"""Takes pairs of person and course; returns the id of the LearningRule of their class, where there
is one, in one query: reports of many people are judged at once.
"""


def use_class_rules(app: Flask, ask: ClassRules) -> None:
    """Let `ask` name the rule of the class in which a person takes a course; call it in setup."""
    app.extensions[_KEY] = ask


def rules_of_classes(pairs: Pairs) -> Mapping[tuple[int, int], int]:
    """Return the ids of the rules of people's classes, by person and course."""
    ask: ClassRules | None = current_app.extensions.get(_KEY)
    return ask(pairs) if ask and pairs else {}
