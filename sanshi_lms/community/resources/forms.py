"""Forms of resources: typed values and messages in Chinese."""

import re

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, ValidationError

from sanshi_lms.community.resources import rules
from sanshi_lms.community.resources.rules import Span
from sanshi_lms.core.fields import PICK, at_most, from_field, stripped, when_field, whole

_URL = re.compile(r"(?:https://[^\s\\]+|/(?![/\\])[^\s\\]*)")


class ResourceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A place, a thing, or a material."""

    kind = SelectField("哪一种", [InputRequired(PICK)], choices=list(rules.KINDS),
                       invalid_choice_message=PICK)  # fmt: skip
    name = StringField(
        "名称", [DataRequired("请写名称。"), at_most(rules.NAME_LENGTH)], filters=[stripped]
    )
    district = StringField("区县", [at_most(20)], filters=[stripped])
    place = StringField("在哪里", [at_most(rules.PLACE_LENGTH)], filters=[stripped])
    about = TextAreaField("说明", [at_most(rules.ABOUT_LENGTH)], filters=[stripped])
    url = StringField("资料的网址", [at_most(rules.URL_LENGTH)], filters=[stripped])
    opens = whole("每天几点开放", 0, 23, 8)
    closes = whole("几点关门", 1, 24, 21)
    active = BooleanField("可以用", default=True)
    submit = SubmitField("保存")

    def validate_closes(self, field: Field) -> None:
        """Check that it closes after it opens."""
        if None not in (self.opens.data, field.data) and field.data <= self.opens.data:
            raise ValidationError("关门要晚于开放。")

    def validate_name(self, field: Field) -> None:
        """Check that a material has an address of ours or https."""
        del field
        if self.kind.data == "资料" and not _URL.fullmatch(self.url.data or ""):
            raise ValidationError("资料要填网址：https:// 开头，或本站的路径。")

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        names = ("kind", "name", "district", "place", "about", "opens", "closes", "active")
        url = self.url.data if _URL.fullmatch(self.url.data or "") else ""
        return {**{name: self[name].data for name in names}, "url": url}


class BookingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A wish to use something. Times are those of Chongqing."""

    starts = when_field("从什么时候")
    ends = when_field("到什么时候")
    purpose = StringField(
        "用来做什么",
        [DataRequired("请写用来做什么。"), at_most(rules.PURPOSE_LENGTH)],
        filters=[stripped],
    )
    nonce = HiddenField()
    submit = SubmitField("预订")

    def validate_starts(self, field: Field) -> None:
        """Check that the years are within reach."""
        for one in (field.data, self.ends.data):
            if one and not 2020 <= one.year <= 2100:
                raise ValidationError("时间不对，请检查年份。")

    def span(self) -> Span:
        """Return the stretch of time."""
        return Span(from_field(self.starts.data), from_field(self.ends.data))


class BudgetForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Money of a year."""

    title = StringField(
        "经费名称", [DataRequired("请写名称。"), at_most(rules.NAME_LENGTH)], filters=[stripped]
    )
    year = whole("哪一年", 2020, 2100)
    amount = whole("多少元", 1, rules.MOST_YUAN)
    submit = SubmitField("添加")
