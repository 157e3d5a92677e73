"""Moving: the whole installation in one file that either engine takes, `export --all`, `import`.

For: growing from SQLite to PostgreSQL, changing machines, leaving with everything. Not for: the
nightly copy (tools/backup.py, which is quicker and keeps to one engine), nor for parts: each room
exports its own lists.
"""
