"""Forms of units: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from sanshi_lms.account.models import Unit
from sanshi_lms.account.units.queries import find_units, posts, unit_paths
from sanshi_lms.account.units.rules import CODE_LENGTH, POST_LENGTH, UNIT_KINDS, name_problem
from sanshi_lms.core.reach import EVERYTHING, Reach

MOST_TOLD = 5
_CODE = [Length(max=CODE_LENGTH, message=f"编号最多 {CODE_LENGTH} 个字。")]
LONG = [Length(max=300, message="写得太长，请只写单位名称。")]


def strip(value: str | None) -> str:
    return (value or "").strip()


def named_unit(words: str, reach: Reach = EVERYTHING) -> Unit | None:
    """Return the unit that somebody typed, None when they typed nothing.

    Raises ValidationError when it is none or several, and when nothing was typed by somebody who
    may not act over everything.
    """
    if not words.strip():
        if not reach.everything:
            raise ValidationError("请写清是您负责的哪个单位。")
        return None
    found = find_units(words, reach)
    if len(found) == 1:
        return found[0]
    if not found and not reach.everything:
        raise ValidationError("您负责的范围里没有这个单位。请照单位名单写全称，或者从列表里选。")
    if not found:
        raise ValidationError("没有找到这个单位。请照单位名单写全称，或者先到“单位”里添加。")
    paths = unit_paths()
    several = "；".join(paths[unit.id] for unit in found[:MOST_TOLD])
    raise ValidationError(f"有几个同名的单位，请写清是哪一个：{several}")


class _Unit(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What every form of a unit has."""

    name = StringField("名称", filters=[strip], validators=[DataRequired("请填写单位名称。")])
    parent = StringField("上级单位", LONG, filters=[strip])
    code = StringField("编号", _CODE, filters=[strip])
    found: Unit | None = None
    reach = EVERYTHING

    def validate_name(self, field: Field) -> None:
        """Check the name."""
        problem = name_problem(field.data)
        if problem:
            raise ValidationError(problem)

    def validate_parent(self, field: Field) -> None:
        """Find the unit above."""
        self.found = named_unit(field.data, self.reach)


class UnitForm(_Unit):
    """A new unit."""

    kind = SelectField("类别", choices=[SelectChoice(kind) for kind in UNIT_KINDS])
    submit = SubmitField("添加")


class ChangeUnitForm(_Unit):
    """What can be changed of a unit."""

    active = BooleanField("使用中：可以把人归到这个单位")
    submit = SubmitField("保存")


class LeaderForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Who answers for a unit's people."""

    username = StringField("负责人的账号", [DataRequired("请填写账号。")], filters=[strip])
    submit = SubmitField("添加")


class PostForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """An entry of the list of posts."""

    name = StringField(
        "岗位名称",
        [
            DataRequired("请填写岗位名称。"),
            Length(max=POST_LENGTH, message=f"岗位名称最多 {POST_LENGTH} 个字。"),
        ],
        filters=[strip],
    )
    submit = SubmitField("添加")


class PlaceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Where a person belongs and what they work as."""

    unit = StringField("单位", LONG, filters=[strip])
    post = SelectField("岗位", default="")
    submit = SubmitField("保存")
    found: Unit | None = None
    reach = EVERYTHING

    def offer(self, present: str) -> None:
        """Fill the list of posts; a post that was taken off it stays with who holds it."""
        names = [post.name for post in posts()]
        names += [present] if present and present not in names else []
        self.post.choices = [SelectChoice("", "未填"), *(SelectChoice(name) for name in names)]

    def validate_unit(self, field: Field) -> None:
        """Find the unit."""
        self.found = named_unit(field.data, self.reach)
