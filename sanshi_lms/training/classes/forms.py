"""Forms of programmes and classes: typed values and messages in Chinese."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from sanshi_lms.account import Unit, named_unit
from sanshi_lms.core.reach import EVERYTHING
from sanshi_lms.learning import newest_rules
from sanshi_lms.training.classes.actions import ClassValues
from sanshi_lms.training.classes.models import MAX_REASON, MAX_TEXT, MAX_TITLE
from sanshi_lms.training.classes.programmes import ProgrammeValues
from sanshi_lms.training.formkeys import new_key, read_key

EARLIEST, LATEST = date(2020, 1, 1), date(2099, 12, 31)
MOST_HOURS = Decimal(1000)
MOST_SEATS = 100_000
MOST_TIMES = 100
OF_EACH_COURSE = 0


def strip(value: str | None) -> str:
    """Return typed text without the spaces around it; browsers send CRLF, we keep LF."""
    return (value or "").replace("\r\n", "\n").strip()


def titled(what: str) -> list[object]:
    """Return the checks of a title."""
    return [
        DataRequired(f"请填写{what}。"),
        Length(max=MAX_TITLE, message=f"{what}最多 {MAX_TITLE} 个字。"),
    ]


def at_most(length: int) -> Length:
    """Return the check of a text's length."""
    return Length(max=length, message=f"太长了，最多 {length} 个字。")


def whole(label: str, most: int, example: int = 0) -> IntegerField:
    """Return a field for a whole number from 0."""
    message = f"请填 0 到 {most} 之间的整数。"
    return IntegerField(
        label,
        [InputRequired(message), NumberRange(0, most, message)],
        default=example,
        invalid_value_message="请填写整数，例如 30。",
    )


def _hours(label: str) -> DecimalField:
    message = f"请填 0 到 {MOST_HOURS} 之间的数，最多两位小数。"
    return DecimalField(
        label,
        [InputRequired(message)],
        places=None,
        default=Decimal(0),
        invalid_value_message="请填写数字，例如 4 或 0.5。",
    )


def day(label: str) -> DateField:
    """Return a field for a day."""
    return DateField(
        label, [DataRequired("请选择日期。")], invalid_value_message="请选择日期，例如 2026-03-09。"
    )


def check_day(field: Field) -> None:
    """Refuse days that nobody means."""
    if field.data and not EARLIEST <= field.data <= LATEST:
        raise ValidationError(f"日期要在 {EARLIEST.year} 年到 {LATEST.year} 年之间。")


def _check_hours(field: Field) -> None:
    hours = field.data
    if hours is None:
        return
    if not hours.is_finite() or not 0 <= hours <= MOST_HOURS or hours != round(hours, 2):
        raise ValidationError(f"请填 0 到 {MOST_HOURS} 之间的数，最多两位小数。")


class KeyedForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A form that makes something once, however often it is sent."""

    form_key = HiddenField(default=new_key)

    @property
    def key(self) -> str:
        """The form's key."""
        return read_key(self.form_key.data)


class ProgrammeForm(KeyedForm):
    """What a programme says of itself."""

    title = StringField("培训项目名称", titled("名称"), filters=[strip])
    summary = TextAreaField("简介", [at_most(MAX_TEXT)], filters=[strip])
    elective_hours = _hours("选修课至少多少学时")
    attend_times = whole("线下至少到课几次", MOST_TIMES)
    in_order = BooleanField("必修课按顺序学：学完前一门，后一门才计入进度")
    credit_hours = _hours("结业另计多少学时")
    submit = SubmitField("保存")

    def validate_elective_hours(self, field: Field) -> None:
        """Check the hours."""
        _check_hours(field)

    def validate_credit_hours(self, field: Field) -> None:
        """Check the hours."""
        _check_hours(field)

    def values(self) -> ProgrammeValues:
        """Return the checked values."""
        return ProgrammeValues(
            title=self.title.data,
            summary=self.summary.data,
            elective_hours=self.elective_hours.data,
            attend_times=self.attend_times.data,
            in_order=self.in_order.data,
            credit_hours=self.credit_hours.data,
        )


class ClassForm(KeyedForm):
    """What a class says of itself."""

    title = StringField("培训班名称", titled("名称"), filters=[strip])
    starts_on = day("开始日期")
    ends_on = day("结束日期")
    capacity = whole("名额", MOST_SEATS)
    approval = BooleanField("报名要老师审批", default=True)
    joining = BooleanField("现在可以报名", default=True)
    learning_rule_id = SelectField("怎样算学完", coerce=int, default=OF_EACH_COURSE)
    about = TextAreaField("班级说明", [at_most(MAX_TEXT)], filters=[strip])
    submit = SubmitField("保存")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = kwargs.get("obj")
        kept = present.learning_rule if present is not None else None
        rules = {rule.id: rule.name for rule in newest_rules()}
        if kept is not None:
            rules.setdefault(kept.id, f"{kept.name}（第 {kept.version} 版）")
        self.learning_rule_id.choices = [(OF_EACH_COURSE, "按每门课自己的规则"), *rules.items()]
        if self.learning_rule_id.data is None:
            self.learning_rule_id.data = OF_EACH_COURSE

    def validate_starts_on(self, field: Field) -> None:
        """Check the day."""
        check_day(field)

    def validate_ends_on(self, field: Field) -> None:
        """Check the day and that it is not before the first."""
        check_day(field)
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError("结束日期不能早于开始日期。")

    def values(self) -> ClassValues:
        """Return the checked values."""
        return ClassValues(
            title=self.title.data,
            about=self.about.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            capacity=self.capacity.data,
            approval=self.approval.data,
            joining=self.joining.data,
            learning_rule_id=self.learning_rule_id.data or None,
        )


class NewClassForm(ClassForm):
    """What a new class says of itself, and whose it is."""

    unit = StringField("开班单位", [at_most(300)], filters=[strip])
    found: Unit | None = None
    reach = EVERYTHING

    def validate_unit(self, field: Field) -> None:
        """Find the unit."""
        self.found = named_unit(field.data, self.reach)


class AgainForm(KeyedForm):
    """When a class is run again."""

    title = StringField("新班名称", titled("名称"), filters=[strip])
    starts_on = day("新的开始日期")
    submit = SubmitField("建新班")

    def validate_starts_on(self, field: Field) -> None:
        """Check the day; the shifted end must be one, too."""
        check_day(field)


class AccountForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Somebody's account."""

    username = StringField(
        "账号或手机号", [DataRequired("请填写账号。"), at_most(60)], filters=[strip]
    )
    submit = SubmitField("添加")


class PostForm(KeyedForm):
    """A notice for the board."""

    text = TextAreaField(
        "公告内容", [DataRequired("请写公告内容。"), at_most(MAX_TEXT)], filters=[strip]
    )
    submit = SubmitField("发布公告")


class JoinForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What somebody says who applies."""

    said = StringField("给老师的话", [at_most(MAX_REASON)], filters=[strip])
    submit = SubmitField("报名")


class ExtendForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """More time for one person."""

    until = day("延到哪一天")
    reason = StringField(
        "延期原因", [DataRequired("请写明原因。"), at_most(MAX_REASON)], filters=[strip]
    )
    submit_extend = SubmitField("延期")

    def validate_until(self, field: Field) -> None:
        """Check the day."""
        check_day(field)
