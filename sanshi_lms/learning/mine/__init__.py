"""My learning: the one next thing to do, what is due, what is under way, what is done.

Rooms above say what is due: `add_duty_source(app, source)` in their setup.
"""
