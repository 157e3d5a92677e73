"""Viewing: what the page around a video offers, and what it tells us about how watching went.

For: qualities with their sizes, the text of a lecture to read, figures of playing, reports of
trouble. Not for: what a person has watched (learning), nor the media (engine, access).
Nothing that arrives here is trusted for credit.
"""
