"""programmes, classes, offline sessions, learning paths

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('training_paths',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(length=80), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('audience', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_paths')),
    sa.UniqueConstraint('slug', name=op.f('uq_training_paths_slug'))
    )
    op.create_table('training_programmes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('elective_hours', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('attend_times', sa.Integer(), nullable=False),
    sa.Column('in_order', sa.Boolean(), nullable=False),
    sa.Column('credit_hours', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('form_key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('attend_times >= 0', name=op.f('ck_training_programmes_attend_times')),
    sa.CheckConstraint('credit_hours >= 0', name=op.f('ck_training_programmes_credit_hours')),
    sa.CheckConstraint('elective_hours >= 0', name=op.f('ck_training_programmes_elective_hours')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_programmes')),
    sa.UniqueConstraint('form_key', name=op.f('uq_training_programmes_form_key')),
    sa.UniqueConstraint('title', name=op.f('uq_training_programmes_title'))
    )
    op.create_table('training_classes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('approval', sa.Boolean(), nullable=False),
    sa.Column('joining', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=10), nullable=False),
    sa.Column('elective_hours', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('attend_times', sa.Integer(), nullable=False),
    sa.Column('in_order', sa.Boolean(), nullable=False),
    sa.Column('credit_hours', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('rerun_of_id', sa.Integer(), nullable=True),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('form_key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status IN ('draft', 'open', 'closed')", name=op.f('ck_training_classes_status')),
    sa.CheckConstraint('capacity >= 0', name=op.f('ck_training_classes_capacity')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_training_classes_ends_on')),
    sa.ForeignKeyConstraint(['programme_id'], ['training_programmes.id'], name=op.f('fk_training_classes_programme_id')),
    sa.ForeignKeyConstraint(['rerun_of_id'], ['training_classes.id'], name=op.f('fk_training_classes_rerun_of_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_classes')),
    sa.UniqueConstraint('code', name=op.f('uq_training_classes_code')),
    sa.UniqueConstraint('form_key', name=op.f('uq_training_classes_form_key'))
    )
    op.create_index('ix_training_classes_programme_id', 'training_classes', ['programme_id'])
    op.create_index('ix_training_classes_status', 'training_classes', ['status'])

    op.create_table('training_path_steps',
    sa.Column('path_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('course_slug', sa.String(length=80), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['path_id'], ['training_paths.id'], name=op.f('fk_training_path_steps_path_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('path_id', 'position', name=op.f('pk_training_path_steps'))
    )
    op.create_table('training_programme_courses',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('needs_json', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_training_programme_courses_course_id')),
    sa.ForeignKeyConstraint(['programme_id'], ['training_programmes.id'], name=op.f('fk_training_programme_courses_programme_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'course_id', name=op.f('pk_training_programme_courses'))
    )
    op.create_index('ix_training_programme_courses_course_id', 'training_programme_courses', ['course_id'])

    op.create_table('training_class_courses',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('needs_json', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['class_id'], ['training_classes.id'], name=op.f('fk_training_class_courses_class_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['course_id'], ['courses_courses.id'], name=op.f('fk_training_class_courses_course_id')),
    sa.PrimaryKeyConstraint('class_id', 'course_id', name=op.f('pk_training_class_courses'))
    )
    op.create_index('ix_training_class_courses_course_id', 'training_class_courses', ['course_id'])

    op.create_table('training_exemptions',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.Column('at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['account_users.id'], name=op.f('fk_training_exemptions_by_id')),
    sa.ForeignKeyConstraint(['class_id'], ['training_classes.id'], name=op.f('fk_training_exemptions_class_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_training_exemptions_user_id')),
    sa.PrimaryKeyConstraint('class_id', 'user_id', 'course_id', name=op.f('pk_training_exemptions'))
    )
    op.create_table('training_members',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('said', sa.String(length=200), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('queued_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('extended_until', sa.Date(), nullable=True),
    sa.Column('extended_reason', sa.String(length=200), nullable=False),
    sa.CheckConstraint("state IN ('applied', 'waiting', 'in', 'done', 'declined', 'left')", name=op.f('ck_training_members_state')),
    sa.ForeignKeyConstraint(['class_id'], ['training_classes.id'], name=op.f('fk_training_members_class_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_training_members_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_members')),
    sa.UniqueConstraint('class_id', 'user_id', name=op.f('uq_training_members_class_id'))
    )
    op.create_index('ix_training_members_class_state', 'training_members', ['class_id', 'state'])
    op.create_index('ix_training_members_user_id', 'training_members', ['user_id'])

    op.create_table('training_posts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('form_key', sa.String(length=32), nullable=False),
    sa.Column('at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['account_users.id'], name=op.f('fk_training_posts_author_id')),
    sa.ForeignKeyConstraint(['class_id'], ['training_classes.id'], name=op.f('fk_training_posts_class_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_posts')),
    sa.UniqueConstraint('form_key', name=op.f('uq_training_posts_form_key'))
    )
    op.create_index('ix_training_posts_class_id', 'training_posts', ['class_id'])

    op.create_table('training_sessions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('class_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('starts_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('category', sa.String(length=10), nullable=False),
    sa.Column('cancelled', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('form_key', sa.String(length=32), nullable=False),
    sa.Column('created_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_training_sessions_ends_at')),
    sa.CheckConstraint('seats >= 0', name=op.f('ck_training_sessions_seats')),
    sa.ForeignKeyConstraint(['class_id'], ['training_classes.id'], name=op.f('fk_training_sessions_class_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_sessions')),
    sa.UniqueConstraint('form_key', name=op.f('uq_training_sessions_form_key'))
    )
    op.create_index('ix_training_sessions_class_id', 'training_sessions', ['class_id'])
    op.create_index('ix_training_sessions_starts_at', 'training_sessions', ['starts_at'])

    op.create_table('training_tutors',
    sa.Column('class_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['training_classes.id'], name=op.f('fk_training_tutors_class_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_training_tutors_user_id')),
    sa.PrimaryKeyConstraint('class_id', 'user_id', name=op.f('pk_training_tutors'))
    )
    op.create_index('ix_training_tutors_user_id', 'training_tutors', ['user_id'])

    op.create_table('training_attendances',
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.Column('how', sa.String(length=10), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('scan', sa.String(length=32), nullable=True),
    sa.CheckConstraint("how IN ('scan', 'tutor', 'sheet')", name=op.f('ck_training_attendances_how')),
    sa.ForeignKeyConstraint(['by_id'], ['account_users.id'], name=op.f('fk_training_attendances_by_id')),
    sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_training_attendances_session_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_training_attendances_user_id')),
    sa.PrimaryKeyConstraint('session_id', 'user_id', name=op.f('pk_training_attendances')),
    sa.UniqueConstraint('scan', name=op.f('uq_training_attendances_scan'))
    )
    op.create_index('ix_training_attendances_user_id', 'training_attendances', ['user_id'])

    op.create_table('training_signups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('queued_at', sanshi_lms.core.db.UtcDateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state IN ('in', 'waiting', 'left')", name=op.f('ck_training_signups_state')),
    sa.ForeignKeyConstraint(['session_id'], ['training_sessions.id'], name=op.f('fk_training_signups_session_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_training_signups_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_signups')),
    sa.UniqueConstraint('session_id', 'user_id', name=op.f('uq_training_signups_session_id'))
    )
    op.create_index('ix_training_signups_session_state', 'training_signups', ['session_id', 'state'])
    op.create_index('ix_training_signups_user_id', 'training_signups', ['user_id'])



def downgrade() -> None:
    op.drop_table('training_signups')
    op.drop_table('training_attendances')
    op.drop_table('training_tutors')
    op.drop_table('training_sessions')
    op.drop_table('training_posts')
    op.drop_table('training_members')
    op.drop_table('training_exemptions')
    op.drop_table('training_class_courses')
    op.drop_table('training_programme_courses')
    op.drop_table('training_path_steps')
    op.drop_table('training_classes')
    op.drop_table('training_programmes')
    op.drop_table('training_paths')
