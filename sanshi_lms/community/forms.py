"""Forms of communities and 三师: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FloatField,
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

from sanshi_lms.community import rules
from sanshi_lms.community.actions import Profile
from sanshi_lms.community.matching import WEIGHTS
from sanshi_lms.community.models import Professional
from sanshi_lms.community.queries import districts, kinds, professions
from sanshi_lms.courses import TOPICS

_PICK = "请从列出的选项里选。"
LONGEST_HOURS = 24 * 366


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _named(what: str) -> list[object]:
    return [
        DataRequired(f"请填写{what}。"),
        Length(max=rules.NAME_LENGTH, message=f"{what}最多 {rules.NAME_LENGTH} 个字。"),
    ]


def _hours() -> list[object]:
    return [
        InputRequired("请填写小时数，不限时请填 0。"),
        NumberRange(0, LONGEST_HOURS, f"请填 0 到 {LONGEST_HOURS} 之间的整数。"),
    ]


def _whole(label: str, validators: list[object]) -> IntegerField:
    return IntegerField(label, validators, invalid_value_message="请填写整数，例如 24。")


class CommunityForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A new community."""

    district = StringField("区县", _named("区县"), filters=[_strip])
    street = StringField("街道", _named("街道"), filters=[_strip])
    name = StringField("社区名称", _named("社区名称"), filters=[_strip])
    code = StringField("编号", filters=[_strip])
    submit = SubmitField("添加")

    def row(self) -> rules.CommunityRow | None:
        """Return the row, or None with a message at the code."""
        code = rules.read_code(self.code.data) if self.code.data else ""
        if code is None:
            self.code.errors = ["编号请用 3 到 12 个字母或数字，或者留空让系统来定。"]
            return None
        return rules.CommunityRow(1, self.district.data, self.street.data, self.name.data, code)


class ChangeCommunityForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What can be changed of a community."""

    street = StringField("街道", _named("街道"), filters=[_strip])
    name = StringField("社区名称", _named("社区名称"), filters=[_strip])
    active = BooleanField("收需求：居民扫码可以提需求")
    submit = SubmitField("保存")


class MemberForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Who handles a community's needs."""

    username = StringField("干部的账号", [DataRequired("请填写账号。")], filters=[_strip])
    submit = SubmitField("添加")


class NameForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """One name: a kind of need, a profession."""

    name = StringField("名称", _named("名称"), filters=[_strip])
    submit = SubmitField("添加")


class KindForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A kind of need and its limits, in hours; 0 is no limit."""

    name = StringField("名称", _named("名称"), filters=[_strip])
    sign_hours = _whole("几小时内签收", _hours())
    respond_hours = _whole("几小时内响应", _hours())
    close_hours = _whole("几小时内办结", _hours())
    confirm_hours = _whole("办结几小时后该回访", _hours())
    topic = SelectField(
        "属于哪项专项工作",
        default="",
        choices=[SelectChoice("", "不属于"), *(SelectChoice(word) for word in TOPICS)],
        invalid_choice_message=_PICK,
    )
    warn_percent = _whole(
        "还剩百分之几的时间时提醒",
        [InputRequired("请填 0 到 100。"), NumberRange(0, 100, "请填 0 到 100。")],
    )
    working_days = BooleanField("时限只算工作日（周末和法定节假日不算，调休上班的算）")
    active = BooleanField("使用中：提需求时可以选")
    submit = SubmitField("保存")

    def values(self) -> dict[str, object]:
        """Return the checked values."""
        names = ("sign_hours", "respond_hours", "close_hours", "confirm_hours", "warn_percent")
        found: dict[str, object] = {name: self[name].data for name in names}
        chosen = {name: self[name].data for name in ("name", "active", "working_days", "topic")}
        return {**found, **chosen}


class ProfileForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a 三师 says of themselves."""

    profession = SelectField(
        "我的专业", [InputRequired("请选择专业。")], coerce=int, invalid_choice_message=_PICK
    )
    districts = SelectMultipleField(
        "我可以去哪些区县",
        [DataRequired("请至少选一个区县。")],
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    kinds = SelectMultipleField(
        "我能帮什么忙",
        [DataRequired("请至少选一项。")],
        coerce=int,
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    about = TextAreaField(
        "自我介绍",
        [Length(max=rules.ABOUT_LENGTH, message=f"请不要超过 {rules.ABOUT_LENGTH} 个字。")],
        filters=[_strip],
    )
    qualifications = TextAreaField("职业资格、职称", filters=[_strip])
    languages = SelectMultipleField(
        "会说、会用",
        choices=[SelectChoice(word) for word in rules.LANGUAGES],
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    association = StringField(
        "协会或单位", [Length(max=60, message="请不要超过 60 个字。")], filters=[_strip]
    )
    work = TextAreaField(
        "做过的事",
        [Length(max=rules.WORK_LENGTH, message=f"请不要超过 {rules.WORK_LENGTH} 个字。")],
        filters=[_strip],
    )
    most_open = _whole(
        "同时最多接几件",
        [
            InputRequired("请填件数。"),
            NumberRange(1, rules.MOST_OPEN, f"请填 1 到 {rules.MOST_OPEN} 之间的整数。"),
        ],
    )
    listed = BooleanField("公开：居民在“找三师”里也能看到我的姓名、专业和介绍")
    available = BooleanField("现在可以接新的需求", default=True)
    submit = SubmitField("保存")

    def validate_qualifications(self, field: Field) -> None:
        """Check that they are few and short, one to a line."""
        if problem := rules.qualifications_problem(field.data):
            raise ValidationError(problem)

    def offer(self) -> None:
        """Fill the lists."""
        self.profession.choices = [SelectChoice(p.id, p.name) for p in professions()]
        self.districts.choices = [SelectChoice(name) for name in districts()]
        self.kinds.choices = [SelectChoice(k.id, k.name) for k in kinds("resident")]

    def show(self, known: Professional) -> None:
        """Fill in what is known."""
        self.profession.data = known.profession_id
        self.districts.data = [one.name for one in known.districts]
        self.kinds.data = [one.kind_id for one in known.kinds]
        for name in ("about", "available", "listed", "qualifications", "association", "work"):
            self[name].data = getattr(known, name)
        self.languages.data = known.languages.split("、") if known.languages else []
        self.most_open.data = known.most_open

    def values(self) -> Profile:
        """Return the checked values."""
        return Profile(
            profession_id=self.profession.data,
            districts=tuple(self.districts.data),
            kind_ids=tuple(self.kinds.data),
            about=self.about.data,
            available=self.available.data,
            listed=self.listed.data,
            qualifications=self.qualifications.data,
            languages=tuple(self.languages.data or ()),
            association=self.association.data,
            work=self.work.data,
            most_open=self.most_open.data,
        )


class WeightsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What each thing counts when a need is matched: a field for each weight."""

    submit = SubmitField("保存")


for _weight in WEIGHTS.values():
    setattr(
        WeightsForm,
        _weight.name,
        FloatField(
            _weight.label,
            [InputRequired("请填一个数，不算请填 0。"), NumberRange(0, 100, "请填 0 到 100。")],
        ),
    )
