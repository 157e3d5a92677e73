"""Forms of required training: typed values and messages in Chinese."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sanshi_lms.account import ROLES, User, find_person, person_within, posts
from sanshi_lms.core.reach import Reach
from sanshi_lms.training.assignments.actions import Plan
from sanshi_lms.training.assignments.queries import published_courses, units_to_choose
from sanshi_lms.training.assignments.rules import (
    REASON_LENGTH,
    TITLE_LENGTH,
    Audience,
    read_days,
)

MOST_NAMED = 500
MOST_UNITS = 400
WEEKDAYS = ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日")
_PICK = "请从列出的选项里选。"


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _many(label: str, **options: object) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        **options,
    )


def _day(label: str) -> DateField:
    sentence = "请选择日期，或者照 2026-12-31 的样子填写。"
    return DateField(label, [InputRequired(sentence)], invalid_value_message=sentence)


def _whole(label: str, least: int, most: int) -> IntegerField:
    sentence = f"请填 {least} 到 {most} 之间的整数。"
    checks = [InputRequired(sentence), NumberRange(least, most, sentence)]
    return IntegerField(label, checks, invalid_value_message=sentence)


def _reason(html_id: str = "reason") -> StringField:
    return StringField(
        "原因",
        [
            DataRequired("请写明原因。"),
            Length(max=REASON_LENGTH, message=f"原因最多 {REASON_LENGTH} 个字。"),
        ],
        filters=[_strip],
        id=html_id,
    )


class AssignForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What is assigned to whom, until when."""

    title = StringField(
        "任务名称",
        [
            DataRequired("请填写任务名称。"),
            Length(max=TITLE_LENGTH, message=f"任务名称最多 {TITLE_LENGTH} 个字。"),
        ],
        filters=[_strip],
    )
    courses = _many("学哪些课程", coerce=int, validators=[DataRequired("请至少选一门课程。")])
    due_on = _day("截止日期")
    units = _many("单位（含下级）", coerce=int)
    roles = _many("身份")
    posts = _many("岗位")
    people = TextAreaField("点名加上的人", [Length(max=20_000)], filters=[_strip])
    follows = BooleanField("以后符合条件的人自动加上", default=True)
    submit = SubmitField("下一步：看看会布置给谁")

    def __init__(self, today: date, reach: Reach, **options: object) -> None:
        """Offer courses, units, roles and posts; `today` is the first day that can be chosen.

        Only people within reach can be meant.
        """
        super().__init__(**options)
        self.today, self.reach = today, reach
        self.named: frozenset[int] = frozenset()
        self.courses.choices = [SelectChoice(c.id, c.title) for c in published_courses()]
        self.units.choices = [
            SelectChoice(number, path) for number, path in units_to_choose(MOST_UNITS, reach)
        ]
        self.roles.choices = [SelectChoice(role.name, role.label) for role in ROLES.values()]
        self.posts.choices = [SelectChoice(post.name) for post in posts()]

    def validate_due_on(self, field: Field) -> None:
        """Refuse days that are past or beyond reason."""
        if field.data is None:
            return  # its own message says so
        if field.data < self.today:
            raise ValidationError("截止日期不能早于今天。")
        if field.data.year > self.today.year + 5:
            raise ValidationError("截止日期太远，请检查年份。")

    def validate_people(self, field: Field) -> None:
        """Find the people named, one account a line."""
        names = [line.strip() for line in field.data.splitlines() if line.strip()]
        if len(names) > MOST_NAMED:
            raise ValidationError(f"一次最多点名 {MOST_NAMED} 人，人多时请按单位布置。")
        found = {name: find_person(name) for name in names}
        unknown = [
            name
            for name, person in found.items()
            if person is None or not person.active or not self._reaches(person)
        ]
        if unknown:
            shown = "、".join(name[:30] for name in unknown[:5])
            raise ValidationError(f"没有这些账号，请检查：{shown}")
        self.named = frozenset(person.id for person in found.values() if person)

    def validate(self, extra_validators: object = None) -> bool:
        """Check the fields, and that somebody is meant."""
        fine = bool(super().validate(extra_validators))
        if fine and not (self.units.data or self.roles.data or self.posts.data or self.named):
            self.form_errors.append("还没有选布置给谁：请选单位、身份或岗位，或者点名。")
            return False
        by_rule = self.roles.data or self.posts.data
        if fine and by_rule and not self.units.data and not self.reach.everything:
            self.form_errors.append("请选一个您负责的单位，身份和岗位在这个单位里生效。")
            return False
        return fine

    def _reaches(self, person: User) -> bool:
        return self.reach.everything or person_within(self.reach, person.id) is not None

    def plan(self) -> Plan:
        """Return the checked values."""
        audience = Audience(
            frozenset(self.units.data),
            frozenset(self.roles.data),
            frozenset(self.posts.data),
            self.named,
        )
        courses = tuple(dict.fromkeys(self.courses.data))
        return Plan(self.title.data, courses, self.due_on.data, audience, self.follows.data)


class ReasonForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Withdrawing, letting somebody off."""

    reason = _reason()
    submit = SubmitField("确定")


class ExtendForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Another day for one person."""

    due_on = _day("延期到")
    reason = _reason("extend-reason")
    submit = SubmitField("延期")


class PolicyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The ladder of reminders."""

    days_before = StringField("截止前几天提醒", [DataRequired("请填写天数。")], filters=[_strip])
    overdue_every = _whole("逾期后每隔几天提醒", 1, 365)
    most_overdue = _whole("逾期最多提醒几次", 0, 100)
    join_days = _whole("后来加入的人至少给几天", 0, 365)
    digest_weekday = SelectField(
        "每周哪天给单位负责人发逾期汇总",
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        invalid_choice_message=_PICK,
    )
    submit = SubmitField("保存")

    def validate_days_before(self, field: Field) -> None:
        """Read the days."""
        if read_days(field.data) is None:
            raise ValidationError("请填 0 到 365 之间的天数，用逗号隔开，例如 14, 7, 1。")

    def values(self) -> dict[str, int | str]:
        """Return the checked values."""
        names = ("overdue_every", "most_overdue", "join_days", "digest_weekday")
        days = ",".join(str(day) for day in read_days(self.days_before.data) or ())
        return {"days_before": days, **{name: self[name].data for name in names}}
