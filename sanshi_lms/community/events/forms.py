"""The form of an event: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, ValidationError

from sanshi_lms.community.events import rules
from sanshi_lms.community.events.models import Event
from sanshi_lms.core.fields import at_most, from_field, stripped, to_field, when_field

_YEARS = (2020, 2100)


class EventForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What an event holds. Times are those of Chongqing."""

    kind = SelectField("哪一种", [InputRequired("请选一种。")], choices=list(rules.KINDS),
                       invalid_choice_message="请从列出的选项里选。")  # fmt: skip
    title = StringField(
        "名称", [DataRequired("请写名称。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    starts = when_field("开始")
    ends = when_field("结束")
    place = StringField(
        "地点", [DataRequired("请写地点。"), at_most(rules.PLACE_LENGTH)], filters=[stripped]
    )
    seats = IntegerField(
        "几个名额",
        [InputRequired("请填名额，不限请填 0。"),
         NumberRange(0, rules.MOST_SEATS, f"请填 0 到 {rules.MOST_SEATS} 之间的整数。")],
        default=0,
        invalid_value_message="请填整数。",
    )  # fmt: skip
    about = TextAreaField("介绍", [at_most(rules.ABOUT_LENGTH)], filters=[stripped])
    speakers = TextAreaField("谁来讲", [at_most(rules.LINES_LENGTH)], filters=[stripped])
    materials = TextAreaField("资料", [at_most(rules.LINES_LENGTH)], filters=[stripped])
    replay = StringField("回放的课", [at_most(300)], filters=[stripped])
    nonce = HiddenField()
    version = HiddenField()
    submit = SubmitField("保存")

    def validate_ends(self, field: Field) -> None:
        """Check that it ends after it begins, within reach."""
        if not (self.starts.data and field.data):
            return
        if not all(_YEARS[0] <= one.year <= _YEARS[1] for one in (self.starts.data, field.data)):
            raise ValidationError("时间不对，请检查年份。")
        if problem := rules.times_problem(self.starts.data, field.data):
            raise ValidationError(problem)

    def validate_materials(self, field: Field) -> None:
        """Check that each line is a name and an address."""
        if problem := rules.links_problem(field.data):
            raise ValidationError(problem)

    def validate_replay(self, field: Field) -> None:
        """Check that it is an address of ours."""
        if field.data and not rules.is_our_path(field.data):
            raise ValidationError("请填本站的路径，例如 /courses/电梯/回放。")

    def show(self, subject: Event) -> None:
        """Fill in what is known."""
        for name in ("kind", "title", "place", "seats", "about", "speakers", "materials", "replay"):
            self[name].data = getattr(subject, name)
        self.starts.data = to_field(subject.starts_at)
        self.ends.data = to_field(subject.ends_at)
        self.version.data = subject.version

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        names = ("kind", "title", "place", "seats", "about", "speakers", "materials", "replay")
        times = {"starts_at": from_field(self.starts.data), "ends_at": from_field(self.ends.data)}
        return {**{name: self[name].data for name in names}, **times}
