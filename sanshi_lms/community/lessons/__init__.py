"""Lessons that help with a need or a story, by their words.

For: which lessons are like a text. Not for: what a lesson is (courses) nor who sends it (needs).
"""
