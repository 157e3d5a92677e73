"""Form of an account that is opened from elsewhere."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from sanshi_lms.account.forms import NAME, ORGANISATION, stripped
from sanshi_lms.account.rules import ROLES


class NewPersonForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a new account needs that has no password."""

    display_name = StringField("姓名", NAME, filters=[stripped])
    organisation = StringField("单位或社区", ORGANISATION, filters=[stripped])
    role = RadioField(
        "您的身份",
        [DataRequired("请选择您的身份。")],
        choices=[SelectChoice(r.name, r.label) for r in ROLES.values() if r.self_chosen],
        default="cadre",
    )
    consent = BooleanField(
        "我已阅读并同意个人信息说明", [DataRequired("请先阅读个人信息说明，再勾选同意。")]
    )
    submit = SubmitField("新开账号")
