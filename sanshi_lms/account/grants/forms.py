"""Forms of duties and of units besides: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from sanshi_lms.account.models import Unit
from sanshi_lms.account.rules import DUTIES
from sanshi_lms.account.units.forms import LONG, PlaceForm, named_unit, strip
from sanshi_lms.core.reach import EVERYTHING


class GiveForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A duty and over what; no unit is everything."""

    duty = SelectField(
        "职责",
        [DataRequired("请选择职责。")],
        choices=[SelectChoice(one.name, f"{one.label}：{one.about}") for one in DUTIES.values()],
    )
    unit = StringField("范围：哪个单位和它的下级", LONG, filters=[strip])
    submit = SubmitField("安排")
    found: Unit | None = None
    reach = EVERYTHING

    def validate_unit(self, field: Field) -> None:
        """Find the unit."""
        self.found = named_unit(field.data, self.reach)


class BesidesForm(PlaceForm):
    """A unit that somebody works in besides their own, and as what."""

    unit = StringField(
        "兼任的单位",
        [DataRequired("请填写单位。"), *LONG],
        filters=[strip],
        id="besides-unit",  # the page has another form with a unit
    )
    submit = SubmitField("添加兼任")
