"""Takes rules in as versions and says for whom they are. Nothing here reaches back in time."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select

from sanshi_lms.core.audit import note
from sanshi_lms.core.clock import local
from sanshi_lms.core.db import db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.refusing import taken_means
from sanshi_lms.credentials.ledger.models import CreditEntry, RuleApplication, RuleVersion
from sanshi_lms.credentials.ledger.queries import rule_of
from sanshi_lms.credentials.ledger.rule_text import RuleFault, read_rule
from sanshi_lms.credentials.ledger.rules import Rule
from sanshi_lms.credentials.ledger.sentences import sentences


@dataclass(frozen=True)
class DryRun:
    """What taking in a text would do: its rule in sentences beside those of the version before.

    `known` is the version that says the same already; `entries` stand by earlier versions and
    stay as they are.
    """

    rule: Rule
    sentences: list[str]
    gone: list[str]
    version: int
    known: RuleVersion | None
    entries: int


def try_rule(text: str) -> DryRun:
    """Return what taking `text` in would do. Raises Refusal with what is wrong in it."""
    text = _tidy(text)
    try:
        rule = read_rule(text)
    except RuleFault as fault:
        raise Refusal("这份规则还不能用：" + "".join(f"\n{one}" for one in fault.faults)) from None
    latest = latest_version(rule.code)
    told = sentences(rule)
    before = sentences(rule_of(latest.text)) if latest else []
    same = select(RuleVersion).where(
        RuleVersion.code == rule.code, RuleVersion.digest == _digest(text)
    )
    of_code = select(RuleVersion.id).where(RuleVersion.code == rule.code)
    standing = select(func.count(CreditEntry.id)).where(CreditEntry.rule_version_id.in_(of_code))
    return DryRun(
        rule=rule,
        sentences=told,
        gone=[sentence for sentence in before if sentence not in told],
        version=(latest.version if latest else 0) + 1,
        known=db.session.scalar(same),
        entries=db.session.scalar(standing) or 0,
    )


def take_in(text: str, at: datetime, by_id: int | None) -> RuleVersion:
    """Keep `text` as the next version of its rule; the same text again is the version it was.

    Raises Refusal with what is wrong in it.
    """
    found = try_rule(text)
    if found.known is not None:
        return found.known
    text = _tidy(text)
    version = RuleVersion(
        code=found.rule.code,
        version=found.version,
        text=text,
        digest=_digest(text),
        loaded_at=at,
        loaded_by_id=by_id,
    )
    with taken_means("另一位管理员刚刚也上传了这条规则，请刷新页面再看。", 409):
        db.session.add(version)
    after = {"title": found.rule.title, "version": version.version}
    note("credentials.load_rule", f"credit_rule:{version.id}", None, after)
    return version


def take_in_folder(folder: Path, at: datetime) -> list[tuple[RuleVersion, bool]]:
    """Take in every TOML file of a folder; tell for each version whether it is new."""
    found = []
    for file in sorted(folder.glob("*.toml")):
        try:
            version = take_in(file.read_text(encoding="utf-8"), at, None)
        except (Refusal, UnicodeDecodeError) as problem:
            raise Refusal(f"{file.name}：{problem}") from None
        found.append((version, version.loaded_at == at))
    return found


def apply_rule(
    version: RuleVersion | None,
    scope: str,
    who: str,
    starts_on: date,
    at: datetime,
    by_id: int | None,
) -> RuleApplication:
    """Say that from a day on `version` (None: no rule any more) is for these people.

    Raises Refusal for a day that is past or on which the version is not valid.
    """
    if starts_on < local(at).date():
        raise Refusal("开始日期不能早于今天：已经记下的学时不会重新计算。")
    if version is not None:
        rule = rule_of(version.text)
        if not rule.covers(starts_on):
            until = f"到 {rule.valid_to}" if rule.valid_to else "起一直"
            raise Refusal(f"这一版规则从 {rule.valid_from} {until}有效，请换一个开始日期。")
    row = RuleApplication(
        version_id=version.id if version else None,
        scope=scope,
        who="" if scope == "all" else who,
        starts_on=starts_on,
        made_at=at,
        made_by_id=by_id,
    )
    db.session.add(row)
    db.session.flush()
    after = {"who": f"{scope}:{row.who}", "starts_on": str(starts_on)}
    subject = version.id if version else 0
    note("credentials.apply_rule", f"credit_rule:{subject}", None, after)
    return row


def latest_version(code: str) -> RuleVersion | None:
    """Return the newest version of a rule."""
    query = select(RuleVersion).where(RuleVersion.code == code)
    return db.session.scalar(query.order_by(RuleVersion.version.desc()).limit(1))


def rule_titles(versions: Sequence[RuleVersion]) -> dict[int, str]:
    """Return what people call these versions."""
    return {v.id: f"{rule_of(v.text).title}（第 {v.version} 版）" for v in versions}


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip() + "\n"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
