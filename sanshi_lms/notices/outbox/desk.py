"""What the desk shows of the outbox: words for the audit trail, health."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.registers import (
    Health,
    HealthCheck,
    MenuEntry,
    Subject,
    SubjectKind,
    Words,
    add_health_check,
    add_menu_entry,
    add_subject_kind,
    add_words,
)
from sanshi_lms.notices.outbox.channels import NotSent, all_channels
from sanshi_lms.notices.outbox.mail import Mail, greet
from sanshi_lms.notices.outbox.queries import count_failed

WORDS = Words(
    label="消息",
    verbs={
        "notices.send_test": "发送测试消息",
        "notices.confirm_address": "确认通知地址",
        "notices.retry": "重新发送",
        "notices.save_policy": "修改发送时间",
    },
    fields={
        "channel": "渠道",
        "count": "条数",
        "quiet_from": "几点起不发",
        "quiet_until": "几点起再发",
        "most_attempts": "最多试几次",
    },
    values={"channel": {"mail": "邮件", "wechat": "微信", "sms": "短信"}},
)


def setup() -> None:
    """Enter menu, words and health."""
    add_menu_entry(
        MenuEntry("admin", "消息发送", "notices_admin.outbox", "bell", 65, "notices.manage", "系统")
    )
    add_subject_kind(SubjectKind("delivery", "发出的消息", "notices.manage", _deliveries))
    add_words("notices", WORDS)
    add_health_check(HealthCheck("notices", "消息发送", _look))
    add_health_check(HealthCheck("mail", "邮件服务器", _mail, slow=True))
    add_health_check(HealthCheck("channels", "通知渠道", _channels, slow=True))


def _deliveries(keys: Collection[str]) -> Mapping[str, Subject]:
    url = url_for("notices_admin.outbox")
    return {key: Subject("全部消息" if key == "all" else f"第 {key} 条消息", url) for key in keys}


def _mail() -> Health:
    if not Mail().configured():
        return Health(ok=True, sentence="没有设置（MAIL_URL），不发邮件")
    try:
        greeted = greet()
    except NotSent as failed:
        sentence = f"{failed.sentence}请维护人员检查 MAIL_URL 和网络，没发出的邮件会留着补发。"
        return Health(ok=False, sentence=sentence)
    if not greeted.encrypted:
        sentence = (
            "连得上，但没有加密，邮件和密码在路上能被看到。"
            "请把 MAIL_URL 改成 smtp+tls:// 或 smtps:// 开头。"
        )
        return Health(ok=True, warns=True, sentence=sentence)
    return Health(ok=True, sentence=f"正常，{greeted.encrypted}")


def _channels() -> Health:
    there = [channel.label for channel in all_channels() if channel.configured()]
    absent = [f"{one.label}（{one.how}）" for one in all_channels() if not one.configured()]
    told = f"能发：{'、'.join(there)}" if there else "只在站内通知"
    return Health(ok=True, sentence=told + (f"；没有设置：{'、'.join(absent)}" if absent else ""))


def _look() -> Health:
    failed = count_failed()
    if failed:
        sentence = f"有 {failed} 条消息没发出去，请到管理台“消息发送”看原因，改好后点“全部重试”。"
        return Health(ok=True, sentence=sentence)
    return Health(ok=True, sentence="正常")
