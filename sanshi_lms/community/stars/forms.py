"""Forms of star rounds: typed values and messages in Chinese."""

from datetime import date, datetime, time, timedelta

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from sanshi_lms.community.stars import rules
from sanshi_lms.community.stars.actions import Line, Plan
from sanshi_lms.community.stars.models import StarRound
from sanshi_lms.core.clock import LOCAL_ZONE, local
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import at_most, stripped, whole
from sanshi_lms.core.row_numbers import row_number

_FIRST, _LAST = date(2020, 1, 1), date(2100, 1, 1)


class BeginForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A new round: a year begins it, everything else can be changed."""

    title = StringField(
        "名称", [DataRequired("请写名称。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    year = whole("看哪一年的服务", 2020, 2100)
    submit = SubmitField("新建评选")

    def plan(self) -> Plan:
        """Return a plan for the whole year, with the sample thresholds."""
        year = self.year.data
        stars = {str(number): least for number, least in rules.SAMPLE_STARS.items()}
        return Plan(self.title.data, _midnight(date(year, 1, 1)), _midnight(date(year + 1, 1, 1)),
                    7, 3, stars)  # fmt: skip


class RoundForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a round holds besides its criteria; both days count."""

    title = StringField(
        "名称", [DataRequired("请写名称。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    since = DateField("看从哪一天起的服务", [DataRequired("请填日期。")])
    until = DateField("到哪一天", [DataRequired("请填日期。")])
    notice_days = whole("公示几天", 1, 60)
    least_judges = whole("每位候选人至少几位评委打分", 1, 15)
    three = whole("三星要多少分", 0, 100)
    four = whole("四星要多少分", 0, 100)
    five = whole("五星要多少分", 0, 100)
    version = HiddenField()
    submit = SubmitField("保存")

    def validate_until(self, field: Field) -> None:
        """Check that the days are in order and within reach."""
        if not (self.since.data and field.data):
            return
        if not _FIRST <= self.since.data <= field.data <= _LAST:
            raise ValidationError("日期不对：要晚于开始的那一天，年份在 2020 到 2100 之间。")

    def validate_five(self, field: Field) -> None:
        """Check that more stars need more points."""
        values = (self.three.data, self.four.data, field.data)
        if None not in values and not values[0] < values[1] < values[2]:
            raise ValidationError("星越多，要的分应该越高。")

    def show(self, subject: StarRound) -> None:
        """Fill in what is known."""
        self.title.data, self.version.data = subject.title, subject.version
        self.since.data = local(subject.since).date()
        self.until.data = (local(subject.until) - timedelta(days=1)).date()
        self.notice_days.data, self.least_judges.data = subject.notice_days, subject.least_judges
        for name, stars in (("three", 3), ("four", 4), ("five", 5)):
            self[name].data = round(subject.thresholds.get(stars, rules.FULL))

    def plan(self) -> Plan:
        """Return the checked values."""
        return Plan(
            title=self.title.data,
            since=_midnight(self.since.data),
            until=_midnight(self.until.data + timedelta(days=1)),
            notice_days=self.notice_days.data,
            least_judges=self.least_judges.data,
            stars={"3": float(self.three.data), "4": float(self.four.data),
                   "5": float(self.five.data)},
        )  # fmt: skip


def lines_of(values: MultiDict[str, str]) -> list[Line]:
    """Return the criteria of a form, one for each filled line. Raises Refusal with the line."""
    found = []
    for number in range(1, rules.MOST_CRITERIA + 1):
        source, label, weight, target = (
            values.get(f"{name}-{number}", "").strip()
            for name in ("source", "label", "weight", "target")
        )
        if not source:
            continue
        where = f"第 {number} 项："
        if source not in rules.SOURCES:
            raise Refusal(f"{where}请从列出的选项里选。")
        if not 0 < len(label) <= rules.LABEL_LENGTH:
            raise Refusal(f"{where}请写名称，最多 {rules.LABEL_LENGTH} 个字。")
        share = row_number(weight)
        if share is None or share > rules.FULL:
            raise Refusal(f"{where}权重请填 0 到 100 之间的整数。")
        try:
            full = float(target)
        except ValueError:
            full = 0.0
        if not 0 < full <= 100_000:
            raise Refusal(f"{where}“多少算满分”请填大于 0 的数。")
        found.append(Line(source, label, share, full))
    if not found:
        raise Refusal("请至少留一项。")
    return found


class JudgeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A member of the panel."""

    username = StringField("评委的账号", [DataRequired("请填写账号。")], filters=[stripped])
    submit = SubmitField("添加评委")


class ObjectionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What somebody says against a result. `more` is left empty by people: they cannot see it."""

    candidate = SelectField("关于谁", coerce=int, invalid_choice_message="请从列出的选项里选。")
    text = TextAreaField(
        "有什么不对",
        [DataRequired("请写几句话，说说有什么不对。"), at_most(rules.WORDS_LENGTH)],
        filters=[stripped],
    )
    contact = StringField("怎么联系您", [at_most(60)], filters=[stripped])
    more = StringField("这一栏请留空", filters=[stripped])
    token = HiddenField()
    submit = SubmitField("提出异议")

    def offer(self, people: list[tuple[int, str]]) -> None:
        """Fill the list of candidates."""
        self.candidate.choices = [SelectChoice(0, "整个结果"), *(SelectChoice(*p) for p in people)]

    def validate_more(self, field: Field) -> None:
        """Turn away programs, which fill in every field that they find."""
        if field.data:
            raise ValidationError("请不要填写这一栏。")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LOCAL_ZONE)
