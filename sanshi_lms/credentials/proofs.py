"""What this room can prove after everything was carried elsewhere: the ledger, the certificates."""

from sqlalchemy import select

from sanshi_lms.core.db import db
from sanshi_lms.credentials.ledger.verifying import verify_ledger
from sanshi_lms.credentials.models import Certificate
from sanshi_lms.credentials.queries import is_genuine, old_line_holds

_AT_ONCE = 500


def ledger() -> str | None:
    """Work every line of the ledger out again, under the secret in use."""
    found = len(verify_ledger(old_line_holds).differences)
    return f"发现 {found} 处不符" if found else None


def certificates() -> str | None:
    """Hold every certificate against the keys that are here."""
    query = select(Certificate).order_by(Certificate.id)
    rows = db.session.scalars(query.execution_options(yield_per=_AT_ONCE))
    altered = sum(not is_genuine(one) for one in rows)
    return f"有 {altered} 张和签发时不一致，或缺少签发它们的密钥" if altered else None
