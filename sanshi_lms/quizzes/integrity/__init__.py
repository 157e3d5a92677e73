"""Notes of focus lost and texts pasted during a test: announced before, only for a person to read.

Nothing is decided by them: a call that came in looks the same as a look into a book.
"""
