"""What the administrator's desk shows of outlets: menu and words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.core.registers import (
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_menu_entry,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.outlets.drafts.models import OfficialAccount
from sanshi_lms.outlets.ledger import to_take_down
from sanshi_lms.outlets.ledger.models import Publication
from sanshi_lms.outlets.links.models import ChannelLink
from sanshi_lms.outlets.links.rules import CHANNELS

PUBLISH = "courses.publish"
WORDS = Words(
    label="对外发布",
    verbs={
        "outlets.link": "做渠道链接",
        "outlets.publish": "登记一次发布",
        "outlets.take_down": "登记已在外面撤下",
        "outlets.account": "保存公众号",
        "outlets.remove_account": "停用公众号",
        "outlets.draft": "发送公众号草稿",
    },
    fields={
        "channel": "渠道",
        "label": "备注",
        "place": "发布在哪里",
        "url": "网址",
        "words": "说明",
        "name": "公众号名称",
        "app_id": "AppID",
        "title": "标题",
    },
    values={"channel": CHANNELS},
)


def setup() -> None:
    """Enter menu and words."""
    add_menu_entry(
        MenuEntry(
            "admin", "发布到各处", "outlets_admin.desk", "share", 33, PUBLISH, "内容", _waiting
        )
    )
    add_subject_kind(SubjectKind("publication", "对外发布", PUBLISH, _publications))
    add_subject_kind(SubjectKind("link", "渠道链接", PUBLISH, _links))
    add_subject_kind(SubjectKind("official_account", "公众号", PUBLISH, _accounts))
    add_words("outlets", WORDS)


def _waiting(_: object) -> int:
    return len(to_take_down())


def _publications(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = db.session.scalars(select(Publication).where(Publication.id.in_(ids_in(keys))))
    return {str(row.id): Subject(row.title, url_for("outlets_admin.desk")) for row in rows}


def _links(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = db.session.scalars(select(ChannelLink).where(ChannelLink.id.in_(ids_in(keys))))
    return {str(row.id): Subject(row.path, row.path) for row in rows}


def _accounts(keys: Collection[str]) -> Mapping[str, Subject]:
    rows = db.session.scalars(select(OfficialAccount).where(OfficialAccount.id.in_(ids_in(keys))))
    return {str(row.id): Subject(row.name, url_for("outlets_admin.accounts")) for row in rows}
