"""Offline sessions (线下活动、集中培训): a place at an hour, sign-up, check-in, attendance.

For: who may come, who came, and by what it is known (scan, tutor, paper). A session belongs to a
class, or is open to everybody. Not for: what attendance is worth (classes and credentials).
"""
