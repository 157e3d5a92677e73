"""Forms of points: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from sanshi_lms.community.points import rules
from sanshi_lms.community.queries import districts


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _whole(label: str, least: int, most: int) -> IntegerField:
    words = f"请填 {least} 到 {most} 之间的整数。"
    checks = [InputRequired(words), NumberRange(least, most, words)]
    return IntegerField(label, checks, invalid_value_message="请填整数。")


class RewardForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A reward."""

    name = StringField(
        "换什么",
        [DataRequired("请写名称。"),
         Length(max=rules.NAME_LENGTH, message=f"请不要超过 {rules.NAME_LENGTH} 个字。")],
        filters=[_strip],
    )  # fmt: skip
    about = StringField(
        "说明",
        [Length(max=rules.ABOUT_LENGTH, message=f"请不要超过 {rules.ABOUT_LENGTH} 个字。")],
        filters=[_strip],
    )
    district = SelectField("哪个区县的三师可以换", invalid_choice_message="请从列出的选项里选。")
    cost = _whole("要多少分", 1, rules.MOST_POINTS)
    stock = _whole("还有几份", 0, rules.MOST_STOCK)
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
