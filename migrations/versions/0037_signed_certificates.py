"""certificates are signed by a key of their own, may expire, and may be exchanged

Revision ID: 0037
Revises: 0036
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.settings import settings
from sanshi_lms.credentials.rules import hours_text
from sanshi_lms.credentials.signing.keys import key_ring
from sanshi_lms.credentials.signing.payload import Content, short_title, tie_of, to_base64

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLE = "credentials_certificates"
ISSUER = "三师微课堂"


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("issuer", sa.String(60), nullable=False, server_default=ISSUER))
        batch.add_column(sa.Column("expires_on", sa.Date()))
        batch.add_column(sa.Column("key_id", sa.String(8), nullable=False, server_default=""))
        batch.add_column(sa.Column("signature", sa.String(86), nullable=False, server_default=""))
        batch.add_column(
            sa.Column("reissued", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.create_check_constraint(
            op.f("ck_credentials_certificates_reissued"), "NOT reissued OR revoked_at IS NOT NULL"
        )
    op.create_index(op.f("ix_credentials_certificates_expires_on"), TABLE, ["expires_on"])
    _sign_what_was_sealed()
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_column("seal")
        batch.alter_column("issuer", server_default=None)
        batch.alter_column("key_id", server_default=None)
        batch.alter_column("signature", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.add_column(sa.Column("seal", sa.String(64), nullable=False, server_default=""))
    for row in _rows("id, number, user_id, holder_name, title, credit_hours, issued_at, source_ref"):
        _set(row["id"], seal=_seal(row))
    op.drop_index(op.f("ix_credentials_certificates_expires_on"), TABLE)
    with op.batch_alter_table(TABLE) as batch:
        batch.drop_constraint(op.f("ck_credentials_certificates_reissued"), type_="check")
        for name in ("issuer", "expires_on", "key_id", "signature", "reissued"):
            batch.drop_column(name)
        batch.alter_column("seal", server_default=None)


def _sign_what_was_sealed() -> None:
    """Sign every row whose old seal holds; a row that was altered before stays without."""
    for row in _rows("*"):
        if not hmac.compare_digest(row["seal"], _seal(row)):
            continue
        issued = _moment(row["issued_at"])
        content = Content(
            name=row["holder_name"],
            title=short_title(row["title"]),
            hours=hours_text(Decimal(str(row["credit_hours"]))),
            issued=issued.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat(),
            expires="",
            issuer=ISSUER,
            tie=tie_of(
                str(row["user_id"]),
                row["source_ref"],
                issued.isoformat(timespec="seconds"),
                row["title"],
            ),
        )
        made = key_ring().sign(row["number"], content)
        _set(row["id"], key_id=made.key_id, signature=to_base64(made.signature))


def _rows(columns: str) -> list[dict[str, Any]]:
    found = op.get_bind().execute(sa.text(f"SELECT {columns} FROM {TABLE}"))  # noqa: S608
    return [dict(row) for row in found.mappings()]


def _set(row_id: int, **values: str) -> None:
    names = ", ".join(f"{name} = :{name}" for name in values)
    statement = sa.text(f"UPDATE {TABLE} SET {names} WHERE id = :row_id")  # noqa: S608
    op.get_bind().execute(statement, {"row_id": row_id, **values})


def _moment(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seal(row: dict[str, Any]) -> str:
    """The seal of revisions before this one."""
    frozen = json.dumps(
        {
            "credit_hours": hours_text(Decimal(str(row["credit_hours"]))),
            "holder_name": row["holder_name"],
            "issued_at": _moment(row["issued_at"]).isoformat(timespec="seconds"),
            "number": row["number"],
            "source_ref": row["source_ref"],
            "title": row["title"],
            "user_id": row["user_id"],
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    )
    secret = settings().secret_key.encode()
    key = hmac.digest(secret, b"sanshi certificate seal v1", hashlib.sha256)
    return hmac.new(key, frozen.encode(), hashlib.sha256).hexdigest()
