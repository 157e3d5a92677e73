"""Parts of forms that say whose a thing is."""

from collections.abc import Sequence
from typing import Self

from flask_wtf import FlaskForm
from wtforms import Field, StringField, SubmitField
from wtforms.validators import ValidationError

from sanshi_lms.account.models import Unit
from sanshi_lms.account.owning.queries import owner_path, sole_unit
from sanshi_lms.account.units.forms import LONG, named_unit, strip
from sanshi_lms.account.units.queries import unit_choices
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.reach import EVERYTHING, Reach

MOST_CHOICES = 600


def owner_of_new(words: str, reach: Reach) -> Unit | None:
    """Return whose a new thing is: the unit that was typed, or the one that need not be asked for.

    Raises Refusal when it is none, or several, or out of reach.
    """
    try:
        return (sole_unit(reach) if not words.strip() else None) or named_unit(words, reach)
    except ValidationError as error:
        raise Refusal(str(error)) from None


class OwnerForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Whose a new thing is: mixed into the forms that make one, which call `over` first.

    Whoever has one highest unit is not asked.
    """

    unit = StringField("属于哪个单位", LONG, filters=[strip])
    found: Unit | None = None
    sole: Unit | None = None
    reach = EVERYTHING
    choices: Sequence[str] = ()

    def over(self, reach: Reach) -> Self:
        """Say over which units the author may make things."""
        self.reach, self.sole = reach, sole_unit(reach)
        self.choices = () if self.sole else unit_choices(MOST_CHOICES, reach)
        return self

    def validate_unit(self, field: Field) -> None:
        """Find the unit."""
        unasked = self.sole if not field.data else None
        self.found = unasked or named_unit(field.data, self.reach)

    @property
    def unit_id(self) -> int | None:
        """The unit that was found; None is the whole city's."""
        return self.found.id if self.found else None


class MoveForm(OwnerForm):
    """To which unit a thing moves; nothing is the whole city."""

    submit = SubmitField("改归属")

    @classmethod
    def of(cls, unit_id: int | None) -> "MoveForm":
        """Return the form as it stands on a thing's page, for whoever administers everything."""
        form = cls(formdata=None, data={"unit": owner_path(unit_id) if unit_id else ""})
        return form.over(EVERYTHING)
