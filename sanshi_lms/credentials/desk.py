"""What the administrator's desk shows of certificates: figures, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.registers import (
    DeskTile,
    Subject,
    SubjectKind,
    Words,
    add_desk_tile,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.credentials.claims.queries import claims_by_id, count_waiting
from sanshi_lms.credentials.designs.store import all_newest
from sanshi_lms.credentials.ledger.queries import versions
from sanshi_lms.credentials.ledger.rule_store import rule_titles
from sanshi_lms.credentials.ledger.statements import statements_by_number
from sanshi_lms.credentials.queries import certificates_by_number, count_valid

WORDS = Words(
    label="证书",
    verbs={
        "credentials.award": "颁发证书",
        "credentials.revoke": "撤销证书",
        "credentials.reissue": "换发证书",
        "credentials.keep_signer": "启用 PDF 电子签名",
        "credentials.drop_signer": "停用 PDF 电子签名",
        "credentials.keep_design": "保存证书样式",
        "credentials.choose_design": "选用证书样式",
        "credentials.reverse_hours": "冲销学时",
        "credentials.load_rule": "录入学时规则",
        "credentials.apply_rule": "指定学时规则",
        "credentials.issue_statement": "出具学时证明",
        "credentials.submit_claim": "申报学时",
        "credentials.withdraw_claim": "撤回申报",
        "credentials.approve_claim": "通过申报",
        "credentials.refuse_claim": "退回申报",
    },
    fields={
        "title": "名称",
        "revoked": "状态",
        "reason": "原因",
        "holder_name": "姓名",
        "number": "新编号",
        "hours": "学时",
        "version": "版本",
        "who": "适用于",
        "starts_on": "从哪天起",
        "year": "年度",
    },
    values={"revoked": {"true": "已撤销", "false": "有效"}},
)


def setup() -> None:
    """Enter tile and words."""
    add_desk_tile(
        DeskTile(
            label="有效证书",
            unit="张",
            endpoint="credentials_admin.certificates",
            permission="credentials.view_all",
            order=70,
            count=count_valid,
            lately=count_valid,
            lately_label="颁发",
        )
    )
    add_subject_kind(SubjectKind("certificate", "证书", "credentials.view_all", _certificates))
    add_subject_kind(SubjectKind("design", "证书样式", "credentials.rules", _designs))
    add_subject_kind(SubjectKind("signer", "PDF 电子签名", "credentials.rules", _signer))
    add_subject_kind(SubjectKind("credit_rule", "学时规则", "credentials.rules", _rules))
    add_subject_kind(SubjectKind("statement", "学时证明", "credentials.view_all", _statements))
    add_subject_kind(SubjectKind("claim", "学时申报", "credentials.approve", _claims))
    add_desk_tile(
        DeskTile(
            label="待审核的学时申报",
            unit="件",
            endpoint="claims.waiting",
            permission="credentials.approve",
            order=75,
            count=count_waiting,
        )
    )
    add_words("credentials", WORDS)


def _certificates(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        number: Subject(
            f"{one.title}（{one.holder_name}）",
            url_for("credentials_admin.record", number=number),
        )
        for number, one in certificates_by_number(keys).items()
    }


def _designs(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        one.line: Subject(one.name, url_for("designs.design", line=one.line))
        for one in all_newest()
        if one.line in keys
    }


def _signer(keys: Collection[str]) -> Mapping[str, Subject]:
    return {key: Subject("PDF 电子签名", url_for("sealing.signer")) for key in keys}


def _rules(keys: Collection[str]) -> Mapping[str, Subject]:
    wanted = ids_in(keys)
    found = rule_titles([version for version in versions() if version.id in wanted])
    return {
        str(number): Subject(title, url_for("ledger_admin.rule", version_id=number))
        for number, title in found.items()
    }


def _claims(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(one.id): Subject(one.title, url_for("claims.claim", claim_id=one.id))
        for one in claims_by_id(ids_in(keys))
    }


def _statements(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        one.number: Subject(
            f"{one.year} 年学时证明（{one.holder_name}）",
            url_for("ledger.statement", statement_number=one.number),
        )
        for one in statements_by_number(keys)
    }
