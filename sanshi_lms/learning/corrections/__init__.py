"""Corrections of a learning record: asked for with a reason, decided by a second person.

For: what an administrator adds on top of the records, and its history, which nobody edits. Not for:
what follows from a completed lesson (learning/actions.py).
"""
