"""How much things count, from data/ranking.toml."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True)
class Ranking:
    """Weights of sections and kinds, shares of stand-ins, and what else moves a result up."""

    sections: dict[str, float]
    kinds: dict[str, float]
    shares: dict[str, float]
    order: dict[str, float]

    def freshness(self, age_days: float) -> float:
        """Return the factor of something `age_days` old; 1 for what has no date."""
        halvings = max(0.0, age_days) / self.order["half_life"]
        return 1 + self.order["freshness"] * float(0.5**halvings)


@lru_cache(maxsize=1)
def ranking() -> Ranking:
    """Return the weights."""
    return Ranking(**tomllib.loads((files(__package__) / "data" / "ranking.toml").read_text()))
