"""Forms of courses: typed values and messages in Chinese."""

import re
import secrets
from collections.abc import Mapping
from decimal import Decimal

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sanshi_lms.account import OwnerForm
from sanshi_lms.core.reach import Reach
from sanshi_lms.courses import rules
from sanshi_lms.courses.actions import CourseValues
from sanshi_lms.courses.kinds import LessonKind
from sanshi_lms.courses.lesson_actions import LessonValues

_PICK = "请从列出的选项里选。"
_TARGET = re.compile(r"([a-z_]+):(\d{1,10})?")


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _text(value: str | None) -> str:
    """Browsers send CRLF; packs and our own text use LF."""
    return (value or "").replace("\r\n", "\n").strip()


def _stop_if(problem: str | None) -> None:
    if problem:
        raise ValidationError(problem)


def _slug(form: FlaskForm, field: Field) -> None:
    del form
    _stop_if(rules.slug_problem(field.data) if field.data else None)


def _fresh_slug(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(3)}"


def _markdown_length() -> Length:
    return Length(max=rules.MAX_MARKDOWN, message=f"太长了，最多 {rules.MAX_MARKDOWN} 字。")


_TITLE = [
    DataRequired("请填写标题。"),
    Length(max=rules.MAX_TITLE, message=f"标题最多 {rules.MAX_TITLE} 字。"),
]


class CourseForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a course says of itself. `version` is what the editor saw."""

    title = StringField("课程标题", _TITLE, filters=[_strip])
    summary = TextAreaField(
        "一句话简介",
        [Length(max=rules.MAX_SUMMARY, message=f"简介最多 {rules.MAX_SUMMARY} 字。")],
        filters=[_text],
    )
    audience = SelectMultipleField(
        "适合谁学",
        choices=[SelectChoice(word) for word in rules.AUDIENCES],
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    kind = RadioField(
        "类别",
        [DataRequired("请选一个类别。")],
        choices=[SelectChoice(word) for word in rules.KINDS],
        invalid_choice_message=_PICK,
    )
    topic = SelectField(
        "主题",
        [DataRequired("请选一个主题。")],
        choices=[SelectChoice(word) for word in rules.TOPICS],
        invalid_choice_message=_PICK,
    )
    credit_hours = DecimalField(
        "学时",
        [InputRequired("请填写学时，不计学时请填 0。")],
        places=None,
        default=Decimal(0),
        invalid_value_message="请填写数字，例如 0.5。",
    )
    category = RadioField(
        "学时算哪一类",
        [DataRequired("请选一类。")],
        choices=[SelectChoice(word, f"{word}科目") for word in rules.CATEGORIES],
        default=rules.CATEGORY,
        invalid_choice_message=_PICK,
    )
    season = IntegerField(
        "系列的第几季", [Optional()], default=0, invalid_value_message="请填写整数，例如 1。"
    )
    issue = IntegerField(
        "这一季的第几期", [Optional()], default=0, invalid_value_message="请填写整数，例如 3。"
    )
    in_order = BooleanField("按顺序学：学完前面的必修课时，后面的才计入进度")
    description_md = TextAreaField("课程介绍", [_markdown_length()], filters=[_text])
    slug = StringField("网址名", [_slug], filters=[_strip])
    version = HiddenField(default="1")
    submit = SubmitField("保存")

    def validate_credit_hours(self, field: Field) -> None:
        """Check the range of credit hours."""
        _stop_if(rules.credit_problem(field.data) if field.data is not None else None)

    def validate_season(self, field: Field) -> None:
        """Check the range of a season."""
        _stop_if(rules.season_problem(field.data or 0, 0))

    def validate_issue(self, field: Field) -> None:
        """Check the range of an issue."""
        _stop_if(rules.season_problem(0, field.data or 0))

    def values(self) -> CourseValues:
        """Return the checked values; an address left empty gets one."""
        return CourseValues(
            slug=self.slug.data or _fresh_slug("course"),
            title=self.title.data,
            summary=self.summary.data,
            description_md=self.description_md.data,
            topic=self.topic.data,
            kind=self.kind.data,
            credit_hours=self.credit_hours.data,
            category=self.category.data,
            audience=tuple(self.audience.data),
            in_order=self.in_order.data,
            season=self.season.data or 0,
            issue=self.issue.data or 0,
        )


class NewCourseForm(CourseForm, OwnerForm):
    """What a new course says of itself, and whose it is."""


class LessonForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a lesson says of itself. `content` is a kind and its target in one choice."""

    title = StringField("这一课的标题", _TITLE, filters=[_strip])
    content = SelectField(
        "这一课放什么", [DataRequired("请选一项。")], invalid_choice_message=_PICK
    )
    minutes = IntegerField(
        "大约要几分钟",
        [InputRequired("请填写分钟数，例如 8。")],
        invalid_value_message="请填写整数，例如 8。",
    )
    required = BooleanField("必修：学完这一课才算学完整门课程", default=True)
    body_md = TextAreaField("正文", [_markdown_length()], filters=[_text])
    slug = StringField("网址名", [_slug, Optional()], filters=[_strip])
    version = HiddenField(default="1")
    submit = SubmitField("保存")

    def validate_minutes(self, field: Field) -> None:
        """Check the length."""
        _stop_if(rules.minutes_problem(field.data) if field.data is not None else None)

    def offer(
        self, kinds: Mapping[str, LessonKind], present: tuple[str, int | None], reach: Reach
    ) -> None:
        """Fill the list with what an author with this reach may use, and what is there now."""
        taken, choices = content_value(*present), []
        for kind in kinds.values():
            usable = kind.choices(reach)
            found = [(content_value(kind.name, one.target_id), one.label_zh) for one in usable]
            if not kind.has_target:
                found = [(content_value(kind.name, None), kind.alone_zh)]
            elif present[0] == kind.name and taken not in [value for value, _label in found]:
                found.append((taken, f"现在的{kind.label_zh}" if present[1] else "还没有选"))
            choices += [SelectChoice(v, label, optgroup=kind.label_zh) for v, label in found]
        self.content.choices = choices

    def values(self) -> LessonValues:
        """Return the checked values; an address left empty gets one."""
        match = _TARGET.fullmatch(self.content.data)
        kind, target = match.groups() if match else ("reading", None)
        return LessonValues(
            slug=self.slug.data or _fresh_slug("lesson"),
            title=self.title.data,
            kind=kind,
            target_id=int(target) if target else None,
            minutes=self.minutes.data,
            required=self.required.data,
            body_md=self.body_md.data,
        )


class AttachmentForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Files to take along."""

    files = MultipleFileField("选择文件", [DataRequired("请先选择文件。")])
    submit = SubmitField("上传")


def content_value(kind: str, target_id: int | None) -> str:
    """Return a kind and its target as one value of a list."""
    return f"{kind}:{target_id or ''}"
