"""Forms of points: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from sanshi_lms.community.points import rules
from sanshi_lms.community.queries import districts
from sanshi_lms.core.fields import stripped, whole


class RewardForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A reward."""

    name = StringField(
        "换什么",
        [DataRequired("请写名称。"),
         Length(max=rules.NAME_LENGTH, message=f"请不要超过 {rules.NAME_LENGTH} 个字。")],
        filters=[stripped],
    )  # fmt: skip
    about = StringField(
        "说明",
        [Length(max=rules.ABOUT_LENGTH, message=f"请不要超过 {rules.ABOUT_LENGTH} 个字。")],
        filters=[stripped],
    )
    district = SelectField("哪个区县的三师可以换", invalid_choice_message="请从列出的选项里选。")
    cost = whole("要多少分", 1, rules.MOST_POINTS)
    stock = whole("还有几份", 0, rules.MOST_STOCK)
    active = BooleanField("可以换", default=True)
    submit = SubmitField("保存")

    def offer(self) -> None:
        """Fill the list of districts."""
        self.district.choices = [
            SelectChoice("", "全部区县"), *(SelectChoice(name) for name in districts()),
        ]  # fmt: skip

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        names = ("name", "about", "district", "cost", "stock", "active")
        return {name: self[name].data for name in names}
