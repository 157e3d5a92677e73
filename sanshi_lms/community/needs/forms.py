"""Forms of needs. The form token stands in for a captcha: signed, dated, good for one need."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import (
    Field,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from sanshi_lms.community.models import Kind
from sanshi_lms.community.needs import codes, rules
from sanshi_lms.community.needs.actions import Given
from sanshi_lms.community.needs.filing import CONCERNS, Report, file_need
from sanshi_lms.community.needs.models import Need
from sanshi_lms.community.needs.narrowing import number_in
from sanshi_lms.core.db import release_connection
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.fields import stripped
from sanshi_lms.core.pictures import encode, private_folder, put_away

_PICK = "请从列出的选项里选。"


@dataclass(frozen=True)
class FormMark:
    """What a form token says: when the form was opened, and the form's own name."""

    began: datetime
    nonce: str


def issue_token(moment: datetime) -> str:
    """Return a token for a form that is opened at `moment`."""
    return str(_signer().dumps([moment.timestamp(), secrets.token_hex(16)]))


def read_token(token: str, moment: datetime) -> FormMark | None:
    """Return what a token of ours says, or None when it is not ours or older than a day."""
    try:
        began, nonce = _signer().loads(token)
        mark = FormMark(datetime.fromtimestamp(began, UTC), str(nonce))
    except (BadData, ValueError, TypeError, OverflowError):
        return None
    age = (moment - mark.began).total_seconds()
    return mark if 0 <= age <= rules.FORM_HOURS * 3600 else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="community.needs.form")


class ReportForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What somebody asks for. `more` is left empty by people: they cannot see it."""

    kind = RadioField(
        "是哪一类事", [DataRequired("请选一类。")], coerce=int, invalid_choice_message=_PICK
    )
    text = TextAreaField(
        "请说说是什么事",
        [
            DataRequired("请写几句话，说说是什么事。"),
            Length(max=rules.TEXT_LENGTH, message=f"请不要超过 {rules.TEXT_LENGTH} 个字。"),
        ],
        filters=[stripped],
    )
    place = StringField(
        "在什么地方",
        [Length(max=rules.PLACE_LENGTH, message=f"请不要超过 {rules.PLACE_LENGTH} 个字。")],
        filters=[stripped],
    )
    concerns = SelectMultipleField(
        "关系到谁",
        choices=[SelectChoice(word) for word in CONCERNS],
        invalid_choice_message=_PICK,
        widget=ListWidget(),
        option_widget=CheckboxInput(),
    )
    photos = MultipleFileField("照片")
    phone = StringField("联系电话", filters=[stripped])
    more = StringField("这一栏请留空", filters=[stripped])
    token = HiddenField()
    submit = SubmitField("提交")

    def offer(self, kinds: Sequence[Kind]) -> None:
        """Fill the list of kinds."""
        self.kind.choices = [SelectChoice(kind.id, kind.name) for kind in kinds]

    def validate_phone(self, field: Field) -> None:
        """Check a phone number if one was given."""
        if field.data and codes.read_phone(field.data) is None:
            raise ValidationError("电话号码好像不对，请检查，也可以不填。")

    def validate_more(self, field: Field) -> None:
        """Turn away programs, which fill in every field that they find."""
        if field.data:
            raise ValidationError("请不要填写这一栏。")

    def chosen_photos(self) -> list[bytes]:
        """Return the bytes of the chosen photos; browsers send an empty part when there is none."""
        files: list[FileStorage] = [f for f in self.photos.data or () if isinstance(f, FileStorage)]
        if len(files) > rules.PHOTOS:
            raise Refusal(f"照片最多 {rules.PHOTOS} 张，请去掉几张再提交。")
        return [data for data in (file.read() for file in files) if data]


class StaffForm(ReportForm):
    """The same for a cadre or a 三师, who choose the community."""

    community = SelectField(
        "哪个社区", [DataRequired("请选择社区。")], coerce=int, invalid_choice_message=_PICK
    )


def receive(
    form: ReportForm, moment: datetime, report_of: Callable[[FormMark], Report]
) -> Need | None:
    """Take in what a form holds. None when there is something to mend, said in the form.

    The photos are worked on before anything is asked of the database: nobody waits for them.
    """
    mark = read_token(form.token.data or "", moment)
    complaints: list[str] = []
    if mark is None:
        complaints.append("页面放得太久了，请再按一次“提交”，您写的都还在。")
    elif rules.too_fast(mark.began, moment):
        complaints.append("提交得太快了，请过几秒再按一次“提交”。")
    if not form.validate() or mark is None or complaints:
        form.form_errors.extend(complaints)
        return None
    release_connection()
    folder = private_folder()
    try:
        pictures = encode(form.chosen_photos(), folder, rules.PHOTOS)
        need, _new = file_need(report_of(mark), pictures, moment)
    except Refusal as refusal:
        form.form_errors.append(refusal.message)
        return None
    finally:
        put_away(folder)
    return need


def given_of(values: MultiDict[str, str]) -> Given:
    """Return what came with a step."""
    return Given(
        words=stripped(values.get("words")),
        instead=stripped(values.get("instead")),
        pro_id=number_in(values.get("pro")),
        community_id=number_in(values.get("community")),
        need_id=number_in(values.get("need")),
        course_id=number_in((values.get("course") or "").partition(".")[0]),
        lesson_id=number_in((values.get("course") or "").partition(".")[2]),
    )


def seen_of(values: MultiDict[str, str]) -> int:
    """Return the version of the need that a page showed; 0 for none, which fits no need."""
    return number_in(values.get("version")) or 0
