"""What facts are worth: every threshold and edge of the samples, caps, gaps, faults in words."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanshi_lms.core.settings import REPOSITORY
from sanshi_lms.credentials.ledger import rules
from sanshi_lms.credentials.ledger.rule_text import RuleFault, read_rule
from sanshi_lms.credentials.ledger.rules import Fact, Line, Part, Rule, Target
from sanshi_lms.credentials.ledger.sentences import sentences

FOLDER = REPOSITORY / "content" / "credit-rules"
DAY = date(2026, 3, 5)


def sample(name: str) -> Rule:
    return read_rule((FOLDER / f"{name}.toml").read_text("utf-8"))


YUNNAN, NINETY = sample("sample-yunnan-cadres"), sample("sample-90-hours")


def fact(activity: str = "online_course", clock: str = "0:00", stated: str | None = None) -> Fact:
    minutes, seconds = (int(part) for part in clock.split(":"))
    hours = Decimal(stated) if stated else None
    return Fact(activity, "专业", "course:1", DAY, minutes * 60 + seconds, hours)


@pytest.mark.parametrize(
    ("clock", "hours"),
    [
        ("0:00", "0"),
        ("0:01", "0.25"),
        ("14:59", "0.25"),
        ("15:00", "0.25"),
        ("15:01", "0.5"),
        ("29:59", "0.5"),
        ("30:00", "1"),
        ("30:01", "1"),
        ("45:00", "1"),
        ("600:00", "1"),
    ],
)
@pytest.mark.parametrize("activity", ["online_course", "micro_lecture"])
def test_the_yunnan_table(activity: str, clock: str, hours: str) -> None:
    assert rules.worth(YUNNAN, fact(activity, clock), []).hours == Decimal(hours)


def test_a_passed_test_in_yunnan() -> None:
    assert rules.worth(YUNNAN, fact("test"), []).hours == Decimal("0.5")


@pytest.mark.parametrize("activity", ["offline", "teaching", "outside"])
def test_what_a_rule_does_not_name_earns_nothing_and_says_so(activity: str) -> None:
    found = rules.worth(YUNNAN, fact(activity, "90:00", "3"), [])
    assert found.hours == 0
    assert "没有写" in found.why


@pytest.mark.parametrize(
    ("activity", "clock", "hours"),
    [
        ("online_course", "45:00", "1"),
        ("online_course", "44:59", "1"),  # 0.9996, halves up to hundredths
        ("online_course", "44:46", "0.99"),
        ("online_course", "22:30", "0.5"),
        ("online_course", "0:13", "0"),
        ("online_course", "0:14", "0.01"),
        ("online_course", "90:00", "2"),
        ("offline", "180:00", "4"),
        ("teaching", "45:00", "2"),
        ("teaching", "22:30", "1"),
        ("test", "0:00", "0.5"),
        ("online_course", "360:00", "8"),
        ("online_course", "360:27", "8"),  # the day's cap
    ],
)
def test_the_ninety_hours_by_time(activity: str, clock: str, hours: str) -> None:
    assert rules.worth(NINETY, fact(activity, clock), []).hours == Decimal(hours)


def test_outside_learning_counts_as_stated() -> None:
    assert rules.worth(NINETY, fact("outside", stated="6"), []).hours == 6


@pytest.mark.parametrize(
    ("activity", "before", "hours", "said"),
    [
        ("online_course", [Line("offline", "x", DAY, Decimal("7.5"))], "0.5", "一天最多计 8"),
        ("online_course", [Line("offline", "x", DAY, Decimal(8))], "0", "一天最多计 8"),
        ("online_course", [Line("offline", "x", DAY, Decimal(9))], "0", "此前已计 9"),
        ("online_course", [Line("offline", "x", date(2026, 3, 4), Decimal(8))], "2", ""),
        ("test", [Line("test", "course:1", date(2026, 3, 1), Decimal(1))], "0", "测验同一门课"),
        ("test", [Line("test", "course:2", date(2026, 3, 1), Decimal(1))], "0.5", ""),
        ("teaching", [Line("teaching", "x", date(2026, 1, 1), Decimal(29))], "1", "授课一年最多"),
        ("teaching", [Line("teaching", "x", date(2025, 1, 1), Decimal(29))], "4", ""),
        (
            "online_course",
            [Line("x", "x", DAY, Decimal(8)), Line("x", "x", DAY, Decimal(-1))],
            "1",
            "一天最多计 8",
        ),
    ],
)
def test_caps_cut_and_say_which(activity: str, before: list[Line], hours: str, said: str) -> None:
    found = rules.worth(NINETY, fact(activity, "90:00"), before)
    assert found.hours == Decimal(hours)
    assert said in found.why
    assert bool(said) == (found.hours != found.raw)


def test_without_a_rule_the_stated_hours_count() -> None:
    assert rules.worth(None, fact(clock="3:00", stated="0.5"), []) == rules.Worth(
        Decimal("0.50"), Decimal("0.50")
    )
    assert rules.worth(None, fact(clock="3:00"), []).hours == 0


def test_without_a_length_nothing_is_counted_by_time() -> None:
    found = rules.worth(NINETY, Fact("offline", "专业", "class:1", DAY, None, Decimal(4)), [])
    assert found.hours == 0
    assert "没有时长记录" in found.why


@given(st.integers(0, 40_000), st.integers(0, 40_000))
def test_longer_is_never_worth_less(a: int, b: int) -> None:
    for rule in (YUNNAN, NINETY):
        short, long = (
            rules.raw_hours(rule, Fact("online_course", "专业", "x", DAY, seconds))[0]
            for seconds in sorted((a, b))
        )
        assert short <= long


@given(
    st.lists(
        st.tuples(st.sampled_from(list(rules.ACTIVITIES)), st.integers(0, 20_000)), max_size=30
    )
)
def test_a_year_never_exceeds_its_caps(history: list[tuple[str, int]]) -> None:
    lines: list[Line] = []
    for place, (activity, seconds) in enumerate(history):
        day = date(2026, 1, 1 + place % 4)
        found = rules.worth(
            NINETY, Fact(activity, "专业", "x", day, seconds, Decimal(seconds) / 1000), lines
        )
        assert 0 <= found.hours <= found.raw
        lines.append(Line(activity, "x", day, found.hours))
    for day in {line.day for line in lines}:
        assert rules.total(x.hours for x in lines if x.day == day) <= 8
    assert rules.total(x.hours for x in lines if x.activity == "teaching") <= 30


TARGET = Target(Decimal(90), (Part("专业", Decimal(60), "2/3"),))


@pytest.mark.parametrize(
    ("general", "special", "words"),
    [
        ("26", "52", "还差 12 学时，其中专业科目 8。"),
        ("30", "60", "已达到年度要求 90 学时。"),
        ("0", "90", "已达到年度要求 90 学时。"),
        ("90", "0", "总学时够了，还差专业科目 60。"),
        ("0", "60", "还差 30 学时。"),
        ("29.75", "60", "还差 0.25 学时。"),
        ("30", "59.99", "还差 0.01 学时，其中专业科目 0.01。"),
        ("0", "0", "还差 90 学时，其中专业科目 60。"),
        ("80", "5", "还差 55 学时，其中专业科目 55。"),
    ],
)
def test_the_gap_in_words(general: str, special: str, words: str) -> None:
    found = rules.gap(TARGET, {"公需": Decimal(general), "专业": Decimal(special)})
    assert found.words() == words
    assert found.met == (found.missing == 0)


def test_the_samples_say_that_they_are_samples() -> None:
    for rule in (YUNNAN, NINETY):
        assert rule.sample
        assert rule.title.startswith("样例")
        assert rule.source.startswith("样例")
    assert NINETY.target == TARGET


def test_a_rule_reads_as_sentences() -> None:
    told = sentences(YUNNAN)
    assert "网络课程：满 30 分钟计 1 学时；超过 15 分钟计 0.5 学时；再短的计 0.25 学时。" in told
    assert "测验：每通过或完成一次计 0.5 学时。" in told
    assert "每年要学满 90 学时，其中专业科目不少于 60 学时（2/3）。" in sentences(NINETY)
    assert "所有学习合计：一天最多计 8。" in sentences(NINETY)


GOOD = (FOLDER / "sample-90-hours.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('code = "sample-90-hours"', "", "缺少“code”"),
        ('code = "sample-90-hours"', 'code = "重庆"', "小写英文字母"),
        ("valid_from = 2026-01-01", 'valid_from = "2026"', "写成日期"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01T00:00:00", "写成日期"),
        ("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2025-01-01", "早于"),
        ("hours = 90", "hours = -1", "0.01 到 1000"),
        ("hours = 90", "hours = nan", "不是数字"),
        ("hours = 90", "hours = true", "不是数字"),
        ("hours = 90", 'hours = "很多"', "不是数字"),
        ("hours = 90", "hours = 90.125", "最多两位小数"),
        ('share = "2/3"', 'share = "3/2"', "二选一"),
        ('share = "2/3"', "hours = 91", "超过了全年"),
        ('category = "专业"', 'category = "其他"', "公需或专业"),
        ("factor = 2", "faktor = 2", "检查拼写"),
        ('count = "time"', 'count = "clock"', "tiers、time"),
        ('count = "time"', 'count = "tiers"', "tiers"),
        ('count = "time"', 'count = "tiers"\ntiers = [{ hours = 1 }]', "二选一"),
        (
            'count = "time"',
            'count = "tiers"\ntiers = [{ over = 1, hours = 2 }, { over = 9, hours = 1 }]',
            "学时也要更多",
        ),
        ("[activities.teaching]", "[activities.sleeping]", "不认识“sleeping”"),
        ('rounding = "half_up"', 'rounding = "up"', "rounding"),
        ("day = 8", "day = []", "不是数字"),
        ("title", "= title", "不是正确的 TOML"),
    ],
)
def test_faults_are_told_in_words(old: str, new: str, said: str) -> None:
    with pytest.raises(RuleFault) as fault:
        read_rule(GOOD.replace(old, new, 1))
    assert said in str(fault.value)


@given(st.text(max_size=300))
def test_any_text_is_told_what_is_wrong(text: str) -> None:
    with pytest.raises(RuleFault, match="。"):
        read_rule(text)


def test_odd_files_are_faults() -> None:
    for text in ("[" * 5000, "a = " + "9" * 5000, "x" * 70_000, "a = " + "[" * 900):
        with pytest.raises(RuleFault):
            read_rule(text)


def test_every_shipped_file_can_be_read() -> None:
    assert [read_rule(Path(f).read_text("utf-8")).code for f in FOLDER.glob("*.toml")]


APPLIED = [
    rules.Application("all", "", date(2026, 1, 1), 1),
    rules.Application("role", "pro", date(2026, 3, 1), 2),
    rules.Application("post", "规划师", date(2026, 5, 1), 3),
    rules.Application("role", "pro", date(2026, 7, 1), None),
    rules.Application("post", "规划师", date(2026, 5, 1), 4),
]


@pytest.mark.parametrize(
    ("post", "role", "day", "version"),
    [
        ("", "cadre", date(2025, 12, 31), []),
        ("", "cadre", date(2026, 1, 1), [1]),
        ("", "pro", date(2026, 2, 28), [1]),
        ("", "pro", date(2026, 3, 1), [2, 1]),
        ("规划师", "pro", date(2026, 4, 30), [2, 1]),
        ("规划师", "pro", date(2026, 5, 1), [4, 2, 1]),
        ("规划师", "pro", date(2026, 7, 1), [4, 1]),
        ("", "pro", date(2026, 7, 1), [1]),
    ],
)
def test_the_most_special_rule_decides(post: str, role: str, day: date, version: list[int]) -> None:
    assert list(rules.in_force(APPLIED, post, role, day)) == version
