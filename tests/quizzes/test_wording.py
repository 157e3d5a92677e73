"""Formulae, pictures, sources and versions of questions."""

import io
import re
from html import unescape

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from sanshi_lms.core.db import db, transaction
from sanshi_lms.quizzes.models import Item, ItemVersion
from sanshi_lms.quizzes.queries import freeze, full_paper
from sanshi_lms.quizzes.wording import item_text, option_text
from tests.people import Cast
from tests.quizzes.papers import SINGLE, make_paper, show_in_course


def test_formulae_are_drawn_and_money_is_not() -> None:
    drawn = item_text(r"面积 $\frac{2}{3}S$ 以上：$$a^2 \le b$$")
    assert drawn.count("<math") == 2
    assert "<mfrac>" in drawn
    assert 'display="block"' in drawn
    assert "<math" not in item_text("每户 $5 到 $8，一共 $ 100 $。")
    assert "<code>^</code>" in item_text("看 $^$ 这个"), "what cannot be read stays as written"
    assert "<msup>" in option_text("$x^2$ 平方米")
    assert option_text("<b>粗</b> $x$").startswith("&lt;b&gt;")


def shown_words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.mark.parametrize(
    "text",
    [
        "1. 先登记", "- 5 ℃", "# 3 号楼", "> 60 岁", "2*3*4 米", "a_b_c", "3 < 5 & 6", "[甲](乙)",
        "一\\二", "甲 | 乙", "http://a.cn/b_c", "*", "--", "===", "    四个空格", "&nbsp;",
    ],
)  # fmt: skip
def test_options_that_look_like_marks_stay_as_they_are(text: str) -> None:
    assert shown_words(option_text(text)) == " ".join(text.split())


@given(
    st.text(
        st.characters(exclude_characters="$`*![|\ue010\ue011", exclude_categories=["C", "Z"]),
        min_size=1,
        max_size=60,
    )
)
def test_any_option_says_what_was_written(text: str) -> None:
    assert shown_words(option_text(text)) == text


def test_options_carry_bold_pictures_formulae_and_tables() -> None:
    made = option_text("**三分之二** `x_1` $x^2$ ![井](/quizzes/pictures/ab_c.jpg)")
    assert made.startswith("<strong>三分之二</strong> <code>x_1</code> <math")
    assert 'src="/quizzes/pictures/ab_c.jpg"' in made
    assert "<td>甲</td>" in option_text("| 户 | 票 |\n|---|---|\n| 甲 | 1 |")
    for hostile in ("![x](javascript:alert(1))", '![x](x"onerror=alert(1))', "**<img src=x>**"):
        assert not re.search(r"<[^>]*(javascript|onerror)|<img(?! alt)", option_text(hostile))


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        "<script>",
        r"\color{red}{&lt;}",
    ],
)
def test_formulae_carry_no_code(latex: str) -> None:
    drawn = str(item_text(f"看 ${latex}$ 。"))
    assert not re.search(r"<(script|img|a)\b|onerror=[^;]|href=", drawn)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
def test_any_formula_is_answered(text: str) -> None:
    for made in (item_text(f"甲 ${text}$ 乙 {text}"), option_text(f"${text}$")):
        assert "<script" not in made.lower()


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), (10, 120, 90)).save(written, "PNG")
    return written.getvalue()


def test_a_picture_comes_into_the_question_with_words_for_who_cannot_see(
    app: Flask, people: Cast
) -> None:
    paper = make_paper(app)
    author, url = people.client("author"), f"/admin/quizzes/{paper}/items/new"
    filled = {"kind": "single", "stem": "这是什么？", "then": "picture", "option-0": "甲"}

    def send(data: bytes, alt: str) -> tuple[int, str]:
        sent = {**filled, "alt": alt, "picture": (io.BytesIO(data), "x.png")}
        answer = author.post(url, data=sent)
        return answer.status_code, answer.text

    assert send(picture(), "")[0] == 422
    assert "图片说明" in send(picture(), "")[1]
    assert send(b"no picture", "图")[0] == 422
    status, page = send(picture(), "电梯井[平面]图")
    assert status == 200
    found = re.search(r"!\[电梯井平面图\]\((/quizzes/pictures/[0-9a-f]{24}\.jpg)\)", page)
    assert found
    assert f'<img alt="电梯井平面图" src="{found[1]}"' in page
    with people.client("cadre").get(found[1]) as shown:
        assert shown.status_code == 200
        assert shown.mimetype == "image/jpeg"
    assert app.test_client().get(found[1]).status_code == 302
    for wrong in ("x.jpg", "0" * 24 + ".jpg", "..%2f..%2fsecret_key"):
        assert people.client("cadre").get(f"/quizzes/pictures/{wrong}").status_code == 404


