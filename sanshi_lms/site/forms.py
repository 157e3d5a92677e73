"""Forms of the room site: one sample of each field for the style guide."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget


class SampleForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Every kind of field once."""

    title = StringField("标题", [DataRequired("请填写标题，学员靠它认课。")])
    body = TextAreaField("简介")
    topic = SelectField("主题", [DataRequired()], choices=["城市更新", "城市体检"])
    audience = SelectMultipleField(
        "适合谁",
        choices=["社区干部", "居民", "三师"],
        option_widget=CheckboxInput(),
        widget=ListWidget(),
    )
    agree = BooleanField("发布后立刻可见")
