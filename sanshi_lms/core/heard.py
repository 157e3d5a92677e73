"""An environment that knows what of it was used: the health page and backups tell it."""

from collections.abc import Mapping


class Heard(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env)
        self._asked: set[str] = set()

    def get(self, key: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self._asked.add(key)
        return super().get(key, default)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the names of all that was asked for."""
        return tuple(sorted(self._asked))

    def given(self) -> tuple[tuple[str, str], ...]:
        """Return what was asked for and is set, by name."""
        return tuple((key, self[key]) for key in sorted(self._asked) if dict.get(self, key))
