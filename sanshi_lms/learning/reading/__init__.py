"""Reading: how long a text was really before a person, measured by the server's clock.

For: the time itself, and refusing to call unread what a rule wants read. Not for: what the rule
asks (ruling) nor what follows from a completed lesson (learning/actions.py).
"""
