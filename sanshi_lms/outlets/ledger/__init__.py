"""The ledger of publications: where and when each thing was published, by whom, and what to do
when it is withdrawn here: the list of places where it must come down too.
"""

from sanshi_lms.outlets.ledger.actions import record, take_down
from sanshi_lms.outlets.ledger.queries import publications, publications_of, to_take_down

__all__ = ["publications", "publications_of", "record", "take_down", "to_take_down"]
