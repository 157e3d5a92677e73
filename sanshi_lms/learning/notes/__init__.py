"""Notes and bookmarks: what a person writes for themselves at a second of a lesson.

Private: every query is bound to its writer, and no role sees another person's notes.
"""
