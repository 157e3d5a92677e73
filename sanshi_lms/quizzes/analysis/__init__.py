"""Item analysis: which questions are hard, which do not tell who knows, which options mislead.

For: what the answers of many people say about the questions and about the teaching.
Not for: what one person got, nor changing anything.
"""
