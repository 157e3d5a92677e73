"""Forms of meetings: typed values and messages in Chinese."""

from datetime import date

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
    Optional,
    ValidationError,
)

from sanshi_lms.community.meetings import rules
from sanshi_lms.community.meetings.models import Meeting
from sanshi_lms.community.models import Community
from sanshi_lms.core.fields import at_most, from_field, stripped, to_field
from sanshi_lms.core.row_numbers import row_number

_FIRST, _LAST = 2020, 2100
_NAMES = ("title", "place", "agenda", "minutes", "decision", "question", "options")


def _year(_form: object, field: Field) -> None:
    if field.data and not _FIRST <= field.data.year <= _LAST:
        raise ValidationError("日期不对，请检查年份。")


class MeetingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A meeting and its poll. Times are those of Chongqing."""

    community = SelectField("哪个社区", [InputRequired("请选择社区。")], coerce=int,
                            invalid_choice_message="请从列出的选项里选。")  # fmt: skip
    title = StringField(
        "商量什么事", [DataRequired("请写题目。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    held = DateTimeLocalField("什么时候", [DataRequired("请填时间。"), _year])
    place = StringField(
        "在哪里", [DataRequired("请写地点。"), at_most(rules.PLACE_LENGTH)], filters=[stripped]
    )
    agenda = TextAreaField("议题", [at_most(rules.TEXT_LENGTH)], filters=[stripped])
    question = StringField("要不要投票：问什么", [at_most(rules.LINE_LENGTH)], filters=[stripped])
    options = TextAreaField("选项", [at_most(rules.TEXT_LENGTH)], filters=[stripped])
    closes = DateTimeLocalField("投票什么时候截止", [Optional(), _year])
    minutes = TextAreaField("记录", [at_most(rules.TEXT_LENGTH)], filters=[stripped])
    decision = TextAreaField("商量的结果", [at_most(rules.TEXT_LENGTH)], filters=[stripped])
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
        self.held.data = to_field(subject.held_at)
        if subject.closes_at:
            self.closes.data = to_field(subject.closes_at)

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        closes = self.closes.data if self.question.data else None
        return {
            **{name: self[name].data for name in _NAMES},
            "held_at": from_field(self.held.data),
            "closes_at": from_field(closes) if closes else None,
        }

    def need(self) -> int | None:
        """Return the need that it is about, if one is named."""
        return row_number(self.need_id.data or "")


class FollowUpForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What follows from a decision."""

    text = StringField(
        "做什么", [DataRequired("请写做什么。"), at_most(rules.LINE_LENGTH)], filters=[stripped]
    )
    who = StringField(
        "谁来做", [DataRequired("请写谁来做。"), at_most(rules.LINE_LENGTH)], filters=[stripped]
    )
    due_on = DateField("哪一天以前做好", [DataRequired("请填日期。"), _year])
    nonce = HiddenField()
    submit = SubmitField("添加")

    def due(self) -> date:
        """Return the day."""
        day: date = self.due_on.data
        return day
