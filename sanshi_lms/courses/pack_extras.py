"""What rooms above may have said of a lesson in its pack, besides what its kind says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from flask import Flask, current_app, has_app_context

if TYPE_CHECKING:
    from sanshi_lms.courses.models import Lesson

_KEY = "courses.pack_extras"


class PackExtra(Protocol):
    """A list of texts in a lesson's front matter under `name`, e.g. `asks: ["1:20 xiaofang-01"]`.

    It is loaded after all lessons of the course are; without its name nothing is touched.
    """

    @property
    def name(self) -> str:
        """The word in the front matter."""

    def problem(self, text: str, kind: str) -> str | None:
        """Return what is wrong with one of the texts of a lesson of this kind, or None."""

    def load(self, lesson: "Lesson", texts: Sequence[str], at: datetime) -> None:
        """Make it so. Never commits; raises Refusal for what cannot be."""


def register_pack_extra(app: Flask, extra: PackExtra) -> None:
    """Make `extra` known to `app`; call it in a room's setup."""
    app.extensions.setdefault(_KEY, {})[extra.name] = extra


def pack_extras() -> Mapping[str, PackExtra]:
    """Return the current application's extras by name."""
    found: dict[str, PackExtra] = current_app.extensions.get(_KEY, {}) if has_app_context() else {}
    return found
