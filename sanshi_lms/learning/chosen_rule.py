"""Which rule of watching holds for one person in one course."""

from sanshi_lms.learning.ruling import rule_for

__all__ = ["rule_for"]
