"""The form of a paper's conditions; times are local."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, Field, IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from sanshi_lms.core.clock import LOCAL_ZONE
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.quizzes.marking import PARTIAL_ZH
from sanshi_lms.quizzes.papers import rules
from sanshi_lms.quizzes.papers.rules import PaperRule

_YEARS = range(2020, 2100)
_AS_THEY_ARE = (
    "limit_minutes",
    "grace_seconds",
    "cooldown_hours",
    "counting",
    "practice",
    "partial",
    "watched",
)


def _whole(label: str, most: int, unit: str) -> IntegerField:
    words = f"请填写 0 到 {most} 的整数（{unit}）。"
    return IntegerField(
        label, default=0, validators=[InputRequired(words), NumberRange(0, most, words)]
    )


def _when(label: str) -> DateTimeLocalField:
    return DateTimeLocalField(
        label,
        [Optional()],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        invalid_value_message="请选择日期和时间，例如 2026-03-14 09:00。",
    )


def _number(value: object) -> int:
    return row_number(str(value)) or 0


class ConditionsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Time, window, resits, what counts."""

    limit_minutes = _whole("答题时间（分钟）", rules.MOST_MINUTES, "分钟")
    grace_seconds = _whole("到时宽限（秒）", rules.MOST_GRACE_SECONDS, "秒")
    opens_at = _when("从什么时候开放")
    closes_at = _when("到什么时候结束")
    cooldown_hours = _whole("两次之间至少隔（小时）", rules.MOST_COOLDOWN_HOURS, "小时")
    counting = RadioField(
        "几次测验怎么算",
        choices=[SelectChoice(name, word) for name, word in rules.COUNTING_ZH.items()],
        default="best",
        validators=[DataRequired("请选择一种算法。")],
    )
    partial = RadioField(
        "没有全对时怎么给分",
        choices=[SelectChoice(name, word) for name, word in PARTIAL_ZH.items()],
        default="none",
        validators=[DataRequired("请选择一种给分办法。")],
    )
    practice = BooleanField("可以先练习：选好就告诉对错，不计成绩")
    watched = BooleanField("记录离开页面和粘贴：只给老师查看，不影响成绩")
    posttest_id = SelectField("这是课前测吗", coerce=_number, default=0, validate_choice=False)

    def offer(self, papers: Sequence[tuple[int, str]]) -> None:
        """Let one of these papers, as (id, title), be chosen as the test after the lecture."""
        self.posttest_id.choices = [
            SelectChoice(0, "不是，是一份单独的测验"),
            *(SelectChoice(paper_id, f"是，课后测是《{title}》") for paper_id, title in papers),
        ]

    def validate_opens_at(self, field: Field) -> None:
        """Check the year."""
        _check(field)

    def validate_closes_at(self, field: Field) -> None:
        """Check the year."""
        _check(field)

    def show(self, rule: PaperRule) -> None:
        """Fill in a rule."""
        for name in _AS_THEY_ARE:
            self[name].data = getattr(rule, name)
        for name in ("opens_at", "closes_at"):
            moment = getattr(rule, name)
            self[name].data = moment.replace(tzinfo=None) if moment else None

    def rule(self, before: PaperRule) -> PaperRule:
        """Return the rule that was filled in; what the form does not show stays as `before`."""
        return replace(
            before,
            limit_minutes=self.limit_minutes.data,
            grace_seconds=self.grace_seconds.data,
            opens_at=_aware(self.opens_at.data),
            closes_at=_aware(self.closes_at.data),
            cooldown_hours=self.cooldown_hours.data,
            counting=self.counting.data,
            practice=self.practice.data,
            partial=self.partial.data,
            watched=self.watched.data,
            pretest=bool(self.posttest_id.data),
        )


def _check(field: Any) -> None:
    if field.data and field.data.year not in _YEARS:
        raise ValidationError("请选择 2020 年到 2099 年之间的日期。")


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=LOCAL_ZONE) if moment else None
