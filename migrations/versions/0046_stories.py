"""cases and media pieces

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

from sanshi_lms.core.db import UtcDateTime


revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('community_stories',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('nonce', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('need_id', sa.Integer(), nullable=True),
    sa.Column('community_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.String(length=60), nullable=False),
    sa.Column('summary', sa.String(length=200), nullable=False),
    sa.Column('body_md', sa.Text(), nullable=False),
    sa.Column('district', sa.String(length=30), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('topic', sa.String(length=40), nullable=False),
    sa.Column('matter', sa.String(length=30), nullable=False),
    sa.Column('people', sa.String(length=300), nullable=False),
    sa.Column('began_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('cost_yuan', sa.Integer(), nullable=True),
    sa.Column('cost_note', sa.String(length=80), nullable=False),
    sa.Column('video_lesson_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=False),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('created_at', UtcDateTime(), nullable=False),
    sa.Column('updated_at', UtcDateTime(), nullable=False),
    sa.Column('published_at', UtcDateTime(), nullable=True),
    sa.CheckConstraint("kind IN ('case', 'feature', 'interview', 'clip', 'infographic')", name=op.f('ck_community_stories_kind')),
    sa.CheckConstraint("state <> 'published' OR published_at IS NOT NULL", name=op.f('ck_community_stories_published')),
    sa.CheckConstraint("state IN ('draft', 'review', 'published', 'withdrawn')", name=op.f('ck_community_stories_state')),
    sa.CheckConstraint('cost_yuan >= 0', name=op.f('ck_community_stories_cost_yuan')),
    sa.ForeignKeyConstraint(['author_id'], ['account_users.id'], name=op.f('fk_community_stories_author_id')),
    sa.ForeignKeyConstraint(['community_id'], ['community_communities.id'], name=op.f('fk_community_stories_community_id')),
    sa.ForeignKeyConstraint(['need_id'], ['community_needs.id'], name=op.f('fk_community_stories_need_id')),
    sa.ForeignKeyConstraint(['video_lesson_id'], ['courses_lessons.id'], name=op.f('fk_community_stories_video_lesson_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_stories')),
    sa.UniqueConstraint('need_id', name=op.f('uq_community_stories_need_id')),
    sa.UniqueConstraint('nonce', name=op.f('uq_community_stories_nonce'))
    )
    op.create_index(op.f('ix_community_stories_author_id'), 'community_stories', ['author_id'])
    op.create_index(op.f('ix_community_stories_community_id'), 'community_stories', ['community_id'])
    op.create_index(op.f('ix_community_stories_state_kind'), 'community_stories', ['state', 'kind'])
    op.create_index(op.f('ix_community_stories_updated_at'), 'community_stories', ['updated_at'])

    op.create_table('community_story_lessons',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('lesson_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['lesson_id'], ['courses_lessons.id'], name=op.f('fk_community_story_lessons_lesson_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['story_id'], ['community_stories.id'], name=op.f('fk_community_story_lessons_story_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_story_lessons')),
    sa.UniqueConstraint('story_id', 'lesson_id', name=op.f('uq_community_story_lessons_story_id'))
    )
    op.create_index(op.f('ix_community_story_lessons_lesson_id'), 'community_story_lessons', ['lesson_id'])

    op.create_table('community_story_pictures',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=10), nullable=False),
    sa.Column('caption', sa.String(length=80), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.CheckConstraint("part IN ('before', 'after', 'text')", name=op.f('ck_community_story_pictures_part')),
    sa.ForeignKeyConstraint(['story_id'], ['community_stories.id'], name=op.f('fk_community_story_pictures_story_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_story_pictures'))
    )
    op.create_index(op.f('ix_community_story_pictures_story_id'), 'community_story_pictures', ['story_id'])

    op.create_table('community_story_steps',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('story_id', sa.Integer(), nullable=False),
    sa.Column('at', UtcDateTime(), nullable=False),
    sa.Column('verb', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['account_users.id'], name=op.f('fk_community_story_steps_person_id')),
    sa.ForeignKeyConstraint(['story_id'], ['community_stories.id'], name=op.f('fk_community_story_steps_story_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community_story_steps'))
    )
    op.create_index(op.f('ix_community_story_steps_story_id'), 'community_story_steps', ['story_id'])



def downgrade() -> None:
    for table in ("steps", "pictures", "lessons"):
        op.drop_table(f"community_story_{table}")
    op.drop_table("community_stories")
