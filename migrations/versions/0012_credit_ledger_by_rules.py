"""the credit-hour ledger keeps its evidence and the rule that made each line

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

import sanshi_lms.core.db


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LEDGER = "credentials_credit_entries"
GUARDED = ("credentials_rule_versions", "credentials_rule_applications", "credentials_statements")
ACTIVITIES = "'online_course', 'micro_lecture', 'test', 'offline', 'teaching', 'outside'"
CATEGORY = "category VARCHAR(10) DEFAULT '专业' NOT NULL"
UTC = sanshi_lms.core.db.UtcDateTime(timezone=True)


def _guard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION credentials_ledger_is_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the credit ledger is append-only'); END"
        )


def _unguard(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(f"DROP TRIGGER {table}_no_{verb}")


def _old_columns() -> list[sa.Column]:
    return [
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('hours', sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column('title', sa.String(length=200), nullable=False),
        sa.Column('source_ref', sa.String(length=120), nullable=False),
        sa.Column('at', UTC, nullable=False),
    ]


def _constraints(table: str) -> list[sa.Constraint]:
    return [
        sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=f'fk_{table}_user_id', ondelete='RESTRICT'),
        sa.PrimaryKeyConstraint('id', name=f'pk_{table}'),
        sa.UniqueConstraint('source_ref', name=f'uq_{table}_source_ref'),
    ]


# A line from before rules counts on the day, in Chongqing, on which it was entered.
_NEW_VALUES = {
    'activity': "'online_course'",
    'category': "'专业'",
    'subject': "substr(source_ref, 1, 80)",
    'evidence': "'[]'",
    'raw_hours': "hours",
    'why': "''",
    'entered_at': "at",
    'reverses_id': (
        f"(SELECT taken.id FROM {LEDGER} AS taken JOIN credentials_certificates AS c"
        " ON c.source_ref = taken.source_ref"
        f" WHERE c.number || '\\:revoked' = {LEDGER}.source_ref)"
    ),
}
_DAY = {
    'sqlite': ("date(at, '+8 hours')", "CAST(strftime('%Y', at, '+8 hours') AS INTEGER)"),
    'postgresql': (
        "CAST(at AT TIME ZONE 'Asia/Shanghai' AS DATE)",
        "CAST(date_part('year', at AT TIME ZONE 'Asia/Shanghai') AS INTEGER)",
    ),
}


def upgrade() -> None:
    op.execute(
        f"ALTER TABLE courses_courses ADD COLUMN {CATEGORY} "
        "CONSTRAINT ck_courses_courses_category CHECK (category IN ('公需', '专业'))"
    )
    op.create_table('credentials_rule_versions',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('loaded_at', UTC, nullable=False),
    sa.Column('loaded_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['loaded_by_id'], ['account_users.id'], name=op.f('fk_credentials_rule_versions_loaded_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials_rule_versions')),
    sa.UniqueConstraint('code', 'version', name=op.f('uq_credentials_rule_versions_code')),
    sa.UniqueConstraint('code', 'digest', name='uq_credentials_rule_versions_digest')
    )
    op.create_table('credentials_rule_applications',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version_id', sa.Integer(), nullable=True),
    sa.Column('scope', sa.String(length=10), nullable=False),
    sa.Column('who', sa.String(length=40), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('made_at', UTC, nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("scope IN ('post', 'role', 'all')", name=op.f('ck_credentials_rule_applications_scope')),
    sa.CheckConstraint("(scope = 'all') = (who = '')", name=op.f('ck_credentials_rule_applications_who')),
    sa.ForeignKeyConstraint(['made_by_id'], ['account_users.id'], name=op.f('fk_credentials_rule_applications_made_by_id')),
    sa.ForeignKeyConstraint(['version_id'], ['credentials_rule_versions.id'], name=op.f('fk_credentials_rule_applications_version_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials_rule_applications'))
    )
    op.create_table('credentials_ledgers',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('head', sa.String(length=64), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_credentials_ledgers_user_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_credentials_ledgers'))
    )
    op.create_table('credentials_ledger_checks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', UTC, nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('differences', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials_ledger_checks'))
    )
    _widen_the_ledger()
    op.create_table('credentials_statements',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('holder_name', sa.String(length=60), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last_entry_id', sa.Integer(), nullable=False),
    sa.Column('entries', sa.Integer(), nullable=False),
    sa.Column('hours', sa.Numeric(precision=8, scale=2), nullable=False),
    sa.Column('parts', sa.Text(), nullable=False),
    sa.Column('target', sa.Text(), nullable=False),
    sa.Column('issued_at', UTC, nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['last_entry_id'], ['credentials_credit_entries.id'], name=op.f('fk_credentials_statements_last_entry_id')),
    sa.ForeignKeyConstraint(['user_id'], ['account_users.id'], name=op.f('fk_credentials_statements_user_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credentials_statements')),
    sa.UniqueConstraint('number', name=op.f('uq_credentials_statements_number')),
    sa.UniqueConstraint('user_id', 'year', 'last_entry_id', 'holder_name', name=op.f('uq_credentials_statements_user_id'))
    )
    for table in GUARDED:
        _guard(table)


def _widen_the_ledger() -> None:
    """Make a new table and copy: lines of nought hours are lines too, and every line has a day."""
    _unguard(LEDGER)
    with op.batch_alter_table(LEDGER) as batch_op:
        batch_op.drop_index('ix_credentials_credit_entries_user_id')
    old = f"{LEDGER}_old"
    op.rename_table(LEDGER, old)
    if op.get_bind().dialect.name == "postgresql":
        for name in ("pk", "uq"):
            end = "_source_ref" if name == "uq" else ""
            op.execute(f"ALTER TABLE {old} DROP CONSTRAINT {name}_{LEDGER}{end}")
        op.execute(f"ALTER SEQUENCE {LEDGER}_id_seq RENAME TO {old}_id_seq")
    op.create_table(LEDGER,
    *_old_columns(),
    sa.Column('activity', sa.String(length=20), nullable=False),
    sa.Column('category', sa.String(length=10), nullable=False),
    sa.Column('subject', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('stated_hours', sa.Numeric(precision=6, scale=2), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('rule_version_id', sa.Integer(), nullable=True),
    sa.Column('raw_hours', sa.Numeric(precision=6, scale=2), nullable=False),
    sa.Column('why', sa.String(length=200), nullable=False),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('entered_at', UTC, nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=True),
    sa.CheckConstraint(f"activity IN ({ACTIVITIES})", name=op.f(f'ck_{LEDGER}_activity')),
    sa.CheckConstraint("category IN ('公需', '专业')", name=op.f(f'ck_{LEDGER}_category')),
    sa.ForeignKeyConstraint(['rule_version_id'], ['credentials_rule_versions.id'], name=op.f(f'fk_{LEDGER}_rule_version_id')),
    sa.ForeignKeyConstraint(['reverses_id'], [f'{LEDGER}.id'], name=op.f(f'fk_{LEDGER}_reverses_id')),
    sa.UniqueConstraint('reverses_id', name=op.f(f'uq_{LEDGER}_reverses_id')),
    *_constraints(LEDGER)
    )
    day, year = _DAY[op.get_bind().dialect.name]
    values = {'day': day, 'year': year, **_NEW_VALUES}
    reverses = values.pop('reverses_id').replace(f"{LEDGER} AS taken", f"{old} AS taken").replace(f"{LEDGER}.source_ref", f"{old}.source_ref")
    kept = [column.name for column in _old_columns()]
    op.execute(
        f"INSERT INTO {LEDGER} ({', '.join([*kept, *values, 'reverses_id'])}) "
        f"SELECT {', '.join([*kept, *values.values(), reverses])} FROM {old} ORDER BY {old}.id"
    )
    _finish_copy(old)
    with op.batch_alter_table(LEDGER) as batch_op:
        batch_op.create_index('ix_credentials_credit_entries_user_year', ['user_id', 'year'])
    _guard(LEDGER)


def _finish_copy(old: str) -> None:
    op.drop_table(old)
    with op.batch_alter_table(LEDGER) as batch_op:
        batch_op.create_index('ix_credentials_credit_entries_user_id', ['user_id'])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval('{LEDGER}_id_seq', COALESCE(max(id), 1), max(id) IS NOT NULL) FROM {LEDGER}"
        )


def downgrade() -> None:
    for table in GUARDED:
        _unguard(table)
    op.drop_table('credentials_statements')
    _narrow_the_ledger()
    op.drop_table('credentials_ledger_checks')
    op.drop_table('credentials_ledgers')
    op.drop_table('credentials_rule_applications')
    op.drop_table('credentials_rule_versions')
    op.drop_column('courses_courses', 'category')


def _narrow_the_ledger() -> None:
    """Lines of nought hours have no place in the old table; they add nothing to any sum."""
    _unguard(LEDGER)
    with op.batch_alter_table(LEDGER) as batch_op:
        batch_op.drop_index('ix_credentials_credit_entries_user_year')
        batch_op.drop_index('ix_credentials_credit_entries_user_id')
    old = f"{LEDGER}_old"
    op.rename_table(LEDGER, old)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {old} DROP CONSTRAINT fk_{LEDGER}_reverses_id")
        for name, end in (("pk", ""), ("uq", "_source_ref"), ("uq", "_reverses_id")):
            op.execute(f"ALTER TABLE {old} DROP CONSTRAINT {name}_{LEDGER}{end}")
        op.execute(f"ALTER SEQUENCE {LEDGER}_id_seq RENAME TO {old}_id_seq")
    op.create_table(LEDGER,
    *_old_columns(),
    sa.CheckConstraint('hours <> 0', name=op.f(f'ck_{LEDGER}_hours')),
    *_constraints(LEDGER)
    )
    kept = ", ".join(column.name for column in _old_columns())
    op.execute(f"INSERT INTO {LEDGER} ({kept}) SELECT {kept} FROM {old} WHERE hours <> 0 ORDER BY {old}.id")
    _finish_copy(old)
    _guard(LEDGER)
