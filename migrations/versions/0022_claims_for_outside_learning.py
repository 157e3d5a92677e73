"""claims for learning outside the platform, with proofs

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_STANDING = sa.text("state IN ('submitted', 'approved')")


def upgrade() -> None:
    op.create_table('credentials_claims',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('title', sa.String(length=100), nullable=False),
    sa.Column('organiser', sa.String(length=60), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('hours', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('category', sa.String(length=10), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('created_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("state IN ('submitted', 'approved', 'refused', 'withdrawn')", name=op.f('ck_credentials_claims_state')),
    sa.CheckConstraint("category IN ('公需', '专业')", name=op.f('ck_credentials_claims_category')),
    sa.CheckConstraint('hours > 0', name=op.f('ck_credentials_claims_hours')),
    sa.CheckConstraint('decided_by_id IS NULL OR decided_by_id <> user_id', name=op.f('ck_credentials_claims_not_own')),
    sa.CheckConstraint("(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)", name=op.f('ck_credentials_claims_decided')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['account_users.id'], name=op.f('fk_credentials_claims_decided_by_id')),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_credentials_claims_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials_claims')),
    sa.UniqueConstraint('nonce', name=op.f('uq_credentials_claims_nonce'))
    )
    with op.batch_alter_table('credentials_claims', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credentials_claims_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_credentials_claims_user_id'), ['user_id'], unique=False)
        batch_op.create_index('uq_credentials_claims_standing', ['user_id', 'title', 'happened_on', 'hours'], unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING)

    op.create_table('credentials_claim_proofs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=5), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('jpeg', 'pdf')", name=op.f('ck_credentials_claim_proofs_kind')),
    sa.ForeignKeyConstraint(['claim_id'], ['credentials_claims.id'], name=op.f('fk_credentials_claim_proofs_claim_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials_claim_proofs')),
    sa.UniqueConstraint('key', name=op.f('uq_credentials_claim_proofs_key'))
    )
    with op.batch_alter_table('credentials_claim_proofs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credentials_claim_proofs_claim_id'), ['claim_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credentials_claim_proofs_sha256'), ['sha256'], unique=False)


def downgrade() -> None:
    op.drop_table('credentials_claim_proofs')
    op.drop_table('credentials_claims')
