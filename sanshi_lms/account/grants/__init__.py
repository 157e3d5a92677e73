"""Duties at the desk that people are given, over everything or over a unit and all below it.

For: who may do what over which units (`reach`), giving and ending a duty. Not for: which views keep
to it; each says so itself (core/access).
"""
