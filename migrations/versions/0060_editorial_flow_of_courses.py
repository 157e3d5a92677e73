"""the editorial flow of courses: switch, versions, steps, praise

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    switch = op.create_table('courses_editorial_switch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('three_reviews', sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('changed_at', UtcDateTime(), nullable=True),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('id = 1', name=op.f('ck_courses_editorial_switch_single')),
    sa.ForeignKeyConstraint(['changed_by_id'], ['account_users.id'], name=op.f('fk_courses_editorial_switch_changed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_courses_editorial_switch'))
    )
    op.bulk_insert(switch, [{"id": 1, "three_reviews": False, "version": 1}])
    op.create_table('courses_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_courses_versions_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['account_users.id'], name=op.f('fk_courses_versions_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_courses_versions')),
    sa.UniqueConstraint('course_id', 'number', name=op.f('uq_courses_versions_course_id'))
    )
    op.create_table('courses_editorial',
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('frozen_id', sa.Integer(), nullable=True),
    sa.Column('publish_at', UtcDateTime(), nullable=True),
    sa.Column('changed_at', UtcDateTime(), nullable=False),
    sa.CheckConstraint("stage IN ('writing', 'first', 'second', 'final', 'passed')", name=op.f('ck_courses_editorial_stage')),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_courses_editorial_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['frozen_id'], ['courses_versions.id'], name=op.f('fk_courses_editorial_frozen_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('course_id', name=op.f('pk_courses_editorial'))
    )
    for column in ('stage', 'frozen_id', 'publish_at'):
        op.create_index(op.f(f'ix_courses_editorial_{column}'), 'courses_editorial', [column])
    op.create_table('courses_editorial_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('verb', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('seen', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_courses_editorial_steps_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['account_users.id'], name=op.f('fk_courses_editorial_steps_person_id')),
    sa.ForeignKeyConstraint(['version_id'], ['courses_versions.id'], name=op.f('fk_courses_editorial_steps_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_courses_editorial_steps'))
    )
    for column in ('course_id', 'version_id'):
        op.create_index(op.f(f'ix_courses_editorial_steps_{column}'), 'courses_editorial_steps', [column])
    op.create_table('courses_excellent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(length=20), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['account_users.id'], name=op.f('fk_courses_excellent_by_id')),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_courses_excellent_course_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lesson_id'], ['courses_lessons.id'], name=op.f('fk_courses_excellent_lesson_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_courses_excellent')),
    sa.UniqueConstraint('subject', name=op.f('uq_courses_excellent_subject'))
    )
    for column in ('course_id', 'lesson_id', 'at'):
        op.create_index(op.f(f'ix_courses_excellent_{column}'), 'courses_excellent', [column])


def downgrade() -> None:
    for table in ('courses_excellent', 'courses_editorial_steps', 'courses_editorial', 'courses_versions', 'courses_editorial_switch'):
        op.drop_table(table)
