"""What the room keeps of a person (core/personal)."""

from sqlalchemy import select

from sanshi_lms.account import mask_name
from sanshi_lms.core.db import db
from sanshi_lms.core.personal import Personal, acted
from sanshi_lms.credentials.actions import sign
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.queries import is_genuine, signed

_LEDGER = "学时台账按继续教育的规定只增不改、长期保存；别人看不到，只留编号"


def mask_holders(user_id: int) -> None:
    """Leave of a person's name on their certificates what a check shows anyway: 王*明.

    The record is signed anew; the mark of the QR code that was handed out is kept, so that the
    sheet of paper still proves what it says. A record that was altered before stays as it is.
    """
    for one in db.session.scalars(select(Certificate).where(Certificate.user_id == user_id)):
        if is_genuine(one):
            one.former_mark = one.former_mark or signed(one).mark
            one.holder_name = mask_name(one.holder_name)
            sign(one)


PERSONAL = (
    Personal(
        "credentials_certificates",
        "user_id",
        "证书",
        "证书要随时能核验；姓名改成遮住一部分的（王*明），手里的证书仍然有效",
        becomes=mask_holders,
    ),
    Personal("credentials_ledgers", "user_id", "学时台账", _LEDGER),
    Personal("credentials_credit_entries", "user_id", "学时明细", _LEDGER),
    Personal(
        "credentials_statements", "user_id", "开过的学时证明", f"{_LEDGER}；核验时姓名遮住一部分"
    ),
    Personal(
        "credentials_claims",
        "user_id",
        "申报的学时和证明材料",
        "是学时台账的凭据；只留编号",
        without=("nonce", "decided_by_id"),
        parts=("credentials_claim_proofs",),
        file="key",
    ),
    acted("credentials_claims", "decided_by_id", "审核的学时申报"),
    acted("credentials_designs", "made_by_id", "做的证书样式"),
    acted("credentials_rule_versions", "loaded_by_id", "载入的学时规则"),
    acted("credentials_rule_applications", "made_by_id", "启用的学时规则"),
)
