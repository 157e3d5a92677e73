"""rounds of 星级三师

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_star_rounds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=40), nullable=False),
    sa.Column('since', UtcDateTime(), nullable=False),
    sa.Column('until', UtcDateTime(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('least_judges', sa.Integer(), nullable=False),
    sa.Column('stars', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('sample', sa.Boolean(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('notice_from', UtcDateTime(), nullable=True),
    sa.Column('notice_until', UtcDateTime(), nullable=True),
    sa.Column('finished_at', UtcDateTime(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("state IN ('draft', 'scoring', 'notice', 'final', 'cancelled')", name=op.f('ck_community_star_rounds_state')),
    sa.CheckConstraint('least_judges BETWEEN 1 AND 15', name=op.f('ck_community_star_rounds_least_judges')),
    sa.CheckConstraint('notice_days BETWEEN 1 AND 60', name=op.f('ck_community_star_rounds_notice_days')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_star_rounds')),
    sa.UniqueConstraint('title', name=op.f('uq_community_star_rounds_title'))
    )
    op.create_table('community_star_criteria',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=20), nullable=False),
    sa.Column('label', sa.String(length=30), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('target', sa.Float(), nullable=False),
    sa.CheckConstraint("source IN ('closed', 'confirmed_share', 'quick_share', 'cases', 'learning_hours', 'answers', 'panel')", name=op.f('ck_community_star_criteria_source')),
    sa.CheckConstraint('target > 0', name=op.f('ck_community_star_criteria_target')),
    sa.CheckConstraint('weight BETWEEN 0 AND 100', name=op.f('ck_community_star_criteria_weight')),
    sa.ForeignKeyConstraint(['round_id'], ['community_star_rounds.id'], name=op.f('fk_community_star_criteria_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_star_criteria'))
    )
    with op.batch_alter_table('community_star_criteria', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_star_criteria_round_id'), ['round_id'], unique=False)

    op.create_table('community_star_judges',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['community_star_rounds.id'], name=op.f('fk_community_star_judges_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_community_star_judges_user_id')),
    sa.PrimaryKeyConstraint('round_id', 'user_id', name=op.f('pk_community_star_judges'))
    )
    with op.batch_alter_table('community_star_judges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_star_judges_user_id'), ['user_id'], unique=False)

    op.create_table('community_star_marks',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('judge_id', sa.Integer(), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=False),
    sa.Column('criterion_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=True),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.CheckConstraint('points BETWEEN 0 AND 100', name=op.f('ck_community_star_marks_points')),
    sa.ForeignKeyConstraint(['candidate_id'], ['account_users.id'], name=op.f('fk_community_star_marks_candidate_id')),
    sa.ForeignKeyConstraint(['criterion_id'], ['community_star_criteria.id'], name=op.f('fk_community_star_marks_criterion_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['judge_id'], ['account_users.id'], name=op.f('fk_community_star_marks_judge_id')),
    sa.ForeignKeyConstraint(['round_id'], ['community_star_rounds.id'], name=op.f('fk_community_star_marks_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('round_id', 'judge_id', 'candidate_id', 'criterion_id', name=op.f('pk_community_star_marks'))
    )
    op.create_table('community_star_objections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('candidate_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('contact', sa.String(length=60), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', UtcDateTime(), nullable=True),
    sa.Column('answered_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answered_by_id'], ['account_users.id'], name=op.f('fk_community_star_objections_answered_by_id')),
    sa.ForeignKeyConstraint(['candidate_id'], ['account_users.id'], name=op.f('fk_community_star_objections_candidate_id')),
    sa.ForeignKeyConstraint(['round_id'], ['community_star_rounds.id'], name=op.f('fk_community_star_objections_round_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_star_objections')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_star_objections_nonce'))
    )
    with op.batch_alter_table('community_star_objections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_star_objections_round_id'), ['round_id'], unique=False)

    op.create_table('community_star_candidates',
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('score', sa.Float(), nullable=True),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['community_star_rounds.id'], name=op.f('fk_community_star_candidates_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['community_professionals.user_id'], name=op.f('fk_community_star_candidates_user_id')),
    sa.PrimaryKeyConstraint('round_id', 'user_id', name=op.f('pk_community_star_candidates'))
    )
    with op.batch_alter_table('community_star_candidates', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_community_star_candidates_user_id'), ['user_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('community_star_candidates', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_star_candidates_user_id'))

    op.drop_table('community_star_candidates')
    with op.batch_alter_table('community_star_objections', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_star_objections_round_id'))

    op.drop_table('community_star_objections')
    op.drop_table('community_star_marks')
    with op.batch_alter_table('community_star_judges', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_star_judges_user_id'))

    op.drop_table('community_star_judges')
    with op.batch_alter_table('community_star_criteria', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_community_star_criteria_round_id'))

    op.drop_table('community_star_criteria')
    op.drop_table('community_star_rounds')
