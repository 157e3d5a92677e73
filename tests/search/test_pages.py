"""The page and its JSON: found, marked, at the second; drafts never; damaged and honest."""

from collections.abc import Iterator, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sanshi_lms.core.changes import touch, waiting
from sanshi_lms.core.db import transaction
from sanshi_lms.core.registers import Cue, Document, add_search_source, registers
from sanshi_lms.search import jobs
from sanshi_lms.search.engine import Question
from sanshi_lms.search.sources import engine

SPOKEN = [
    Cue(0.0, "大家好，欢迎来到微课堂。"),
    Cue(192.6, "加装电梯的费用怎么分摊？"),
    Cue(400.0, "谢谢大家。"),
]

pytestmark = pytest.mark.usefixtures("shelf")


class Shelf:
    """A source of one kind whose documents stand in memory; `public` says who may be seen."""

    def __init__(self, kind: str, label: str, documents: Sequence[Document]) -> None:
        self.kind = kind
        self.label = label
        self.by_ref = {document.ref: document for document in documents}
        self.public = set(self.by_ref)

    def refs(self) -> Sequence[int]:
        return sorted(self.public)

    def documents(self, refs: Sequence[int]) -> Iterator[Document]:
        return (self.by_ref[ref] for ref in refs if ref in self.public)

    def visible(self, refs: Sequence[int]) -> Sequence[int]:
        return [ref for ref in refs if ref in self.public]

    def cues(self, ref: int) -> Sequence[Cue]:
        return SPOKEN if self.by_ref[ref].transcript else ()


@pytest.fixture
def shelf(app: Flask) -> Iterator[Shelf]:
    spoken = "\n".join(cue.text for cue in SPOKEN)
    lessons = Shelf(
        "lesson",
        "单节课",
        [
            Document("lesson", 1, "加装电梯谁出钱", "/courses/lift/money", transcript=spoken),
            Document(
                "lesson", 2, "<b>屋面</b>防水", "/courses/roof/a", body="先看 <i>防水</i> 层。"
            ),
            *(Document("lesson", n, f"第{n}讲 城市体检", f"/c/{n}") for n in range(10, 35)),
        ],
    )
    with app.app_context():
        registers().sources.clear()
        add_search_source(lessons)
        add_search_source(
            Shelf("course", "课程", [Document("course", 1, "加装电梯", "/courses/lift")])
        )
        jobs.rebuild()
    yield lessons
    with app.app_context():
        engine().close()  # type: ignore[attr-defined]  # a Whoosh engine keeps files open


def test_found_words_are_marked(client: FlaskClient) -> None:
    page = client.get("/search/?q=加装电梯").text
    assert "<mark>加装电梯</mark>谁出钱" in page
    assert "找到 2 条" in page
    assert 'href="/courses/lift/money"' in page


def test_a_spoken_word_opens_the_video_at_its_second(client: FlaskClient) -> None:
    assert 'href="/courses/lift/money?t=192"' in client.get("/search/?q=费用分摊").text
    found = client.get("/api/v1/search?q=费用分摊").json
    assert found is not None
    assert [entry["kind"] for entry in found["results"]] == ["lesson", "caption"]
    caption = found["results"][1]
    assert caption["url"] == "/courses/lift/money?t=192"
    assert caption["seconds"] == 192
    assert "<mark>费用</mark>" in caption["snippet"]


