"""Under which conditions a paper is taken: time, window, resits, what counts, practice.

For: the rule of a paper as one sentence that learner and administrator read in the same words.
Not for: what is asked (the items), nor what happens within an attempt (`quizzes.attempts`).
"""
