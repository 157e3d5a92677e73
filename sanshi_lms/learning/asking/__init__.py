"""Questions inside a video (弹题): an item of the bank at a second of a lecture.

For: where an author put them, who answered which, and that a lecture with an open question is not
complete. Not for: the items themselves and their marking (quizzes), nor what was watched.
"""