def test_a_change_after_use_is_a_new_version_and_the_result_leads_to_the_second(
    app: Flask, people: Cast
) -> None:
    paper = make_paper(app, (SINGLE,), shuffle=False)
    show_in_course(app, paper)
    author, cadre = people.client("author"), people.client("cadre")
    with app.app_context():
        item = db.session.query(Item).one().id
        full = full_paper(paper)
        assert full
        before = freeze(full).digest()
    url = f"/admin/quizzes/{paper}/items/{item}"
    filled = {
        "kind": "single", "stem": "谁来表决？", "explanation": "见法条。", "option-0": "业主",
        "option-1": "租客", "correct": "0", "review": "kan", "second": "3:05",
        "clause": "《民法典》第二百七十八条",
    }  # fmt: skip
    assert author.post(url, data=filled).status_code == 302
    with app.app_context():
        assert db.session.get_one(Item, item).version == 1, "nobody was asked yet"
        full = full_paper(paper)
        assert full
        assert freeze(full).digest() != before
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location
    assert author.post(url, data={**filled, "stem": "由谁表决？"}).status_code == 302
    assert author.post(url, data={**filled, "stem": "由谁表决？"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Item, item).version == 2
        kept = db.session.query(ItemVersion).one()
        assert (kept.version, kept.words["stem"]) == (1, "谁来表决？")
    assert "谁来表决？" in author.get(url).text, "the earlier version is shown"
    assert "谁来表决？" in cadre.get(attempt).text, "who had begun is asked what was begun"
    done = cadre.post(f"{attempt}/hand-in", data={"then": "anyway"}, follow_redirects=True).text
    assert "/courses/dianti/kan?t=185" in done
    assert "03:05" in done
    assert "《民法典》第二百七十八条" in done
    odd = author.post(url, data={**filled, "review": "", "second": "1:00"})
    assert odd.status_code == 422
    assert "还要选回看哪一课" in odd.text


def test_old_papers_keep_their_digest(app: Flask) -> None:
    paper = make_paper(app)
    with app.app_context(), transaction():
        full = full_paper(paper)
        assert full
        for item in freeze(full).to_json()["items"]:
            assert set(item) == {
                "item_id", "kind", "stem_md", "explanation_md", "review_slug", "options",
            }  # fmt: skip


def test_a_picture_can_be_an_option_by_itself(app: Flask, people: Cast) -> None:
    paper = make_paper(app)
    author, url = people.client("author"), f"/admin/quizzes/{paper}/items/new"
    filled = {"kind": "single", "stem": "哪个是井？", "option-0": "甲", "correct": "2"}

    def send(where: str, **more: str) -> str:
        sent = {**filled, **more, "then": "picture", "alt": "井", "where": where}
        answer = author.post(url, data={**sent, "picture": (io.BytesIO(picture()), "x.png")})
        assert answer.status_code == 200
        return answer.text

    page = send("option-2")
    texts = re.findall(r'name="option-\d+"[^>]*>([^<]*)</textarea>', page)
    assert texts[0] == "甲"
    assert texts[1].startswith("![井](/quizzes/pictures/")
    assert '<img alt="井"' in page, "the preview shows it"
    assert "甲 ![井]" in send("option-0")
    assert "讲解 ![井]" not in send("explanation", explanation="讲解")
    saved = {**filled, "option-1": texts[1], "correct": "1"}
    assert author.post(url, data=saved).status_code == 302
    with app.app_context(), transaction():
        full = full_paper(paper)
        assert full
        full.items[:] = [full.items[-1]]
    show_in_course(app, paper)
    cadre = people.client("cadre")
    attempt = cadre.post(f"/quizzes/papers/{paper}/attempts").location
    assert cadre.get(attempt).text.count('<img alt="井"') == 1
