"""The form of a rule: typed values and messages in Chinese."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange

from sanshi_lms.learning.ruling import rules
from sanshi_lms.learning.ruling.rules import Rule

_WHOLE = "请填写整数。"


def _number(label: str, bounds: tuple[int, int], default: int) -> IntegerField:
    least, most = bounds
    wrong = f"请填写 {least} 到 {most} 之间的整数。"
    checks = [InputRequired(_WHOLE), NumberRange(least, most, wrong)]
    return IntegerField(label, checks, default=default, invalid_value_message=_WHOLE)


class RuleForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a rule asks for."""

    name = StringField(
        "规则名称", [InputRequired("请给规则起个名字。")], filters=[lambda v: (v or "").strip()]
    )
    share_percent = _number("视频要看满百分之几", rules.SHARE, 90)
    fastest_percent = _number("最快几倍速还算（百分数，200 就是 2 倍）", rules.FASTEST, 200)
    in_order = RadioField(
        "能不能拖动",
        choices=[
            SelectChoice("0", "可以随意拖动，跳过的部分不算"),
            SelectChoice("1", "第一遍要按顺序看，没看过的不能跳"),
        ],
        default="0",
        invalid_choice_message="请从列出的选项里选。",
    )
    presence_minutes = _number("连续播放几分钟没有动静，问一声“还在看吗”", rules.PRESENCE, 0)
    questions = BooleanField("视频里的弹题要答对，这一课才算学完", default=True)
    reading_percent = _number("图文要读满所标分钟数的百分之几", rules.READING, 0)
    tick = BooleanField("图文读完要自己点“我读完了”", default=True)
    quiz_percent = _number("测验至少要多少分", rules.QUIZ, 0)
    move_courses = BooleanField("正在用这条规则的课程，也改用新版本", default=True)

    @classmethod
    def of(cls, rule: Rule) -> "RuleForm":
        """Return the form filled with `rule`."""
        values: dict[str, Any] = {"name": rule.name, **rules.asked(rule)}
        return cls(data={**values, "in_order": "1" if rule.in_order else "0"})

    def rule(self) -> Rule | None:
        """Return the rule asked for; None, with messages at the fields, when it is not sound."""
        if not self.validate():
            return None
        given = {name: self[name].data for name in rules.ASKED}
        asked = rules.made_of(self.name.data, 1, {**given, "in_order": self.in_order.data == "1"})
        wrong = rules.problem(asked)
        if wrong:
            self[wrong[0]].errors = [wrong[1]]
            return None
        return asked
