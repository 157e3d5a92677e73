"""The form of a broadcast."""

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from sanshi_lms.account import OwnerForm
from sanshi_lms.broadcasts.actions import BroadcastValues
from sanshi_lms.broadcasts.models import Broadcast
from sanshi_lms.broadcasts.rules import (
    LONGEST_ABOUT,
    LONGEST_TITLE,
    LONGEST_URL,
    length_problem,
    link_problem,
)
from sanshi_lms.core.fields import from_field, to_field, when_field


def _strip(value: str | None) -> str:
    return (value or "").strip()


class BroadcastForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """When a broadcast is and where it is seen; times are local."""

    nonce = HiddenField()
    title = StringField(
        "名称",
        [DataRequired("请填写名称。"), Length(max=LONGEST_TITLE, message="名称最多 100 个字。")],
        filters=[_strip],
    )
    starts = when_field("开始时间")
    ends = when_field("结束时间")
    url = StringField(
        "直播网址",
        [DataRequired("请填写直播网址。"), Length(max=LONGEST_URL, message="网址太长了。")],
        filters=[_strip],
    )
    replay_url = StringField(
        "回放网址", [Optional(), Length(max=LONGEST_URL, message="网址太长了。")], filters=[_strip]
    )
    about = TextAreaField(
        "要准备什么",
        [Optional(), Length(max=LONGEST_ABOUT, message="最多 1000 个字。")],
        filters=[_strip],
    )

    def validate_url(self, field: Field) -> None:
        """Check the address."""
        _check(field)

    def validate_replay_url(self, field: Field) -> None:
        """Check the address; a lecture of ours is named by its path."""
        if not (field.data.startswith("/courses/") and "//" not in field.data):
            _check(field)

    def validate_ends(self, field: Field) -> None:
        """Check the length."""
        if field.data and self.starts.data:
            problem = length_problem(self.starts.data, field.data)
            if problem:
                raise ValidationError(problem)

    def show(self, subject: Broadcast) -> None:
        """Fill in the times of a broadcast."""
        self.starts.data, self.ends.data = to_field(subject.starts_at), to_field(subject.ends_at)

    def values(self) -> BroadcastValues:
        """Return the checked values."""
        return BroadcastValues(
            self.title.data,
            from_field(self.starts.data),
            from_field(self.ends.data),
            self.url.data,
            self.replay_url.data or "",
            self.about.data or "",
        )


class NewBroadcastForm(BroadcastForm, OwnerForm):
    """When a new broadcast is, and whose it is."""


def _check(field: Field) -> None:
    problem = link_problem(field.data)
    if problem:
        raise ValidationError(problem)
