"""Regrading: a key was wrong, and attempts are marked again by the mended one.

For: who changes, from what to what, before anything does; then the change, with its history.
Not for: what a changed pass leads to. Whoever cares listens to `attempt_regraded`, and to
`attempt_passed` as always.
"""
