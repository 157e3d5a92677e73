"""Forms of the room account: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, Length, ValidationError

from sanshi_lms.account.passwords.checking import password_problem
from sanshi_lms.account.rules import (
    ROLES,
    display_name_problem,
    normalise_username,
    username_problem,
)
from sanshi_lms.core.reach import Reach


def stripped(value: str | None) -> str:
    return (value or "").strip()


def _named(form: FlaskForm, field: Field) -> None:
    del form
    _stop_if(display_name_problem(field.data or ""))


def _stop_if(problem: str | None) -> None:
    if problem:
        raise ValidationError(problem)


NAME = [DataRequired("请填写姓名。"), _named]
ORGANISATION = [Length(max=60, message="单位名称请不要超过 60 个字。")]
_AGAIN = [
    DataRequired("请再输一次新密码。"),
    EqualTo("password", message="两次输入的密码不一样，请再输一次。"),
]


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Account name and password."""

    username = StringField("账号或手机号", [DataRequired("请填写账号。")], filters=[stripped])
    password = PasswordField("密码", [DataRequired("请填写密码。")])
    remember = BooleanField("下次自动登录（公用电脑请不要勾选）")
    submit = SubmitField("登录")


class ActivateForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A code from the administrator and the first password."""

    username = StringField("账号或手机号", [DataRequired("请填写账号。")], filters=[stripped])
    code = StringField(
        "激活码", [DataRequired("请填写激活码。"), Length(max=40)], filters=[stripped]
    )
    password = PasswordField("新密码", [DataRequired("请填写密码。")])
    again = PasswordField("再输一次新密码", _AGAIN)
    consent = BooleanField(
        "我已阅读并同意个人信息说明", [DataRequired("请先阅读个人信息说明，再勾选同意。")]
    )
    submit = SubmitField("激活并登录")

    def validate_password(self, field: Field) -> None:
        """Check the password against the account name; whose it is stands behind the code."""
        _stop_if(password_problem(field.data, normalise_username(self.username.data or "")))


class RegisterForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a new account needs; nothing else is asked."""

    username = StringField("账号", [DataRequired("请填写账号。")], filters=[stripped])
    display_name = StringField("姓名", NAME, filters=[stripped])
    organisation = StringField("单位或社区", ORGANISATION, filters=[stripped])
    role = RadioField(
        "您的身份",
        [DataRequired("请选择您的身份。")],
        choices=[SelectChoice(r.name, r.label) for r in ROLES.values() if r.self_chosen],
        default="cadre",
    )
    password = PasswordField("密码", [DataRequired("请填写密码。")])
    consent = BooleanField(
        "我已阅读并同意个人信息说明", [DataRequired("请先阅读个人信息说明，再勾选同意。")]
    )
    submit = SubmitField("注册")

    def validate_username(self, field: Field) -> None:
        """Check the account name."""
        _stop_if(username_problem(normalise_username(field.data)))

    def validate_password(self, field: Field) -> None:
        """Check the password against the account name and the person's own."""
        username = normalise_username(self.username.data or "")
        _stop_if(password_problem(field.data, username, self.display_name.data or ""))


class ProfileForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A person's own particulars."""

    display_name = StringField("姓名", NAME, filters=[stripped])
    organisation = StringField("单位或社区", ORGANISATION, filters=[stripped])
    submit = SubmitField("保存")


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A new password, proved by the present one."""

    present = PasswordField("现在的密码", [DataRequired("请填写现在的密码。")])
    password = PasswordField("新密码", [DataRequired("请填写新密码。")])
    again = PasswordField("再输一次新密码", _AGAIN)
    submit = SubmitField("修改密码")
    username = display_name = ""

    def validate_password(self, field: Field) -> None:
        """Check the new password."""
        _stop_if(password_problem(field.data, self.username, self.display_name))


class StandingForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """An administrator's view of a person: role and whether they may sign in."""

    role = SelectField("角色", choices=[SelectChoice(r.name, r.label) for r in ROLES.values()])
    active = BooleanField("允许登录")
    submit = SubmitField("保存")

    def offer(self, reach: Reach) -> None:
        """Leave only roles that extend to nothing, for whoever does not manage everything."""
        roles = [role for role in ROLES.values() if reach.everything or role.self_chosen]
        self.role.choices = [SelectChoice(role.name, role.label) for role in roles]


class ResetPasswordForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """An administrator sets a new password for somebody who forgot theirs."""

    password = PasswordField("新密码", [DataRequired("请填写新密码。")])
    submit_password = SubmitField("重设密码")
    username = display_name = ""

    def validate_password(self, field: Field) -> None:
        """Check the new password."""
        _stop_if(password_problem(field.data, self.username, self.display_name))
