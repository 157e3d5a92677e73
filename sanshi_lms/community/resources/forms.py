"""Forms of resources: typed values and messages in Chinese."""

import re
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from sanshi_lms.community.resources import rules
from sanshi_lms.community.resources.rules import Span
from sanshi_lms.core.clock import LOCAL_ZONE

_URL = re.compile(r"(?:https://[^\s\\]+|/(?![/\\])[^\s\\]*)")
_PICK = "请从列出的选项里选。"


def _strip(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


def _at_most(number: int) -> Length:
    return Length(max=number, message=f"请不要超过 {number} 个字。")


def _whole(label: str, least: int, most: int, default: int | None = None) -> IntegerField:
    words = f"请填 {least} 到 {most} 之间的整数。"
    checks = [InputRequired(words), NumberRange(least, most, words)]
    return IntegerField(label, checks, default=default, invalid_value_message="请填整数。")


class ResourceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A place, a thing, or a material."""

    kind = SelectField("哪一种", [InputRequired(_PICK)], choices=list(rules.KINDS),
                       invalid_choice_message=_PICK)  # fmt: skip
    name = StringField(
        "名称", [DataRequired("请写名称。"), _at_most(rules.NAME_LENGTH)], filters=[_strip]
    )
    district = StringField("区县", [_at_most(20)], filters=[_strip])
    place = StringField("在哪里", [_at_most(rules.PLACE_LENGTH)], filters=[_strip])
    about = TextAreaField("说明", [_at_most(rules.ABOUT_LENGTH)], filters=[_strip])
    url = StringField("资料的网址", [_at_most(rules.URL_LENGTH)], filters=[_strip])
    opens = _whole("每天几点开放", 0, 23, 8)
    closes = _whole("几点关门", 1, 24, 21)
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

    starts = DateTimeLocalField("从什么时候", [DataRequired("请填时间。")])
    ends = DateTimeLocalField("到什么时候", [DataRequired("请填时间。")])
    purpose = StringField(
        "用来做什么",
        [DataRequired("请写用来做什么。"), _at_most(rules.PURPOSE_LENGTH)],
        filters=[_strip],
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
        return Span(_here(self.starts.data), _here(self.ends.data))


class BudgetForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Money of a year."""

    title = StringField(
        "经费名称", [DataRequired("请写名称。"), _at_most(rules.NAME_LENGTH)], filters=[_strip]
    )
    year = _whole("哪一年", 2020, 2100)
    amount = _whole("多少元", 1, rules.MOST_YUAN)
    submit = SubmitField("添加")


def _here(moment: datetime) -> datetime:
    return moment.replace(tzinfo=LOCAL_ZONE)
