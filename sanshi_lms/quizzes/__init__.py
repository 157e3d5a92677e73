"""Quizzes: papers, attempts and their marking; the lesson kind "quiz".

For: what is asked, what was answered and what it was worth. Not for: what a passed quiz leads to
(learning listens to `attempt_passed`).
"""

from flask import Flask


def setup(app: Flask) -> None:
    """Nothing to connect yet."""
    del app
