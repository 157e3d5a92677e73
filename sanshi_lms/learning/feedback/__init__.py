"""Feedback on a course in three taps: useful, difficulty, length, and a few words if wanted.

Once for each person and course, changeable. Its author sees sums and words, never who said what,
and nothing before five people have said something.
"""
