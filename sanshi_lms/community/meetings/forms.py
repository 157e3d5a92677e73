"""Forms of meetings: typed values and messages in Chinese."""

from datetime import date, datetime

from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    ValidationError,
)

from sanshi_lms.community.meetings import rules
from sanshi_lms.community.meetings.models import Meeting
from sanshi_lms.community.models import Community
from sanshi_lms.core.clock import LOCAL_ZONE, local
from sanshi_lms.core.row_numbers import row_number

_FIRST, _LAST = 2020, 2100
_NAMES = ("title", "place", "agenda", "minutes", "decision", "question", "options")


def _strip(value: str | None) -> str:
    return (value or "").replace("\r\n", "\n").strip()


def _at_most(number: int) -> Length:
    return Length(max=number, message=f"请不要超过 {number} 个字。")


def _year(_form: object, field: Field) -> None:
    if field.data and not _FIRST <= field.data.year <= _LAST:
        raise ValidationError("日期不对，请检查年份。")


class MeetingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A meeting and its poll. Times are those of Chongqing."""

    community = SelectField("哪个社区", [InputRequired("请选择社区。")], coerce=int,
                            invalid_choice_message="请从列出的选项里选。")  # fmt: skip
    title = StringField(
        "商量什么事", [DataRequired("请写题目。"), _at_most(rules.TITLE_LENGTH)], filters=[_strip]
    )
    held = DateTimeLocalField("什么时候", [DataRequired("请填时间。"), _year])
    place = StringField(
        "在哪里", [DataRequired("请写地点。"), _at_most(rules.PLACE_LENGTH)], filters=[_strip]
    )
    agenda = TextAreaField("议题", [_at_most(rules.TEXT_LENGTH)], filters=[_strip])
    question = StringField("要不要投票：问什么", [_at_most(rules.LINE_LENGTH)], filters=[_strip])
    options = TextAreaField("选项", [_at_most(rules.TEXT_LENGTH)], filters=[_strip])
    closes = DateTimeLocalField("投票什么时候截止", [Optional(), _year])
    minutes = TextAreaField("记录", [_at_most(rules.TEXT_LENGTH)], filters=[_strip])
    decision = TextAreaField("商量的结果", [_at_most(rules.TEXT_LENGTH)], filters=[_strip])
    nonce = HiddenField()
    version = HiddenField()
    need_id = HiddenField()
    submit = SubmitField("保存")

    def offer(self, communities: list[Community]) -> None:
        """Fill the list of communities."""
        self.community.choices = [
            SelectChoice(one.id, f"{one.name}（{one.place}）") for one in communities
        ]

    def validate_options(self, field: Field) -> None:
        """Check that the poll is whole."""
        options = rules.read_options(field.data)
        if problem := rules.poll_problem(self.question.data, options, self.closes.data):
            raise ValidationError(problem)

    def show(self, subject: Meeting) -> None:
        """Fill in what is known."""
        for name in _NAMES:
            self[name].data = getattr(subject, name)
        self.community.data, self.version.data = subject.community_id, subject.version
        self.held.data = local(subject.held_at).replace(tzinfo=None)
        if subject.closes_at:
            self.closes.data = local(subject.closes_at).replace(tzinfo=None)

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        closes = self.closes.data if self.question.data else None
        return {
            **{name: self[name].data for name in _NAMES},
            "held_at": _here(self.held.data),
            "closes_at": _here(closes) if closes else None,
        }

    def need(self) -> int | None:
        """Return the need that it is about, if one is named."""
        return row_number(self.need_id.data or "")


class FollowUpForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What follows from a decision."""

    text = StringField(
        "做什么", [DataRequired("请写做什么。"), _at_most(rules.LINE_LENGTH)], filters=[_strip]
    )
    who = StringField(
        "谁来做", [DataRequired("请写谁来做。"), _at_most(rules.LINE_LENGTH)], filters=[_strip]
    )
    due_on = DateField("哪一天以前做好", [DataRequired("请填日期。"), _year])
    nonce = HiddenField()
    submit = SubmitField("添加")

    def due(self) -> date:
        """Return the day."""
        day: date = self.due_on.data
        return day


def _here(moment: datetime) -> datetime:
    return moment.replace(tzinfo=LOCAL_ZONE)
