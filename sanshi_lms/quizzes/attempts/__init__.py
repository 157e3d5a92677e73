"""The life of an attempt by the server's clock: deadline, grace, outages, ends that nobody makes.

For: until when answers are taken, what an outage of ours gives back, closing what was left open.
Not for: which conditions a paper has (`quizzes.papers`), nor what an answer is worth.
"""
