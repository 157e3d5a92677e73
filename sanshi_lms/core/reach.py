"""Over which units a right extends: everything, or some units with all below them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reach:
    """Over which units a right extends; `units` holds those below too, None is everything.

    People and things without a unit are only within reach of everything.
    """

    units: frozenset[int] | None

    @property
    def everything(self) -> bool:
        """Tell whether nothing is out of reach."""
        return self.units is None

    def covers(self, unit_id: int | None) -> bool:
        """Tell whether what belongs to this unit is within reach."""
        return self.units is None or unit_id in self.units


EVERYTHING = Reach(None)
NOWHERE = Reach(frozenset())
