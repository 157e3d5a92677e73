"""Settings that an administrator changes in the page, at once and for all processes.

The environment (`core.settings`) says how the installation is built and needs a restart; an option
says what people read, and whether they may register. Rooms enter theirs in their setup. What is in
force is the newest change of each; nothing is ever overwritten, so the history is the truth.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Flask, current_app
from sqlalchemy import String, Text, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.clock import local, now
from sanshi_lms.core.db import Model, UtcDateTime, db
from sanshi_lms.core.shared import share, shared

_KEY = "core.options"
YES, NO = "1", ""
_ICP = re.compile(r"[\u4e00-\u9fff]ICP备\d{4,10}号(-\d{1,3})?")
_POLICE = re.compile(r"[\u4e00-\u9fff]公网安备\s?\d{14}号")
_PHONE = re.compile(r"[0-9+][0-9 -]{4,19}(转\d{1,6})?")
_log = logging.getLogger(__name__)


class OptionChange(Model):
    """One change of an option; None stands for the usual value. Rows are only added."""

    __tablename__ = "core_option_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30), index=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    # Who: a number only, as in the audit trail, so that it outlasts the account.
    person_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Option:
    """A setting: `kind` is "text", "day" or "switch" (YES or NO); `problem` judges a text.

    `usual` is in force until somebody chooses; a switch that is off has the value "".
    """

    name: str
    group: str
    label: str
    hint: str = ""
    kind: str = "text"
    usual: str = ""
    most: int = 60
    problem: Callable[[str], str | None] = lambda _: None


def setup(app: Flask) -> None:
    """Enter core's own options and let templates read all."""
    app.extensions[_KEY] = {}
    share(app, "settings", OptionChange)
    app.jinja_env.globals["site_options"] = options
    app.jinja_env.globals["site_banner"] = banner
    app.add_template_filter(digits)
    app.add_template_filter(dialled)
    with app.app_context():
        for option in _OWN:
            add_option(option)


def add_option(option: Option) -> None:
    """Let administrators choose it in the page."""
    known_options()[option.name] = option


def known_options() -> dict[str, Option]:
    """Return all options by name, in the order in which they were entered."""
    found: dict[str, Option] = current_app.extensions[_KEY]
    return found


def options() -> dict[str, str]:
    """Return what is in force, by name."""
    usual = {option.name: option.usual for option in known_options().values()}
    try:
        chosen = chosen_options()
    except SQLAlchemyError:
        # An error page is drawn while the database does not answer: it has a name all the same.
        _log.exception("the settings cannot be read")
        return usual
    return {**usual, **{name: value for name, value in chosen.items() if name in usual}}


@shared("settings")
def chosen_options() -> dict[str, str]:
    """Return what somebody chose, by name."""
    newest = select(func.max(OptionChange.id)).group_by(OptionChange.name)
    query = select(OptionChange.name, OptionChange.after).where(OptionChange.id.in_(newest))
    return {name: after for name, after in db.session.execute(query) if after is not None}


def is_on(name: str) -> bool:
    """Tell whether a switch is on."""
    return options()[name] == YES


def banner() -> str:
    """Return the announcement for everybody, "" when there is none or its last day is over."""
    found = options()
    until = found["banner_until"]
    over = bool(until) and date.fromisoformat(until) < local(now()).date()
    return "" if over else found["banner"]


def digits(text: str) -> str:
    """Return only the digits of a text."""
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


def dialled(phone: str) -> str:
    """Return a phone number as a tel: link dials it; after a pause the extension."""
    number, _, extension = phone.partition("转")
    plus = "+" if number.startswith("+") else ""
    return f"{plus}{digits(number)}{f',{extension}' if extension else ''}"


def _looks_like(pattern: re.Pattern[str], example: str) -> Callable[[str], str | None]:
    def problem(text: str) -> str | None:
        return None if pattern.fullmatch(text) else f"请照这个样子填：{example}"

    return problem


_OWN = (
    Option(
        "site_name", "网站", "网站名称", "显示在每一页的页头、标题和页脚，清空就恢复成原来的",
        usual="三师微课堂", most=20,
    ),
    Option(
        "tagline", "网站", "页脚的一句话", "说明网站是做什么的",
        usual="规划师、建筑师、工程师进社区", most=40,
    ),
    Option(
        "contact", "网站", "联系方式", "显示在页脚，例如：市规划学会培训部，工作日 9 点到 17 点",
        most=80,
    ),
    Option(
        "phone", "网站", "服务电话", "显示在页脚，手机上点一下就能拨打", most=30,
        problem=_looks_like(_PHONE, "023-67890000 或 023-67890000转12"),
    ),
    Option(
        "icp", "备案", "ICP 备案号", "显示在页脚，链接到工信部备案网站", most=40,
        problem=_looks_like(_ICP, "渝ICP备12345678号-1"),
    ),
    Option(
        "police", "备案", "公安备案号", "显示在页脚，链接到公安备案网站", most=40,
        problem=_looks_like(_POLICE, "渝公网安备50010302001234号"),
    ),
    Option("banner", "公告", "公告内容", "显示在每一页的最上面，留空就不显示", most=120),
    Option(
        "banner_until", "公告", "显示到哪一天", "过了这一天自动不再显示，留空就一直显示",
        kind="day",
    ),
)  # fmt: skip
