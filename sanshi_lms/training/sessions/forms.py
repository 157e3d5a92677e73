"""The form of an offline session."""

from datetime import datetime, timedelta

from wtforms import (
    Field,
    RadioField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from sanshi_lms.core.fields import from_field, to_field, when_field
from sanshi_lms.credentials import CATEGORIES
from sanshi_lms.training.classes.forms import (
    MOST_SEATS,
    KeyedForm,
    at_most,
    check_day,
    strip,
    titled,
    whole,
)
from sanshi_lms.training.classes.models import MAX_TEXT
from sanshi_lms.training.sessions.actions import SessionValues
from sanshi_lms.training.sessions.models import OfflineSession

LONGEST = timedelta(days=7)


class SessionForm(KeyedForm):
    """When and where a session is; times are local."""

    title = StringField("活动名称", titled("名称"), filters=[strip])
    place = StringField("地点", titled("地点"), filters=[strip])
    starts = when_field("开始时间")
    ends = when_field("结束时间")
    seats = whole("座位数", MOST_SEATS)
    category = RadioField(
        "学时类别",
        choices=[SelectChoice(name) for name in CATEGORIES],
        default="专业",
        validate_choice=True,
        validators=[DataRequired("请选择学时类别。")],
    )
    about = TextAreaField("说明", [at_most(MAX_TEXT)], filters=[strip])
    submit = SubmitField("保存")

    def validate_starts(self, field: Field) -> None:
        """Check the day."""
        _check(field)

    def validate_ends(self, field: Field) -> None:
        """Check the day and the length."""
        _check(field)
        if field.data and self.starts.data:
            if field.data <= self.starts.data:
                raise ValidationError("结束时间要晚于开始时间。")
            if field.data - self.starts.data > LONGEST:
                raise ValidationError("一次活动最长 7 天。更长的请分成几次。")

    def show(self, subject: OfflineSession) -> None:
        """Fill in the times of a session."""
        self.starts.data = to_field(subject.starts_at)
        self.ends.data = to_field(subject.ends_at)

    def values(self) -> SessionValues:
        """Return the checked values."""
        return SessionValues(
            title=self.title.data,
            place=self.place.data,
            about=self.about.data,
            starts_at=from_field(self.starts.data),
            ends_at=from_field(self.ends.data),
            seats=self.seats.data,
            category=self.category.data,
        )


class _Day:
    """A field-like holder, so that the check of days serves times too."""

    def __init__(self, moment: datetime) -> None:
        self.data = moment.date()


def _check(field: Field) -> None:
    if field.data:
        check_day(_Day(field.data))
