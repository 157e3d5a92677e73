"""Questions at a second of a lesson, answered by 三师, authors and administrators.

Nothing that a stranger posts is public before a person has looked at it (rules.posts_at_once). An
accepted answer can be searched, and a hit opens the lesson at the second.
"""
