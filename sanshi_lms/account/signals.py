"""News of an account for rooms above: they listen, account knows none of them."""

from blinker import Signal

account_touched = Signal()
"""Sent with the User as sender when their account's safety is touched: `what` ("password",
"linked", "unlinked", "device"), `words` (which account was linked, which device), `at`."""
