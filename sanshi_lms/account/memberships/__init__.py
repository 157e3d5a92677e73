"""To which units people belong and belonged: their own, and those they work in besides.

For: transfers with their days, more than one unit at a time. Not for: which unit a person's
training and figures count in; that is always their own (`User.unit_id`).
"""
