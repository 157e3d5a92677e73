"""Files into a paper and out of it, by the pages."""

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from sanshi_lms.quizzes.exchange.files import read_file
from sanshi_lms.quizzes.exchange.formats import FORMATS
from sanshi_lms.quizzes.exchange.sheets_write import EXAMPLES, template_xlsx
from tests.people import Cast
from tests.quizzes.exchange.test_import import stems
from tests.quizzes.papers import make_paper

TEXT = "1. 谁出钱？\nA. 业主\nB. 租客\n答案：A\n知识点：城市更新\n"


@pytest.fixture
def paper(app: Flask) -> int:
    return make_paper(app)


def upload(client: FlaskClient, paper: int, data: bytes, name: str = "a.bin") -> TestResponse:
    sent = {"file": (io.BytesIO(data), name), "then": "look"}
    return client.post(f"/admin/quizzes/{paper}/import", data=sent)


def carried(page: TestResponse) -> str:
    found = re.search(r'name="read" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_a_file_is_looked_over_then_taken_in_once(app: Flask, people: Cast, paper: int) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{paper}/import"
    before = stems(app, paper)
    easy = [one for one in EXAMPLES if one.kind in {"single", "multiple", "matching"}]
    looked = upload(author, paper, FORMATS["xlsx"].write(easy), "题目.docx")
    assert "文件“题目.docx”里的题目" in looked.text
    assert "导入这 3 题" in looked.text
    assert "分值（1 道）" in looked.text, "what a paper does not keep is told"
    assert stems(app, paper) == before
    read = {"read": carried(looked), "then": "all"}
    assert author.post(path, data=read).status_code == 302
    assert stems(app, paper) == [*before, *(one.stem_md for one in easy)]
    again = author.post(path, data=read)
    assert again.status_code == 422
    assert "不会重复导入" in again.text


def test_with_a_bad_row_only_the_good_ones_when_asked_for(
    app: Flask, people: Cast, paper: int
) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{paper}/import"
    before = stems(app, paper)
    looked = upload(author, paper, "题目,选项A,选项B,答案\n甲？,一,二,A\n乙？,一,二,D\n".encode())
    assert "第 3 行" in looked.text
    assert "答案里的 D 没有对应的选项" in looked.text
    refused = author.post(path, data={"read": carried(looked), "then": "all"})
    assert refused.status_code == 422
    assert stems(app, paper) == before
    taken = author.post(path, data={"read": carried(looked), "then": "good"})
    assert taken.status_code == 302
    assert stems(app, paper) == [*before, "甲？"]


def test_no_key_changes_on_its_way_into_a_paper(people: Cast, paper: int) -> None:
    text = "写法？{=甲|乙}\n\n连\n{=甲\\=乙 -> 丙 =丁 -> 戊}\n"
    page = upload(people.client("author"), paper, text.encode())
    assert page.text.count("在测验里会变成另一个答案") == 2
    assert "可以导入 0 题" in page.text


def test_what_cannot_be_read_is_said(people: Cast, paper: int) -> None:
    author = people.client("author")
    assert "PDF" in upload(author, paper, b"%PDF-1.7").text
    path = f"/admin/quizzes/{paper}/import"
    assert "不完整" in author.post(path, data={"read": "!", "then": "all"}).text
    assert "请先选一个文件" in author.post(path, data={"then": "look"}).text


@pytest.mark.parametrize("key", list(FORMATS))
def test_a_paper_goes_out_and_comes_back(people: Cast, paper: int, key: str) -> None:
    author = people.client("author")
    page = author.get(f"/admin/quizzes/{paper}/export")
    assert f"/admin/quizzes/{paper}/export/{key}" in page.text
    file = author.get(f"/admin/quizzes/{paper}/export/{key}")
    assert file.headers["Content-Disposition"].startswith("attachment")
    kinds = [one.kind for one in read_file(file.data)]
    held = {"aiken": ["single", "true_false"]}
    assert kinds == held.get(key, ["single", "multiple", "true_false"])


def test_only_the_chosen_ones_and_what_is_lost(people: Cast, paper: int) -> None:
    author, path = people.client("author"), f"/admin/quizzes/{paper}/export"
    ids = re.findall(r'name="item" value="(\d+)"', author.get(path).text)
    one = author.get(f"{path}/gift", query_string={"chosen": "1", "item": ids[1]})
    assert [c.kind for c in read_file(one.data)] == ["multiple"]
    page = author.get(path, query_string={"chosen": "1", "item": ids[1]})
    assert "选了 1 题，共 3 题" in page.text
    assert "多选题 1 道（整道题不会写进文件）" in page.text


def test_the_bank_by_topic(people: Cast, paper: int) -> None:
    author, bank = people.client("author"), "/admin/quizzes/bank/export"
    author.post(f"/admin/quizzes/{paper}/import", data={"text": TEXT, "then": "all"})
    assert "城市更新" in author.get(bank).text
    page = author.get(bank, query_string={"topic": "城市更新"})
    assert "谁出钱？" in page.text
    file = author.get(f"{bank}/xlsx", query_string={"topic": "城市更新"})
    assert [one.stem_md for one in read_file(file.data)] == ["谁出钱？"]


def test_template_and_strangers(people: Cast, paper: int) -> None:
    path = "/admin/quizzes/import/template.xlsx"
    assert list(read_file(people.client("author").get(path).data)) == list(
        read_file(template_xlsx())
    )
    cadre = people.client("cadre")
    for one in (path, f"/admin/quizzes/{paper}/export", f"/admin/quizzes/{paper}/export/xlsx",
                "/admin/quizzes/bank/export", "/admin/quizzes/bank/export/xlsx"):  # fmt: skip
        assert cadre.get(one).status_code == 403
    assert people.client("author").get(f"/admin/quizzes/{paper}/export/doc").status_code == 404
