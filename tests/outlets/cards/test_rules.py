"""Rules of cards: lines, lengths, JSON within a page, what WeChat signs."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.outlets.cards import rules

HOST = "sanshi.example.cn"


def test_a_line_ends_after_a_sentence_or_says_that_it_goes_on() -> None:
    assert rules.one_line("  一句\n\n话 ") == "一句 话"
    assert rules.one_line("一句。\n两句") == "一句。两句"
    assert rules.one_line("甲" * 20 + "。" + "乙" * 50, 30) == "甲" * 20 + "。"
    assert rules.one_line("甲。" + "乙" * 50, 30) == "甲。" + "乙" * 27 + "…"
    assert rules.one_line("甲" * 30, 30) == "甲" * 30


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_a_line_is_never_longer_than_it_may_be(text: str, most: int) -> None:
    line = rules.one_line(text, most)
    assert len(line) <= most
    assert "\n" not in line


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_never_ends_its_script_and_stays_what_it_was(data: object) -> None:
    text = rules.json_for_script(data)
    assert not set(text) & {"<", ">", "&", "\u2028", "\u2029"}
    assert json.loads(text) == data


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.2, "PT1S"), (59.6, "PT1M"), (95, "PT1M35S"), (3600, "PT1H"), (3723, "PT1H2M3S")],
)
def test_a_length_is_written_as_iso_8601_does(seconds: float, told: str) -> None:
    assert rules.duration(seconds) == told


def test_the_signature_of_the_documentation() -> None:
    """The example of appendix 1 of the JS-SDK's documentation."""
    found = rules.signature(
        "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        "Wm3WZYTPz0wzccnW",
        1414587457,
        "http://mp.weixin.qq.com?params=value",
    )
    assert found == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.parametrize(
    ("url", "signed"),
    [
        ("https://sanshi.example.cn/courses/a?t=9#x", "https://sanshi.example.cn/courses/a?t=9"),
        ("http://sanshi.example.cn/", "http://sanshi.example.cn/"),
        ("https://sanshi.example.cn.evil.cn/", None),
        ("https://evil.cn/?https://sanshi.example.cn/", None),
        ("https://sanshi.example.cn@evil.cn/", None),
        ("https://evil@sanshi.example.cn/", None),
        ("javascript://sanshi.example.cn/%0aalert(1)", None),
        ("//sanshi.example.cn/", None),
        ("http://[", None),
        ("https://sanshi.example.cn/" + "a" * 3000, None),
        ("", None),
    ],
)
def test_only_our_own_pages_are_signed(url: str, signed: str | None) -> None:
    assert rules.signable(url, HOST) == signed


def test_wechat_is_told_from_other_browsers() -> None:
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 MicroMessenger/8.0.49"
    assert rules.inside_wechat(phone)
    assert not rules.inside_wechat(f"{phone} wxwork/4.1")
    assert not rules.inside_wechat("Mozilla/5.0 (iPhone) Safari/604.1")


def test_a_title_may_break_after_its_marks() -> None:
    assert rules.clauses("加装电梯：先问意愿，再谈方案") == ["加装电梯：", "先问意愿，", "再谈方案"]
    assert rules.clauses("……") == ["……"]


@given(st.text(alphabet="甲乙，：。—…（） a1"))
def test_the_parts_of_a_title_are_all_of_it(title: str) -> None:
    assert "".join(rules.clauses(title)) == title
