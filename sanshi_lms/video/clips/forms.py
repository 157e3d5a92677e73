"""The form of a clip: a stretch by lines or by times, shape, purpose, words."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError

from sanshi_lms.core.fields import PICK, at_most
from sanshi_lms.core.web import mmss
from sanshi_lms.video.clips import rules
from sanshi_lms.video.clips.actions import Wanted
from sanshi_lms.video.models import CaptionCue

TO_THE_END = "end"
_SHOWN = 26  # characters of a line in a list
_TYPED = "时间看不懂，应写成“01:15”或“1:02:03.5”。"


class ClipForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a clip shall be. A typed time goes before a chosen line."""

    nonce = HiddenField()
    first = SelectField("从哪一句开始", [InputRequired(PICK)], invalid_choice_message=PICK)
    last = SelectField("到哪一句结束", [InputRequired(PICK)], invalid_choice_message=PICK)
    start = StringField("开始时间", [at_most(12)])
    end = StringField("结束时间", [at_most(12)])
    shape = RadioField(
        "画面",
        [DataRequired(PICK)],
        choices=[SelectChoice(key, label) for key, label in rules.SHAPES.items()],
        default="portrait",
        validate_choice=True,
    )
    purpose = RadioField(
        "用途",
        [DataRequired(PICK)],
        choices=[
            SelectChoice(key, f"{one.label}（最长 {rules.length_zh(rules.longest(one))}）")
            for key, one in rules.PURPOSES.items()
        ],
        default="whole",
    )
    title = StringField(
        "标题", [DataRequired("请写标题。")], filters=[lambda v: rules.plain(v or "")]
    )
    topics = StringField("话题", [at_most(rules.TOPICS_LENGTH)])
    submit = SubmitField("开始制作")

    def offer(self, lines: Sequence[CaptionCue]) -> None:
        """Let the two lists have the captions of the video, and its very beginning and end."""
        begins = (SelectChoice(f"{cue.start:.3f}", _told(cue)) for cue in lines)
        ends = (SelectChoice(f"{cue.end:.3f}", _told(cue)) for cue in lines)
        self.first.choices = [SelectChoice("0", "从头开始"), *begins]
        self.last.choices = [*ends, SelectChoice(TO_THE_END, "到最后")]
        if not self.last.data:
            self.last.data = TO_THE_END

    def validate_start(self, field: StringField) -> None:
        """Check that a typed time is one."""
        if (field.data or "").strip() and rules.read_time(field.data) is None:
            raise ValidationError(_TYPED)

    validate_end = validate_start

    def validate_title(self, field: StringField) -> None:
        """Check that the title fits."""
        if problem := rules.title_problem(field.data):
            raise ValidationError(problem)

    def validate_topics(self, field: StringField) -> None:
        """Check how many topics there are and how long."""
        if problem := rules.topics_problem(rules.topics_of(field.data or "")):
            raise ValidationError(problem)

    def wanted(self, seconds: float) -> Wanted:
        """Return what the checked form says of a video that plays for `seconds`."""
        typed = [rules.read_time(field.data or "") for field in (self.start, self.end)]
        last = seconds if self.last.data == TO_THE_END else float(self.last.data)
        return Wanted(
            start=float(self.first.data) if typed[0] is None else typed[0],
            end=last if typed[1] is None else typed[1],
            shape=self.shape.data,
            purpose=self.purpose.data,
            title=self.title.data,
            topics=self.topics.data or "",
        )


def _told(cue: CaptionCue) -> str:
    words = " ".join(cue.text.split())
    return f"{mmss(cue.start)} {words if len(words) <= _SHOWN else words[:_SHOWN] + '…'}"
