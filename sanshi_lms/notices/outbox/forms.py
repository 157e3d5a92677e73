"""Forms of the outbox: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from sanshi_lms.notices.outbox.channels import open_channels
from sanshi_lms.notices.outbox.rules import ADDRESS_LENGTH


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _address(what: str) -> list[object]:
    return [
        DataRequired(f"请填写{what}。"),
        Length(max=ADDRESS_LENGTH, message=f"{what}太长，请检查。"),
    ]


class AddressForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Where somebody wants to be told."""

    address = StringField("地址", _address("地址"), filters=[_strip])
    submit = SubmitField("发送验证码")


class CodeForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """The digits that came to an address."""

    code = StringField(
        "验证码", [DataRequired("请填写收到的验证码。"), Length(max=12)], filters=[_strip]
    )
    submit = SubmitField("确认")


class TestForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A message that only shows that a channel works."""

    channel = SelectField("渠道", [InputRequired("请选择渠道。")])
    address = StringField("发到哪里", _address("地址"), filters=[_strip])
    submit = SubmitField("发送测试")

    def offer(self) -> None:
        """Fill the list of channels."""
        self.channel.choices = [SelectChoice(one.name, one.label) for one in open_channels()]


def _whole(label: str, least: int, most: int) -> IntegerField:
    sentence = f"请填 {least} 到 {most} 之间的整数。"
    return IntegerField(
        label,
        [InputRequired(sentence), NumberRange(least, most, sentence)],
        invalid_value_message=sentence,
    )


class PolicyForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Quiet hours and tries."""

    quiet_from = _whole("晚上几点起不发", 0, 23)
    quiet_until = _whole("早上几点起再发", 0, 23)
    most_attempts = _whole("一条消息最多试几次", 1, 20)
    submit = SubmitField("保存")
