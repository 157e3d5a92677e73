"""The form of embedding: whose pages may hold our player."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, SubmitField, TextAreaField
from wtforms.validators import ValidationError

from sanshi_lms.video.embed.rules import SiteProblem, read_sites


class SitesForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A list of sites, one in each line, or everybody."""

    sites = TextAreaField("允许嵌入的网站，每行一个")
    anywhere = BooleanField("允许任何网站嵌入（上面的名单先留着，暂不起作用）")
    submit = SubmitField("保存")

    sources: tuple[str, ...] = ()

    def validate_sites(self, field: TextAreaField) -> None:
        """Read the list, or say which line is wrong."""
        try:
            self.sources = tuple(read_sites(field.data or ""))
        except SiteProblem as problem:
            raise ValidationError(str(problem)) from problem
