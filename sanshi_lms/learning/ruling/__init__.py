"""Ruling: what learning must be like to count, as data, by course and by class.

For: rules with their versions, the one sentence of each, which rule holds for whom. Not for: what
a report of watching earns by the clock (learning/rules.py) nor what a person has done.
"""

from sanshi_lms.learning.ruling.classes import use_class_rules
from sanshi_lms.learning.ruling.models import LearningRule
from sanshi_lms.learning.ruling.queries import held_rule, newest_rules, rule_for, rules_for
from sanshi_lms.learning.ruling.rules import Rule

__all__ = [
    "LearningRule",
    "Rule",
    "held_rule",
    "newest_rules",
    "rule_for",
    "rules_for",
    "use_class_rules",
]
