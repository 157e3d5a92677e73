"""Table of cards: what WeChat gave us so that our pages may ask it to share them."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sanshi_lms.core.db import Model, UtcDateTime


class ShareTicket(Model):
    """The jsapi_ticket of an official account, one for all processes; the worker renews it.

    `sealed` is "" until there is one. `asked_at` is when WeChat was last asked, `problem` why it
    then gave none.
    """

    __tablename__ = "outlets_share_tickets"

    app_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed: Mapped[str] = mapped_column(Text, default="")
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    problem: Mapped[str] = mapped_column(String(200), default="")
