"""The gold set: what cadres ask is found in the first five, on each engine.

The figures themselves come from `make bench ONLY=search`; here stands the floor.
"""

from tests.search.gold import documents, judged, measure
from tests.search.stores import Open
from tests.search.test_engine import nothing

RECALL = 0.95


def test_the_set_is_large_and_names_only_what_there_is() -> None:
    asked, known = list(judged()), documents().keys()
    assert len(asked) >= 150
    assert len({one.query for one in asked}) == len(asked)
    assert [one.query for one in asked if not one.answers or set(one.answers) - known] == []


def test_what_people_ask_is_among_the_first_five(opened: Open) -> None:
    engine = opened()
    engine.rebuild(documents().values(), nothing)
    quality = measure(engine)
    assert quality.recall >= RECALL, "\n".join(quality.short)
