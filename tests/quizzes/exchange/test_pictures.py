"""Pictures of questions go out and come in with them; strangers' are opened safely."""

import base64
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sanshi_lms.core.db import db
from sanshi_lms.quizzes.content import Area, ItemContent, OptionContent, Picture
from sanshi_lms.quizzes.exchange.docx_write import write_docx
from sanshi_lms.quizzes.exchange.exporting import content_of
from sanshi_lms.quizzes.exchange.files import read_file
from sanshi_lms.quizzes.exchange.formats import FORMATS
from sanshi_lms.quizzes.exchange.keeping import keep_arrived, pictures_of
from sanshi_lms.quizzes.exchange.pictured import MOST_PICTURES, OURS
from sanshi_lms.quizzes.exchange.qti_areas import area_of, exact, exact_areas
from sanshi_lms.quizzes.pictures.store import in_markdown, keep_picture
from sanshi_lms.quizzes.queries import full_paper
from tests.people import Cast
from tests.quizzes.papers import make_paper

SIDES = st.floats(0, 1)


def drawn(colour: tuple[int, int, int]) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (90, 60), colour).save(written, "PNG")
    return written.getvalue()


def questions() -> list[ItemContent]:
    """Pictures in stem, option and explanation, and one to point at."""
    names = [keep_picture(drawn((20 * n, 90, 120))) for n in range(4)]
    stem, option, why = (in_markdown(name, f"图 {n}") for n, name in enumerate(names[:3]))
    choice = ItemContent(
        "single", f"这是什么？\n\n{stem} 看清楚", f"因为 {why}",
        (OptionContent(f"甲 {option}", correct=True), OptionContent("乙", correct=False)),
    )  # fmt: skip
    areas = (Area(0.1, 0.25, 0.333, 0.5), Area(0.5, 0.5, 1, 1))
    spot = ItemContent("hotspot", "井在哪？", picture=Picture(names[3], "平面图"), areas=areas)
    return [choice, spot]


def nameless(contents: Sequence[ItemContent]) -> list[ItemContent]:
    """Return questions without the names that pictures have in one installation."""
    found = []
    for one in contents:
        picture = replace(one.picture, key="") if one.picture else None
        options = tuple(replace(o, text_md=OURS.sub(r"\1", o.text_md)) for o in one.options)
        stem, why = (OURS.sub(r"\1", text) for text in (one.stem_md, one.explanation_md))
        found.append(
            replace(one, stem_md=stem, explanation_md=why, options=options, picture=picture)
        )
    return found


@pytest.mark.parametrize(("key", "points"), [("moodle", False), ("qti21", True), ("qti30", True)])
def test_out_and_in_again_with_other_names(app: Flask, key: str, points: bool) -> None:
    with app.app_context():
        sent = questions()
        form = FORMATS[key]
        assert all("图片" not in words for words in form.losses(sent))
        file = form.write(sent, pictures_of(sent))
        assert b"/quizzes/pictures/" not in file
        there = keep_arrived(read_file(file))
        assert [one.problem_zh for one in there.found] == [None] * (1 + points)
        got = [one.content for one in there.found]
        assert nameless(got) == nameless(sent[: 1 + points])
        again = pictures_of(got)
        assert len(again) == 3 + points
        assert not set(again) & set(pictures_of(sent)), "stored anew"
        for data in again.values():
            with Image.open(io.BytesIO(data)) as opened:
                assert opened.size == (90, 60)
        told = FORMATS["xlsx"].losses(sent)
        assert "图片只写网页上的地址（2 道）" in told


