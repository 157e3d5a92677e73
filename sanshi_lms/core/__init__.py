"""Core: what every room stands on and what knows no room.

Database and the one transaction, settings, errors, access, storage, jobs, audit, Markdown,
clock. Rooms import the inner modules of core directly; core imports no room.
"""
