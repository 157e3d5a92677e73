"""Forms of the service list: typed values and messages in Chinese."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from sanshi_lms.community.rules import NAME_LENGTH
from sanshi_lms.community.services import rules
from sanshi_lms.community.services.actions import Offer
from sanshi_lms.community.services.models import Service
from sanshi_lms.community.services.queries import stages
from sanshi_lms.core.fields import PICK, at_most, stripped
from sanshi_lms.core.row_numbers import row_number
from sanshi_lms.courses import TOPICS


class ServiceForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """What a service holds. `version` is what its 三师 saw; `nonce` names the form of a new one."""

    title = StringField(
        "服务名称",
        [DataRequired("请写服务名称。"), at_most(rules.TITLE_LENGTH)],
        filters=[stripped],
    )
    topic = SelectField(
        "属于哪项专项工作",
        [DataRequired("请选一项。")],
        choices=[SelectChoice("", "请选择"), *(SelectChoice(word) for word in TOPICS)],
        invalid_choice_message=PICK,
    )
    stage = SelectField(
        "在哪个环节帮忙",
        [DataRequired("请选一个环节。")],
        coerce=int,
        invalid_choice_message=PICK,
    )
    delivers = TextAreaField(
        "做什么，给社区留下什么",
        [DataRequired("请写几句话。"), at_most(rules.DELIVERS_LENGTH)],
        filters=[stripped],
    )
    takes = StringField("要多久", [at_most(rules.TAKES_LENGTH)], filters=[stripped])
    pay = RadioField(
        "收不收费",
        [DataRequired("请选一种。")],
        choices=[SelectChoice("free", "公益，不收费"), SelectChoice("paid", "市场，要收费")],
        default="free",
        invalid_choice_message=PICK,
    )
    price = StringField("怎么收费", [at_most(rules.PRICE_LENGTH)], filters=[stripped])
    nonce = HiddenField()
    version = HiddenField()
    submit = SubmitField("提交")

    def offer_choices(self, service: Service | None) -> None:
        """Fill the list of stages; the one of `service` stays, even out of use."""
        known = stages()
        if service is not None and service.stage not in known:
            known.append(service.stage)
        first = [] if service is not None else [SelectChoice(0, "请选择")]
        self.stage.choices = [*first, *(SelectChoice(one.id, one.name) for one in known)]

    def show(self, service: Service) -> None:
        """Fill in what is known."""
        for name in ("title", "topic", "delivers", "takes", "pay", "price"):
            self[name].data = getattr(service, name)
        self.stage.data, self.version.data = service.stage_id, service.version

    def values(self) -> Offer:
        """Return the checked values."""
        return Offer(
            title=self.title.data,
            topic=self.topic.data,
            stage_id=self.stage.data,
            delivers=self.delivers.data,
            takes=self.takes.data,
            pay=self.pay.data,
            price=self.price.data,
        )

    def seen(self) -> int:
        """Return the version that the page showed; 0 for none, which fits no service."""
        return row_number(self.version.data or "") or 0


class StageForm(FlaskForm):  # type: ignore[misc]  # flask-wtf ships no types
    """A stage of a task."""

    name = StringField(
        "环节", [DataRequired("请填写环节名称。"), at_most(NAME_LENGTH)], filters=[stripped]
    )
    active = BooleanField("使用中", default=True)
    submit = SubmitField("保存")
