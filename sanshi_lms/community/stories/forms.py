"""Forms of stories: typed values and messages in Chinese."""

import re
from datetime import date
from urllib.parse import unquote, urlsplit

from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sanshi_lms.community.stories import rules
from sanshi_lms.community.stories.actions import StoryValues
from sanshi_lms.community.stories.models import Story
from sanshi_lms.community.stories.pictures import PARTS
from sanshi_lms.core.fields import at_most, stripped
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses import TOPICS, Lesson, find_lesson

_PICK = "请从列出的选项里选。"
_LESSON_PATH = re.compile(r"/courses/([a-z0-9-]+)/([a-z0-9-]+)/?")
_EARLIEST = date(1990, 1, 1)
_MOST_YUAN = 2_000_000_000


def _day(label: str) -> DateField:
    return DateField(label, [Optional()])


class BeginForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What kind of story, and what it is called."""

    kind = RadioField(
        "写什么",
        [DataRequired("请选一种。")],
        choices=[SelectChoice(k.name, f"{k.label}：{k.about}") for k in rules.KINDS.values()],
        invalid_choice_message=_PICK,
    )
    title = StringField(
        "标题", [DataRequired("请写标题。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    nonce = HiddenField()
    submit = SubmitField("开始写")


class StoryForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a story says of itself. `version` is what the writer saw."""

    title = StringField(
        "标题", [DataRequired("请写标题。"), at_most(rules.TITLE_LENGTH)], filters=[stripped]
    )
    summary = TextAreaField("一句话介绍", [at_most(rules.SUMMARY_LENGTH)], filters=[stripped])
    body_md = TextAreaField("正文", [at_most(rules.BODY_LENGTH)], filters=[stripped])
    district = StringField("区县", [at_most(20)], filters=[stripped])
    place = StringField("地点", [at_most(rules.PLACE_LENGTH)], filters=[stripped])
    topic = SelectField(
        "属于哪项专项工作",
        default="",
        choices=[SelectChoice("", "不属于"), *(SelectChoice(word) for word in TOPICS)],
        invalid_choice_message=_PICK,
    )
    matter = StringField("哪一类事", [at_most(20)], filters=[stripped])
    people = StringField("参与的人", [at_most(rules.PEOPLE_LENGTH)], filters=[stripped])
    began_on = _day("开始的日期")
    ended_on = _day("完成的日期")
    cost_yuan = IntegerField(
        "花了多少钱（元）",
        [Optional(), NumberRange(0, _MOST_YUAN, "请填 0 到 20 亿之间的整数。")],
        invalid_value_message="请填写整数，例如 36000。",
    )
    cost_note = StringField("钱从哪里来", [at_most(rules.CAPTION_LENGTH)], filters=[stripped])
    video = StringField("视频课的网址", [at_most(300)], filters=[stripped])
    lessons = SelectMultipleField(
        "相关的课",
        coerce=int,
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    more_lessons = TextAreaField("别的课的网址", [at_most(2000)], filters=[stripped])
    version = HiddenField()
    submit = SubmitField("保存")

    def offer(self, lessons: list[Lesson]) -> None:
        """Fill the list of lessons."""
        self.lessons.choices = [
            SelectChoice(one.id, f"{one.course.title}：{one.title}") for one in lessons
        ]

    def validate_ended_on(self, field: Field) -> None:
        """Check that it ended after it began, and within reach."""
        for day in (self.began_on.data, field.data):
            if day is not None and not _EARLIEST <= day <= date(2100, 1, 1):
                raise ValidationError("日期不对，请检查年份。")
        if field.data and self.began_on.data and field.data < self.began_on.data:
            raise ValidationError("完成的日期早于开始的日期，请检查。")

    def validate_video(self, field: Field) -> None:
        """Check that the address is one of a video lesson that everybody may see."""
        if not field.data:
            return
        lesson = lesson_at(field.data)
        if lesson is None or lesson.kind != "video":
            raise ValidationError("请粘贴本站一节已发布的视频课的网址。")

    def validate_more_lessons(self, field: Field) -> None:
        """Check that each line is the address of a lesson that everybody may see."""
        wrong = [line for line in field.data.split() if lesson_at(line) is None]
        if wrong:
            raise ValidationError(
                f"没有找到这节课：{wrong[0][:80]}。请粘贴本站课的网址，一行一个。"
            )

    def values(self) -> StoryValues:
        """Return the checked values."""
        video = lesson_at(self.video.data) if self.video.data else None
        more = [lesson_at(line) for line in self.more_lessons.data.split()]
        plain = (
            "title", "summary", "body_md", "district", "place", "topic", "matter", "people",
            "began_on", "ended_on", "cost_yuan", "cost_note",
        )  # fmt: skip
        return StoryValues(
            **{name: self[name].data for name in plain},
            video_lesson_id=video.id if video else None,
            lesson_ids=tuple(
                dict.fromkeys([*(self.lessons.data or ()), *(x.id for x in more if x)])
            ),
        )


class PictureForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Pictures to add."""

    part = RadioField(
        "放在哪里",
        [DataRequired("请选这张图放在哪里。")],
        choices=[SelectChoice(name, label) for name, label in PARTS.items()],
        invalid_choice_message=_PICK,
    )
    files = MultipleFileField("选图片")
    caption = StringField("图上是什么", [at_most(rules.CAPTION_LENGTH)], filters=[stripped])
    submit = SubmitField("上传")

    def chosen(self) -> list[bytes]:
        """Return the bytes of the chosen files; browsers send an empty part when there is none."""
        files = [one for one in self.files.data or () if isinstance(one, FileStorage)]
        return [data for data in (file.read() for file in files[: rules.PICTURES + 1]) if data]


def lesson_at(address: str) -> Lesson | None:
    """Return the published lesson at an address of ours, whatever its host and query."""
    try:
        path = unquote(urlsplit(address.strip()).path)
    except ValueError:
        return None
    found = _LESSON_PATH.fullmatch(path)
    return find_lesson(found[1], found[2]) if found else None


def filled(story: Story, video_url: str) -> StoryForm:
    """Return the form with what the story says now."""
    form = StoryForm(formdata=None, obj=story)
    form.version.data = str(story.version)
    form.lessons.data = [link.lesson_id for link in story.lesson_links]
    form.video.data, form.more_lessons.data = video_url, ""
    return form


def seen_of(text: str | None) -> int:
    """Return the version that a page showed; 0 for none, which fits no story."""
    return row_number(text) or 0