def test_json_carries_what_is_promised(client: FlaskClient) -> None:
    found = client.get("/api/v1/search?q=加装电梯&limit=1").json
    assert found is not None
    assert (found["query"], found["total"], found["pages"]) == ("加装电梯", 2, 2)
    assert found["counts"] == {"course": 1, "lesson": 1}
    assert set(found["results"][0]) == {"kind", "title", "snippet", "url"}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=51", "limit=x", "limit=²", "page=-1", "page=" + "9" * 400]
)
def test_a_bad_number_is_refused_in_plain_words(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/search?q=电梯&{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert "参数" in answer.json["error"]["message"]


def test_a_withdrawn_lesson_does_not_leak_from_a_stale_index(
    client: FlaskClient, shelf: Shelf
) -> None:
    shelf.public.discard(1)
    found = client.get("/api/v1/search?q=加装电梯").json
    assert found is not None
    assert [entry["url"] for entry in found["results"]] == ["/courses/lift"]
    assert (found["total"], found["counts"]) == (1, {"course": 1})
    assert "谁出钱" not in client.get("/search/?q=加装电梯").text


def test_a_draft_is_never_indexed(app: Flask, shelf: Shelf) -> None:
    shelf.by_ref[3] = Document("lesson", 3, "边坡治理", "/c/3")
    with app.app_context():
        with transaction():
            touch("lesson", 3)
        jobs.take_up_changes()
        assert engine().search(Question("边坡治理")).total == 0


def test_a_change_is_taken_up_and_leaves_the_outbox(
    app: Flask, client: FlaskClient, shelf: Shelf
) -> None:
    shelf.by_ref[2] = Document("lesson", 2, "外墙保温", "/courses/roof/a")
    shelf.public.discard(1)
    with app.app_context():
        with transaction():
            touch("lesson", 2)
            touch("lesson", 1)
            touch("gone-kind", 9)
        jobs.take_up_changes()
        assert waiting() == []
    assert "<mark>外墙保温</mark>" in client.get("/search/?q=外墙保温").text
    assert "没有找到" in client.get("/search/?q=屋面").text


def test_text_of_a_document_is_escaped(client: FlaskClient) -> None:
    page = client.get("/search/?q=防水").text
    assert "&lt;b&gt;屋面&lt;/b&gt;<mark>防水</mark>" in page
    assert "<i>" not in page


def test_pages_and_kinds(client: FlaskClient) -> None:
    first = client.get("/search/?q=城市体检").text
    assert "第 1 页，共 3 页" in first
    assert "kind=lesson" in first
    last = client.get("/search/?q=城市体检&kind=lesson&page=3").text
    assert last.count('class="result"') == 5
    assert client.get("/search/?q=城市体检&page=999999999999").status_code == 200
    assert client.get("/search/?q=城市体检&page=x&kind=nothing").status_code == 200


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/search/?q=zzqq").text
    assert "没有找到“zzqq”" in page
    assert "换短一点的词" in page
    assert "q=%E5%8A%A0%E8%A3%85%E7%94%B5%E6%A2%AF" in page
    assert "加装电梯" in client.get("/search/").text


def test_a_damaged_index_is_told_and_mended(app: Flask, client: FlaskClient) -> None:
    folder = next(f.parent for f in (app.extensions["settings"].index_dir).rglob("manifest.json"))
    for file in folder.glob("*.seg"):
        file.write_bytes(file.read_bytes()[:100])
    page = client.get("/search/?q=加装电梯")
    assert page.status_code == 200
    assert "暂时搜不了" in page.text
    found = client.get("/api/v1/search?q=加装电梯").json
    assert found is not None
    assert found["notice"]
    health = client.get("/healthz").json
    assert health is not None
    assert not health["parts"]["index"]["ok"]
    with app.app_context():
        assert jobs.needs_rebuild()
        jobs.repair()
        assert not jobs.needs_rebuild()
    assert "找到 2 条" in client.get("/search/?q=加装电梯").text


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "'\"><img src=x>", "a" * 3000, "%00"]
)
def test_a_hostile_query_is_only_text(client: FlaskClient, query: str) -> None:
    page = client.get("/search/", query_string={"q": query})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text


def test_rebuild_by_command(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert "28 documents" in done.output


def test_a_mistyped_word_is_put_right(client: FlaskClient) -> None:
    page = client.get("/search/?q=加装电剃").text
    assert "下面是搜“" in page
    assert ">加装电梯</a>" in page
    found = client.get("/api/v1/search?q=加装电剃").json
    assert found is not None
    assert found["meant"] == "加装电梯"
    assert found["relaxed"]
    assert client.get("/api/v1/search?q=加装电梯").json["meant"] is None  # type: ignore[index]


def test_dead_weight_is_cleared_away(app: Flask, shelf: Shelf) -> None:
    with app.app_context():
        for _ in range(3):
            engine().update(list(shelf.by_ref.values()))
        assert engine().waste() > jobs.MUCH_WASTE
        jobs.repair()
        assert engine().waste() == 0.0
        assert engine().count() == 28
