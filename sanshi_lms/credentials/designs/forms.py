"""The form of a design. The same names come by GET for the preview, so it needs no copy of it."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField, FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.credentials.designs.rules import (
    LONGEST_BODY,
    LONGEST_HEADING,
    LONGEST_NAME,
    LOOK_ZH,
    MOST_SIGNATURES,
    DesignDraft,
    Signature,
)

PLACES = range(1, MOST_SIGNATURES + 1)


class DesignForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """Wording, paper, seal; signatures are fields by number. `rules.problem` judges all of it."""

    name = StringField("样式名称", [DataRequired()])
    heading = StringField("标题", [DataRequired()])
    body = TextAreaField("正文", [DataRequired()])
    issuer = StringField("发证单位", [DataRequired()])
    prefix = StringField("证书编号的开头", [DataRequired()])
    look = RadioField(
        "纸样",
        [DataRequired()],
        choices=[SelectChoice(name, word) for name, word in LOOK_ZH.items()],
    )
    portrait = BooleanField("竖着的 A4（不勾是横的）")
    seal = FileField("印章图片")
    seal_id = HiddenField()
    no_seal = BooleanField("去掉印章")


for _place in PLACES:
    setattr(DesignForm, f"sign{_place}", StringField(f"第 {_place} 位签发人的姓名"))
    setattr(DesignForm, f"post{_place}", StringField("职务"))
    setattr(DesignForm, f"picture{_place}", FileField("签名图片"))
    setattr(DesignForm, f"picture{_place}_id", HiddenField())


def draft_from(values: Mapping[str, str]) -> DesignDraft:
    """Return the design that fields sent by form or address make, cut to what may be."""

    def line(name: str, most: int) -> str:
        return " ".join(values.get(name, "").split())[:most]

    signatures = tuple(
        Signature(
            line(f"sign{place}", LONGEST_NAME),
            line(f"post{place}", LONGEST_NAME),
            row_number(values.get(f"picture{place}_id", "")),
        )
        for place in PLACES
        if line(f"sign{place}", LONGEST_NAME)
    )
    return DesignDraft(
        name=line("name", 40),
        heading=line("heading", LONGEST_HEADING),
        body=values.get("body", "").replace("\r\n", "\n").strip()[:LONGEST_BODY],
        issuer=line("issuer", 60),
        prefix=line("prefix", 4).upper(),
        portrait="portrait" in values,
        look=values.get("look", "contour"),
        seal_id=None if "no_seal" in values else row_number(values.get("seal_id", "")),
        signatures=signatures,
    )


def fields_of(draft: DesignDraft) -> dict[str, object]:
    """Return what the form shows of a design."""
    shown: dict[str, object] = {
        "name": draft.name,
        "heading": draft.heading,
        "body": draft.body,
        "issuer": draft.issuer,
        "prefix": draft.prefix,
        "portrait": draft.portrait,
        "look": draft.look,
        "seal_id": draft.seal_id or "",
    }
    for place, one in enumerate(draft.signatures, 1):
        shown |= {
            f"sign{place}": one.name,
            f"post{place}": one.post,
            f"picture{place}_id": one.picture_id or "",
        }
    return shown
