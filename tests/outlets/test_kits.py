"""The kit for an official account: inside every limit, whatever the piece holds."""

import io
import re
import zipfile

import pytest
import zxingcpp
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.registers import Cue
from sanshi_lms.outlets.kits.article import article_of
from sanshi_lms.outlets.kits.drawing import as_jpeg, public_bytes, qr_card
from sanshi_lms.outlets.kits.package import archive, make_kit
from sanshi_lms.outlets.kits.rules import (
    COVER_SQUARE,
    COVER_WIDE,
    MAX_CHARACTERS,
    MAX_DIGEST,
    MAX_PICTURE_BYTES,
    MAX_TITLE,
    PictureFile,
    breaches,
    shortened,
)
from sanshi_lms.outlets.kits.styles import styled
from sanshi_lms.outlets.pieces import Piece, find_piece
from tests.outlets.making import BODY, make_lesson, noise, size_of

FINE = PictureFile("01.jpg", 1000, "jpeg")


def piece(**values: object) -> Piece:
    given: dict[str, object] = {
        "kind": "lesson", "ref": 1, "title": "题目", "summary": "摘要。", "body_md": BODY,
        "path": "/x", "topic": "城市更新",
    }  # fmt: skip
    return Piece(**(given | values))  # type: ignore[arg-type]  # fields by name


def what(title: str = "题", digest: str = "", html: str = "<p>文</p>", *files: PictureFile) -> str:
    return "；".join(one.what for one in breaches(title, digest, html, files, ["pictures/"]))


def test_what_is_inside_the_limits_has_no_breach() -> None:
    assert what("题" * MAX_TITLE, "要" * MAX_DIGEST, "<p>文</p>", FINE) == ""


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>" + "文" * MAX_CHARACTERS + "</p>", "20000"),
        ("<p>x<script>1</script></p>", "脚本"),
        ("<IFRAME src='x'></IFRAME>", "嵌入的网页"),
        ("<video></video>", "视频"),
        ('<p onclick="x()">x</p>', "点击脚本"),
        ('<a href="https://example.cn">x</a>', "外部链接"),
        ('<img src="https://example.cn/a.jpg">', "外站图片"),
        ('<img src="pictures/01.jpg">', ""),
        ('<a href="https://mp.weixin.qq.com/s/1">x</a>', ""),
    ],
)
def test_each_breach_is_named(html: str, told: str) -> None:
    assert told in what(html=html)
    assert bool(told) == bool(what(html=html))


def test_titles_digests_and_pictures_that_break_a_limit() -> None:
    assert "标题 33 个字" in what("题" * 33)
    assert "没有标题" in what(" ")
    assert "摘要 121 个字" in what("题", "要" * 121)
    assert "1200 KB" in what("题", "", "", PictureFile("01.jpg", 1_200_000, "jpeg"))
    assert "不是 JPG" in what("题", "", "", PictureFile("01.gif", 10, "gif"))
    assert "51 张" in what("题", "", "", *[FINE] * 51)


@given(st.text(max_size=400))
def test_whatever_was_written_becomes_plain_tags_without_links(text: str) -> None:
    html, pictures, _ = styled(str(render_markdown(text)))
    assert not re.search(r"<(script|iframe|a|video|style|form)\b", html, re.IGNORECASE)
    assert not re.search(r"\s(class|id|on\w+)=", re.sub(r">[^<]*<", "><", html))
    assert html.count("data-picture=") >= len(pictures)


@given(st.text(max_size=300), st.integers(10, 120))
def test_a_shortened_text_fits(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most


def test_an_article_has_its_words_and_no_more() -> None:
    made = article_of(piece(parts=("第一课", "第二课")))
    assert "加装电梯<strong" in made.html
    assert "一共 2 节课" in made.html
    assert "example.cn" not in made.html
    assert any("1 个网址" in note for note in made.notes)
    assert made.with_pictures(lambda number: f"pictures/{number}.png").count("<img src=") == 1


def test_a_transcript_is_left_out_when_it_would_be_too_long() -> None:
    short = article_of(piece(spoken=[Cue(0.0, "大家好。"), Cue(2.0, "今天讲分钱。")]))
    assert "讲稿全文" in short.html
    assert "大家好。今天讲分钱。" in short.html
    long = article_of(piece(spoken=[Cue(float(n), "这是很长的一句话。") for n in range(4000)]))
    assert "讲稿全文" not in long.html
    assert len(long.html) < MAX_CHARACTERS
    assert any("讲稿全文太长" in note for note in long.notes)


def test_markup_in_titles_stays_text() -> None:
    made = article_of(piece(title="<b>题</b>", summary="<script>1</script>", parts=("<i>课</i>",)))
    assert "<script>" not in made.html
    assert "<i>" not in made.html


def test_a_large_picture_goes_out_under_the_limit() -> None:
    data = as_jpeg(noise(1080, 4000))
    assert len(data) <= MAX_PICTURE_BYTES
    assert Image.open(io.BytesIO(data)).format == "JPEG"


def test_the_code_leads_where_it_says() -> None:
    (read,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_card("https://a.cn/go/abcdefg"))))
    assert read.text == "https://a.cn/go/abcdefg"


def test_only_what_a_stranger_gets_leaves(app: Flask) -> None:
    make_lesson(app)
    with app.app_context():
        assert public_bytes("/courses/lift") is not None
        for path in ("/admin/", "https://example.cn/a.jpg", "//example.cn/a", "data:,x", ""):
            assert public_bytes(path) is None


def test_the_archive_has_everything_in_chinese(app: Flask) -> None:
    lesson_id = make_lesson(app)
    with app.app_context():
        found = find_piece("lesson", lesson_id)
        assert found is not None
        kit = make_kit(found, "https://weike.example.cn/go/abcdefg")
        data = archive(kit, found, "https://weike.example.cn/go/abcdefg")
    assert not kit.breaches
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        names = set(box.namelist())
        assert names >= {
            "正文.html",
            "标题和摘要.txt",
            "检查结果.txt",
            "封面-宽.jpg",
            "封面-方.jpg",
        }
        assert size_of(box.read("封面-宽.jpg")) == COVER_WIDE
        assert size_of(box.read("封面-方.jpg")) == COVER_SQUARE
        page = box.read("正文.html").decode()
        assert set(re.findall(r'src="([^"]+)"', page)) <= names
        assert "go/abcdefg" in box.read("标题和摘要.txt").decode()
        assert "检查通过" in box.read("检查结果.txt").decode()
