"""Classes (培训班): programmes, one run of them with a roster, and who graduates.

For: what a programme asks, who is in a class, who teaches it, when what is due, the notice board,
the 结业 list. Not for: what happens in a room at an hour (sessions) nor what is learned (courses).
"""
