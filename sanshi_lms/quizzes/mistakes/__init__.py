"""错题本: what somebody answered wrong comes back after days, until it is known.

For: which questions wait for whom and when, five minutes' worth at a time.
Not for: results: nothing here counts towards any.
"""
