"""Forms of expert teams and consultations: typed values and messages in Chinese."""

from datetime import date

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from sanshi_lms.community.experts import rules
from sanshi_lms.community.experts.actions import Plan
from sanshi_lms.community.experts.models import ExpertTeam
from sanshi_lms.community.models import Community
from sanshi_lms.core.fields import PICK, at_most, stripped
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses import TOPICS


class TeamForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A team."""

    name = StringField(
        "团队名称", [DataRequired("请写名称。"), at_most(rules.NAME_LENGTH)], filters=[stripped]
    )
    level = SelectField(
        "级别", [InputRequired(PICK)], choices=list(rules.LEVELS), invalid_choice_message=PICK
    )
    topic = SelectField(
        "专项工作",
        choices=[SelectChoice("", "不限"), *(SelectChoice(word) for word in TOPICS)],
        invalid_choice_message=PICK,
    )
    about = TextAreaField("介绍", [at_most(rules.ABOUT_LENGTH)], filters=[stripped])
    active = BooleanField("可以请", default=True)
    submit = SubmitField("保存")

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        return {name: self[name].data for name in ("name", "level", "topic", "about", "active")}


class PlanForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A consultation."""

    team = SelectField("请哪个团队", [InputRequired(PICK)], coerce=int, invalid_choice_message=PICK)
    way = SelectField(
        "怎么做", [InputRequired(PICK)], choices=list(rules.WAYS), invalid_choice_message=PICK
    )
    community = SelectField(
        "哪个社区", [InputRequired(PICK)], coerce=int, invalid_choice_message=PICK
    )
    title = StringField(
        "题目", [DataRequired("请写题目。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    problem = TextAreaField(
        "要解决什么",
        [DataRequired("请写几句话。"), at_most(rules.TEXT_LENGTH)],
        filters=[stripped],
    )
    held_on = DateField("哪一天", [DataRequired("请填日期。")])
    nonce = HiddenField()
    need_id = HiddenField()
    submit = SubmitField("约好")

    def offer(self, teams: list[ExpertTeam], communities: list[Community]) -> None:
        """Fill the lists."""
        self.team.choices = [SelectChoice(one.id, f"{one.name}（{one.level}）") for one in teams]
        self.community.choices = [
            SelectChoice(one.id, f"{one.name}（{one.place}）") for one in communities
        ]

    def validate_held_on(self, field: Field) -> None:
        """Check that the day is within reach."""
        if not date(2020, 1, 1) <= field.data <= date(2100, 1, 1):
            raise ValidationError("日期不对，请检查年份。")

    def plan(self) -> Plan:
        """Return the checked values."""
        return Plan(
            team_id=self.team.data,
            community_id=self.community.data,
            need_id=row_number(self.need_id.data or ""),
            way=self.way.data,
            title=self.title.data,
            problem=self.problem.data,
            held_on=self.held_on.data,
        )