def document(picture: bytes, embed: str = "rId9") -> bytes:
    """Return a Word document with a picture in its first question."""
    choice = ItemContent(
        "single", "这是什么？图", options=(OptionContent("井", True), OptionContent("楼", False))
    )
    with zipfile.ZipFile(io.BytesIO(write_docx([choice]))) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    run = (
        '<w:r><w:drawing><wp:docPr xmlns:wp="urn:wp" descr="电梯井(一层)"/>'
        '<a:blip xmlns:a="urn:a" xmlns:r="http://schemas.openxmlformats.org/officeDocument/'
        f'2006/relationships" r:embed="{embed}"/></w:drawing></w:r>'
    )
    text = parts["word/document.xml"].decode()
    parts["word/document.xml"] = re.sub(r"(这是什么？图</w:t></w:r>)", rf"\1{run}", text).encode()
    parts["word/_rels/document.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId9" Target="media/a.png"/>'
        b'<Relationship Id="rId8" Target="https://evil.example/a.png" TargetMode="External"/>'
        b"</Relationships>"
    )
    parts["word/media/a.png"] = picture
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return written.getvalue()


def test_a_picture_in_word_comes_along_through_the_page(app: Flask, people: Cast) -> None:
    paper, author = make_paper(app, ()), people.client("author")
    url = f"/admin/quizzes/{paper}/import"
    file = (io.BytesIO(document(drawn((9, 9, 9)))), "题.docx")
    looked = author.post(url, data={"file": file, "then": "look"}).text
    packed = re.search(r'name="read" value="([^"]+)"', looked)
    assert packed
    assert author.post(url, data={"read": packed[1], "then": "all"}).status_code == 302
    with app.app_context():
        full = full_paper(paper)
        assert full
        (content,) = (content_of(item) for item in full.items)
        assert re.search(r"!\[电梯井一层\]\(/quizzes/pictures/[0-9a-f]{24}\.jpg\)", content.stem_md)
        name = next(iter(pictures_of([content])))
        db.session.remove()
    with author.get(f"/quizzes/pictures/{name}") as shown:
        assert shown.mimetype == "image/jpeg"


@pytest.mark.parametrize("picture", [b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n" + b"x" * 99])
def test_what_is_no_picture_is_left_out_and_told(app: Flask, picture: bytes) -> None:
    with app.app_context():
        reading = keep_arrived(read_file(document(picture)))
        assert "1 张图片打不开" in reading.left_out[0].words_zh
        assert "arrived" not in reading.found[0].content.stem_md
    outside = read_file(document(picture, embed="rId8"))
    assert "不在文件里" in (outside.found[0].problem_zh or "")
    assert outside.pictures == []


def test_pictures_beyond_the_bound_are_told_and_not_taken() -> None:
    many = "".join(
        f'<question type="essay"><questiontext format="html"><text><![CDATA[甲 {n} '
        f'<img src="data:image/png;base64,{base64.b64encode(drawn((n, 0, 0))).decode()}" alt="x">'
        "]]></text></questiontext></question>"
        for n in range(MOST_PICTURES + 3)
    )
    reading = read_file(f"<quiz>{many}</quiz>".encode())
    assert len(reading.pictures) == MOST_PICTURES
    assert "![x](arrived:0)" in reading.found[0].content.stem_md
    assert [bool(one.problem_zh) for one in reading.found[-4:]] == [False, True, True, True]


@given(st.lists(st.tuples(SIDES, SIDES, SIDES, SIDES), max_size=5), st.text(max_size=40))
def test_areas_are_kept_exactly_and_any_text_is_answered(
    sides: list[tuple[float, float, float, float]], text: str
) -> None:
    areas = tuple(Area(*one) for one in sides)
    assert exact_areas(exact(areas)) == (areas or exact_areas(""))
    exact_areas(text)
    for shape in ("rect", "circle", "poly", ""):
        area_of(shape, text, 100, 50)
    assert area_of("rect", "10,20,30,40", 100, 50) == Area(0.1, 0.4, 0.3, 0.8)
    assert area_of("circle", "50,25,10", 100, 50) == Area(0.4, 0.3, 0.6, 0.7)
    assert area_of("rect", "10,20,30,40", 0, 0).right == 0
