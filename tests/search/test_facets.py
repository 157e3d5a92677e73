"""Facets: every count is what choosing the value would show, hidden documents never count."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import product

import pytest

from sanshi_lms.core.registers import Document
from sanshi_lms.search.engine import Key, Question, SearchEngine
from sanshi_lms.search.facets import DIMENSIONS, Facts, facts_of, facts_text, read_facts
from tests.search.stores import ENGINES, store
from tests.search.test_engine import nothing

AUDIENCES, TOPICS = ("居民", "社区干部"), ("城市更新", "完整社区", "")
DOCUMENTS = [
    Document(
        kind,
        number,
        f"第{number}讲 电梯",
        f"/{number}",
        audience=(audience,),
        topic=topic,
        minutes=number,
        districts=("渝中区",) if number % 2 else (),
        at=datetime(2024 + number % 3, 5, 1 + number, tzinfo=UTC),
    )
    for number, (kind, audience, topic) in enumerate(
        product(("course", "lesson"), AUDIENCES, TOPICS), 1
    )
]


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SearchEngine]:
    with store(request, tmp_path_factory.mktemp("facets")) as new:
        made = new()
        made.rebuild(DOCUMENTS, nothing)
        yield made


def total(engine: SearchEngine, **chosen: str) -> int:
    return engine.search(Question("电梯", chosen=chosen)).total


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"kind": "lesson"},
        {"kind": "lesson", "audience": "居民"},
        {"year": "2025", "length": "short"},
    ],
    ids=str,
)
def test_each_count_is_what_its_value_would_show(
    engine: SearchEngine, chosen: dict[str, str]
) -> None:
    counts = engine.search(Question("电梯", chosen=chosen)).counts
    assert counts
    for label, count in counts.items():
        name, _, value = label.partition("=")
        assert name in DIMENSIONS
        assert total(engine, **{**chosen, name: value}) == count


def test_a_hidden_document_counts_nowhere(engine: SearchEngine) -> None:
    def without_first(keys: Sequence[Key]) -> set[Key]:
        return {key for key in keys if key[1] != 1}

    for chosen in ({}, {"kind": "lesson"}, {"kind": "course"}):
        answer = engine.search(Question("电梯", chosen=chosen), visible=without_first)
        assert answer.counts["kind=course"] == 5
        assert 1 not in [hit.document.ref for hit in answer.hits]


def test_order_by_date_and_by_length(engine: SearchEngine) -> None:
    newest = engine.search(Question("电梯", sort="newest"), limit=12).hits
    dates = [hit.document.at for hit in newest]
    assert dates == sorted(dates, reverse=True)  # type: ignore[type-var]  # all have a date
    shortest = engine.search(Question("电梯", sort="shortest"), limit=12).hits
    assert [hit.document.minutes for hit in shortest] == list(range(1, 13))


def test_what_is_new_and_for_people_like_me_comes_first(engine: SearchEngine) -> None:
    plain = engine.search(Question("电梯", today=9_800, favour="社区干部"), limit=3).hits
    assert {hit.document.audience for hit in plain} == {("社区干部",)}


@pytest.mark.parametrize("document", [*DOCUMENTS, Document("help", 7, "题", "/x")])
def test_facts_survive_their_line(document: Document) -> None:
    facts: Facts = facts_of(document)
    assert read_facts(facts_text(document), {}) == facts
