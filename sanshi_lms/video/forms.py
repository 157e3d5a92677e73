"""Forms of video: a new name, a caption file."""

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from sanshi_lms.video.captions import MAX_BYTES, CaptionError, CueText, read_captions
from sanshi_lms.video.captions.languages import LANGUAGES
from sanshi_lms.video.rules import MAX_TITLE, title_problem


class RenameForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Another name for a video."""

    title = StringField(
        "视频名称", [InputRequired("请填写视频名称。")], render_kw={"maxlength": MAX_TITLE}
    )
    submit = SubmitField("保存名称")

    def validate_title(self, field: StringField) -> None:
        """Refuse what cannot be a name."""
        if problem := title_problem(field.data or ""):
            raise ValidationError(problem)


class AudienceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Who may watch a video."""

    signed_in_only = BooleanField("仅限登录人员观看")
    shows_viewer = BooleanField("播放时在画面上显示观看人的姓名（如“王*明 5678”）")
    submit_audience = SubmitField("保存谁能看")


class CaptionForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A caption file in one language."""

    language = SelectField(
        "语言",
        [InputRequired()],
        choices=[SelectChoice(name, label) for name, label in LANGUAGES.items()],
    )
    file = FileField(
        "字幕文件",
        [InputRequired("请选择一个字幕文件（.srt、.vtt、.ass 或 .txt）。")],
        render_kw={"accept": ".srt,.vtt,.ass,.ssa,.lrc,.txt,text/vtt,text/plain"},
    )
    submit_captions = SubmitField("上传字幕")

    data_bytes: bytes = b""
    cues: tuple[CueText, ...] = ()

    def validate_file(self, field: FileField) -> None:
        """Read the cues, or say at which line the file is wrong."""
        self.data_bytes = field.data.stream.read(MAX_BYTES + 1)
        try:
            self.cues = tuple(read_captions(self.data_bytes))
        except CaptionError as error:
            raise ValidationError(str(error)) from error
