"""Reads a regional rule from TOML, collecting every fault in words; renders it in sentences.

Pure: text in, `Rule` or faults out. The keys are described in content/credit-rules/README.md.
"""

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from sanshi_lms.credentials.ledger.rules import (
    ACTIVITIES,
    CATEGORIES,
    ROUNDINGS,
    WAYS,
    Caps,
    Counting,
    Part,
    Rule,
    Target,
    Tier,
)

MOST_BYTES = 64 * 1024
_MOST = Decimal(1000)
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHARE = re.compile(r"([1-9]\d?)/([1-9]\d?)")
_TOP = {
    "code", "title", "region", "source", "sample", "valid_from", "valid_to", "step", "rounding",
    "minutes_per_hour", "activities", "caps", "target",
}  # fmt: skip
_CAPS = ("subject", "day", "year")


class RuleFault(Exception):
    """The text is no rule; `faults` are sentences that say where and what to do."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = faults


def read_rule(text: str) -> Rule:
    """Return the rule that `text` states. Raises RuleFault with everything that is wrong."""
    if len(text.encode()) > MOST_BYTES:
        raise RuleFault(["规则文件太大，最多 64 KB。"])
    try:
        given = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RuleFault([f"不是正确的 TOML 文本：{error}。请检查引号、等号和方括号。"]) from None
    except (RecursionError, ValueError, InvalidOperation):
        raise RuleFault(["读不懂这份文本，数字或括号可能写错了。"]) from None
    reader = _Reader(given)
    rule = reader.rule()
    if reader.faults or rule is None:
        raise RuleFault(reader.faults or ["读不懂这份文本。"])
    return rule


class _Reader:
    """Reads one parsed text and remembers what is wrong in it."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.faults: list[str] = []

    def rule(self) -> Rule | None:
        """Return the rule, or None when a part without which there is none is wrong."""
        self._unknown(self.given, _TOP, "最外层")
        code = self._text(self.given, "code", 60)
        if code and not _CODE.fullmatch(code):
            self.faults.append("“code”只能用小写英文字母、数字和连字符，例如 chongqing-planners。")
        valid_from, valid_to = self._day("valid_from"), self._day("valid_to", needed=False)
        if valid_from and valid_to and valid_to < valid_from:
            self.faults.append("“valid_to”早于“valid_from”，请检查起止日期。")
        per_hour = self._number(self.given, "minutes_per_hour", Decimal(45), least=Decimal(1))
        step = self._number(self.given, "step", Decimal("0.01"), least=Decimal("0.01"))
        rounding = self.given.get("rounding", "half_up")
        if not isinstance(rounding, str) or rounding not in ROUNDINGS:
            self.faults.append('“rounding”只能是 "half_up"（四舍五入）或 "down"（舍去零头）。')
        title, region = self._text(self.given, "title", 80), self._text(self.given, "region", 40)
        source = self._text(self.given, "source", 300)
        countings = self._countings(per_hour)
        caps = self._caps(self.given.get("caps", {}), "[caps]")
        target = self._target()
        if self.faults or valid_from is None:
            return None
        return Rule(
            code=code,
            title=title,
            region=region,
            source=source,
            sample=self.given.get("sample") is True,
            valid_from=valid_from,
            valid_to=valid_to,
            step=step,
            rounding=rounding,
            countings=countings,
            caps=caps,
            target=target,
        )

    def _countings(self, per_hour: Decimal) -> dict[str, Counting]:
        given = self._table(self.given.get("activities", {}), "[activities]")
        if not given:
            self.faults.append("还没有写学习怎么计学时：至少要有一段 [activities.online_course]。")
        known = "、".join(f"{name}（{label}）" for name, label in ACTIVITIES.items())
        found = {}
        for name, value in given.items():
            if name not in ACTIVITIES:
                self.faults.append(f"不认识“{name}”这类学习，请从这些里选：{known}。")
                continue
            found[name] = self._counting(self._table(value, name), f"[activities.{name}]", per_hour)
        return found

    def _counting(self, given: Mapping[str, Any], where: str, per_hour: Decimal) -> Counting:
        keys = {"count", "tiers", "hours", "minutes_per_hour", "factor", "caps"}
        self._unknown(given, keys, where)
        way = given.get("count")
        if not isinstance(way, str) or way not in WAYS:
            self.faults.append(f"{where} 的“count”只能是 {'、'.join(WAYS)}。")
            way = "stated"
        hours = self._number(given, "hours", None, where=where) if way == "fixed" else None
        if way != "fixed" and "hours" in given:
            self.faults.append(f'{where} 只有 count = "fixed" 时才写“hours”。')
        tiers = self._tiers(given.get("tiers"), where) if way == "tiers" else ()
        return Counting(
            way=way,
            tiers=tiers,
            minutes_per_hour=self._number(
                given, "minutes_per_hour", per_hour, where=where, least=Decimal(1)
            ),
            hours=hours,
            factor=self._number(given, "factor", Decimal(1), where=where),
            caps=self._caps(given.get("caps", {}), where),
        )

    def _tiers(self, given: Any, where: str) -> tuple[Tier, ...]:
        if not isinstance(given, list) or not given:
            self.faults.append(f"{where} 要写“tiers”，例如 [{{ at_least = 30, hours = 1 }}]。")
            return ()
        found = []
        for value in given:
            tier = self._table(value, where)
            self._unknown(tier, {"at_least", "over", "hours"}, where)
            if ("at_least" in tier) == ("over" in tier):
                self.faults.append(
                    f"{where} 的每一档写“at_least”（满几分钟）或“over”（超过几分钟），二选一。"
                )
                continue
            key = "at_least" if "at_least" in tier else "over"
            minutes = self._number(tier, key, None, where=where)
            hours = self._number(tier, "hours", None, where=where)
            found.append(Tier(int(minutes * 60), key == "at_least", hours))
        found.sort(key=lambda tier: (tier.seconds, not tier.inclusive), reverse=True)
        for longer, shorter in pairwise(found):
            if longer.hours <= shorter.hours:
                self.faults.append(f"{where} 时间更长的一档，学时也要更多，请检查“tiers”。")
                break
        return tuple(found)

    def _caps(self, given: Any, where: str) -> Caps:
        table = self._table(given, where)
        self._unknown(table, set(_CAPS), f"{where} 的 caps")
        values = {
            name: self._number(table, name, None, where=where) for name in _CAPS if name in table
        }
        return Caps(**values)

    def _target(self) -> Target | None:
        if "target" not in self.given:
            return None
        given = self._table(self.given["target"], "[target]")
        self._unknown(given, {"hours", "parts"}, "[target]")
        hours = self._number(given, "hours", None, where="[target]", least=Decimal("0.01"))
        parts = given.get("parts", [])
        if not isinstance(parts, list):
            self.faults.append("[target] 的 parts 要写成 [[target.parts]]。")
            parts = []
        target = Target(hours, tuple(self._part(self._table(p, "[target]"), hours) for p in parts))
        if sum(part.hours for part in target.parts) > hours:
            self.faults.append("[[target.parts]] 各部分加起来超过了全年学时。")
        if len({part.category for part in target.parts}) < len(target.parts):
            self.faults.append("[[target.parts]] 同一类别写了两次。")
        return target

    def _part(self, given: Mapping[str, Any], of: Decimal) -> Part:
        self._unknown(given, {"category", "share", "hours"}, "[[target.parts]]")
        category = given.get("category")
        if not isinstance(category, str) or category not in CATEGORIES:
            self.faults.append(f"[[target.parts]] 的“category”只能是{'或'.join(CATEGORIES)}。")
            category = CATEGORIES[0]
        share = given.get("share")
        if share is None:
            return Part(category, self._number(given, "hours", None, where="[[target.parts]]"))
        match = _SHARE.fullmatch(share) if isinstance(share, str) else None
        if match is None or int(match[1]) > int(match[2]) or "hours" in given:
            self.faults.append(
                '[[target.parts]] 写 share = "2/3" 这样的分数，或者写 hours，二选一。'
            )
            return Part(category, Decimal(0))
        # Rounded up to hundredths: a third of 100 is 33.34, for less would not be "at least".
        exact = of * int(match[1]) * 100 / int(match[2])
        return Part(category, exact.to_integral_value("ROUND_CEILING") / 100, str(share))

    def _table(self, given: Any, where: str) -> Mapping[str, Any]:
        if isinstance(given, dict):
            return given
        self.faults.append(f"{where} 的写法不对，请照着样例写。")
        return {}

    def _text(self, given: Mapping[str, Any], name: str, longest: int) -> str:
        value = given.get(name)
        if not isinstance(value, str) or not value.strip():
            self.faults.append(f'缺少“{name}”，请写成 {name} = "……"。')
            return ""
        if len(value) > longest or "\x00" in value:
            self.faults.append(f"“{name}”太长，最多 {longest} 个字。")
        return " ".join(value.split())

    def _day(self, name: str, *, needed: bool = True) -> date | None:
        value = self.given.get(name)
        if value is None and not needed:
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.faults.append(f"“{name}”要写成日期，例如 {name} = 2026-01-01，不加引号。")
            return None
        return value

    def _number(
        self,
        given: Mapping[str, Any],
        name: str,
        default: Decimal | None,
        *,
        where: str = "最外层",
        least: Decimal = Decimal(0),
    ) -> Decimal:
        value = given.get(name, default)
        if isinstance(value, str):  # "0.5" in quotes is how careful people write decimals
            try:
                value = Decimal(value)
            except InvalidOperation:
                value = None
        number = Decimal(value) if isinstance(value, int | Decimal) else None
        if number is None or isinstance(value, bool) or not number.is_finite():
            self.faults.append(f"{where} 缺少“{name}”，或者写的不是数字。")
            return least
        if not least <= number <= _MOST or number != round(number, 2):
            self.faults.append(f"{where} 的“{name}”要在 {least} 到 {_MOST} 之间，最多两位小数。")
            return least
        return number

    def _unknown(self, given: Mapping[str, Any], known: set[str], where: str) -> None:
        extra = sorted(set(given) - known)
        if extra:
            self.faults.append(f"{where} 有不认识的项：{'、'.join(extra[:5])}。请检查拼写。")
