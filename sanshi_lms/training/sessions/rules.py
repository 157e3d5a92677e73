"""Rules of check-in: codes that change, scans that wait, and who a line of a paper sheet means.

A code on the wall is HMAC of session and time window. It changes every WINDOW seconds and the
last KEPT windows are still taken, for a slow phone. A scan is turned into a token of one browser
that stays good for TOKEN seconds while its owner signs in or the line comes back; a scan before
the hour waits for it. All times are whole seconds since 1970.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

WINDOW = 25
KEPT = 3
TOKEN = 15 * 60
OPENS_BEFORE = 30 * 60
CLOSES_AFTER = 60 * 60
CODE_LENGTH = 10
_HOW = {"scan": "扫码签到", "tutor": "老师登记", "sheet": "纸质签到表"}


class Phase(StrEnum):
    """Where a session's check-in stands."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


def how_zh(how: str) -> str:
    """Return in words how an attendance is known."""
    return _HOW.get(how, how)


def window_of(second: int) -> int:
    """Return the number of the time window of a second."""
    return second // WINDOW


def code_of(secret: bytes, session_id: int, window: int) -> str:
    """Return the code of a session in a window: ten letters and digits, 50 bits."""
    key = hmac.digest(secret, b"sanshi check-in code v1", hashlib.sha256)
    digest = hmac.digest(key, f"{session_id}:{window}".encode(), hashlib.sha256)
    return base64.b32encode(digest).decode().lower()[:CODE_LENGTH]


def code_holds(secret: bytes, session_id: int, code: str, second: int) -> bool:
    """Tell whether a scanned code is the present one or one of the last."""
    present = window_of(second)
    given = code.lower().encode()
    found = False
    for window in range(present - KEPT, present + 1):
        found |= hmac.compare_digest(code_of(secret, session_id, window).encode(), given)
    return found


def phase(starts: int, ends: int, second: int) -> Phase:
    """Return where check-in stands: it opens a while before the start, closes after the end."""
    if second < starts - OPENS_BEFORE:
        return Phase.EARLY
    return Phase.OPEN if second <= ends + CLOSES_AFTER else Phase.OVER


def token_good(scanned: int, starts: int, second: int) -> bool:
    """Tell whether a scan still counts. What was scanned early counts from the opening on."""
    return second - max(scanned, starts - OPENS_BEFORE) <= TOKEN


# ---- paper sheets ----


@dataclass(frozen=True)
class Listed:
    """Somebody who may be on the sheet; `account` is often a phone number."""

    user_id: int
    name: str
    account: str


@dataclass(frozen=True)
class Sheet:
    """What a sheet says: who came, who was known already, and lines that are not understood.

    `strangers` are lines of people who are not on the list: (line, cells).
    """

    found: tuple[tuple[int, int], ...]
    known: tuple[int, ...]
    faults: tuple[tuple[int, str], ...]
    strangers: tuple[tuple[int, tuple[str, ...]], ...] = ()


UNIT_SEPARATOR = "/"
_HEADINGS = {
    "单位",
    "工作单位",
    "姓名",
    "名字",
    "手机",
    "手机号",
    "电话",
    "联系电话",
    "账号",
    "签名",
    "序号",
}
MOST_LINES = 2000


def read_sheet(
    rows: Sequence[Sequence[str]], people: Sequence[Listed], present: Mapping[int, str]
) -> Sheet:
    """Return whom the rows of a sheet mean. `present` are those who are there already.

    A row is understood by an account or phone in it, else by a name that only one person has.
    `found` holds (line, user id), lines counted from 1.
    """
    accounts = {one.account: one for one in people}
    names: dict[str, list[Listed]] = {}
    for one in people:
        names.setdefault(plain(one.name), []).append(one)
    found: dict[int, int] = {}
    known: list[int] = []
    faults: list[tuple[int, str]] = []
    strangers: list[tuple[int, tuple[str, ...]]] = []
    for line, row in enumerate(rows, 1):
        cells = [plain(cell) for cell in row if plain(cell)]
        if not cells or (line == 1 and set(cells) & _HEADINGS):
            continue
        meant = _meant(cells, accounts, names)
        if meant is None:
            strangers.append((line, tuple(cells)))
        elif isinstance(meant, str):
            faults.append((line, meant))
        elif meant.user_id in present:
            known.append(meant.user_id)
        elif meant.user_id in found.values():
            faults.append((line, f"{meant.name}在表里出现了两次，请删去一行。"))
        else:
            found[line] = meant.user_id
    return Sheet(tuple(found.items()), tuple(known), tuple(faults), tuple(strangers))


@dataclass(frozen=True)
class Candidate:
    """Somebody with an account who may be meant by a line; `unit` is the path of their unit."""

    user_id: int
    name: str
    account: str
    unit: str


@dataclass(frozen=True)
class WalkIn:
    """A line of somebody who is not on the list: who may be meant, and who surely is, if anybody.

    Sure is an account or phone, or a name together with a unit that only one such person has. A
    name alone is asked about, even when only one person has it.
    """

    line: int
    text: str
    candidates: tuple[Candidate, ...]
    sure: int | None


def walk_in(line: int, cells: Sequence[str], everybody: Sequence[Candidate]) -> WalkIn:
    """Return who may be meant by the cells of a line."""
    text = " ".join(cells)[:60]
    by_account = [one for one in everybody if plain(one.account) in cells]
    if by_account:
        sure = by_account[0].user_id if len(by_account) == 1 else None
        return WalkIn(line, text, tuple(by_account), sure)
    named = [one for one in everybody if plain(one.name) in cells]
    near = [one for one in named if _of_unit(one, cells)]
    if near:
        return WalkIn(line, text, tuple(near), near[0].user_id if len(near) == 1 else None)
    return WalkIn(line, text, tuple(named), None)


def _of_unit(one: Candidate, cells: Sequence[str]) -> bool:
    """Tell whether a cell names the person's unit or one above it, in whole or the end of it."""
    parts = [plain(part) for part in one.unit.split(UNIT_SEPARATOR)]
    return any(len(cell) > 1 and any(cell in part for part in parts) for cell in cells)


def _meant(
    cells: Sequence[str], accounts: Mapping[str, Listed], names: Mapping[str, Sequence[Listed]]
) -> Listed | str | None:
    by_account = {accounts[cell].user_id: accounts[cell] for cell in cells if cell in accounts}
    if len(by_account) > 1:
        return "这一行有两个人的手机号或账号，请一行只写一个人。"
    if by_account:
        return next(iter(by_account.values()))
    words = [cell for cell in cells if not cell.isdigit()]
    same = [one for cell in words for one in names.get(cell, ())]
    if len(same) == 1:
        return same[0]
    if len(same) > 1:
        return f"有 {len(same)} 位叫“{same[0].name}”，请写上手机号或账号。"
    return None


def plain(cell: str) -> str:
    """Return a cell as it is compared: full-width forms, spaces and case do not matter."""
    text = "".join(unicodedata.normalize("NFKC", cell).split()).lower()
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text
