"""Members of an association from a table: 三师 with their profession and what they can do."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from sanshi_lms.account import (
    User,
    add_by_roster,
    display_name_problem,
    normalise_username,
    username_problem,
)
from sanshi_lms.community import rules
from sanshi_lms.community.actions import Profile, confirm_professional, save_profile
from sanshi_lms.community.models import Professional
from sanshi_lms.community.privacy import tells_contact
from sanshi_lms.community.queries import districts, kinds, professions
from sanshi_lms.core.db import db
from sanshi_lms.core.rosters import Sheet, Table, read_rows

HEAD = (
    "账号", "姓名", "专业", "服务区县", "能帮的事", "职业资格", "协会或单位", "语言", "介绍",
    "做过的事",
)  # fmt: skip
_COLUMNS = {
    "username": ("账号", "帐号", "手机", "手机号", "手机号码", "username"),
    "name": ("姓名", "名字"),
    "profession": ("专业", "职业"),
    "districts": ("服务区县", "区县"),
    "helps": ("能帮的事", "擅长", "擅长的事"),
    "qualifications": ("职业资格", "资格", "职称", "职业资格职称"),
    "association": ("协会或单位", "协会", "单位", "工作单位"),
    "languages": ("语言",),
    "about": ("介绍", "自我介绍", "简介"),
    "work": ("做过的事", "业绩", "代表项目"),
}
_LONGEST = {"association": 60, "about": rules.ABOUT_LENGTH, "work": rules.WORK_LENGTH}
_LABELS = {"association": "协会或单位", "about": "介绍", "work": "做过的事"}


@dataclass(frozen=True)
class MemberRow:
    """A 三师 as a table says it; lists as they were written, apart."""

    line: int
    username: str
    name: str
    profession: str
    districts: tuple[str, ...]
    helps: tuple[str, ...]
    qualifications: str
    association: str
    languages: tuple[str, ...]
    about: str
    work: str


@dataclass
class Outcome:
    """Who would be new here, who has an account already; `faults` by line of the table."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)


_SHEET: Sheet[MemberRow] = Sheet(
    _COLUMNS, ("username", "profession"), "账号", "“账号”“姓名”和“专业”", lambda row: row.username
)


def read_members(rows: Sequence[Sequence[str]]) -> Table[MemberRow] | str:
    """Return the 三师 of a table, or why it is none."""
    return read_rows(rows, _SHEET, _member)


def judge_members(table: Table[MemberRow]) -> tuple[Outcome, list[MemberRow]]:
    """Return whom a table would add and change, and the rows that may be taken in."""
    outcome, good = Outcome(faults=dict(table.faults)), []
    known = _accounts([row.username for row in table.rows])
    lists = (
        ("专业", {one.name for one in professions()}, lambda row: (row.profession,)),
        ("区县", set(districts()), lambda row: row.districts),
        ("能帮的事", {one.name for one in kinds("resident")}, lambda row: row.helps),
        ("语言", set(rules.LANGUAGES), lambda row: row.languages),
    )
    for row in table.rows:
        person = known.get(row.username)
        unknown = [
            f"{label}“{word}”不认识，可以写：{'、'.join(sorted(words))}。"
            for label, words, of in lists
            for word in of(row)
            if word not in words
        ]
        if unknown:
            outcome.faults[row.line] = unknown[0]
        elif person is not None and person.role != "pro":
            words = f"“{row.username}”是{person.role_label}，请先在“人员”里改成三师。"
            outcome.faults[row.line] = words
        elif person is None and not row.name:
            outcome.faults[row.line] = "这是新的账号，姓名不能空。"
        else:
            good.append(row)
            (outcome.changed if person is not None else outcome.new).append(row.username)
    return outcome, good


def take_in_members(rows: Sequence[MemberRow], moment: datetime) -> list[tuple[str, str, str]]:
    """Add and change 三师; return account, name and activation code of those without an account.

    Who stands in the table of an administrator counts as confirmed, with their qualifications. What
    a table leaves empty stays as the person wrote it; whether residents find them is theirs to say.
    """
    known = _accounts([row.username for row in rows])
    fresh = [(row.username, row.name) for row in rows if row.username not in known]
    invited = add_by_roster(fresh, "pro", moment) if fresh else []
    known = _accounts([row.username for row in rows])
    names = {one.name: one.id for one in professions()}
    helps = {one.name: one.id for one in kinds("resident")}
    for row in rows:
        person = known[row.username]
        before = db.session.get(Professional, person.id)
        profile = _profile(row, before, names[row.profession], helps)
        confirm_professional(save_profile(person.id, profile, moment), moment)
    return invited


def _profile(
    row: MemberRow, before: Professional | None, profession_id: int, helps: Mapping[str, int]
) -> Profile:
    kept = before or Professional(
        about="", work="", qualifications="", association="", languages="", most_open=4,
        available=True, listed=False, districts=[], kinds=[],
    )  # fmt: skip
    return Profile(
        profession_id=profession_id,
        districts=row.districts or tuple(one.name for one in kept.districts),
        kind_ids=tuple(helps[name] for name in row.helps)
        or tuple(one.kind_id for one in kept.kinds),
        about=row.about or kept.about,
        available=kept.available,
        listed=kept.listed,
        qualifications=row.qualifications or kept.qualifications,
        languages=row.languages or tuple(filter(None, kept.languages.split("、"))),
        association=row.association or kept.association,
        work=row.work or kept.work,
        most_open=kept.most_open,
    )


def _accounts(usernames: Sequence[str]) -> dict[str, User]:
    query = select(User).where(User.username.in_(usernames))
    return {one.username: one for one in db.session.scalars(query)}


def _member(line: int, said: Mapping[str, str]) -> MemberRow | str:
    username, name = normalise_username(said.get("username", "")), said.get("name", "")
    problem = (
        ("账号是空的，请填上。" if not username else username_problem(username))
        or (display_name_problem(name) if name else None)
        or ("专业是空的，请填上。" if not said.get("profession") else None)
        or rules.qualifications_problem(_lines(said.get("qualifications", "")))
    )
    for column, most in _LONGEST.items():
        if len(said.get(column, "")) > most:
            problem = problem or f"{_LABELS[column]}最多 {most} 个字。"
    if any(tells_contact(said.get(column, "")) for column in (*_LONGEST, "qualifications")):
        problem = problem or "请去掉介绍里的电话、微信：电话不会给出去，账号一栏可以用手机号。"
    if problem:
        return problem
    return MemberRow(
        line, username, name, said["profession"], _words(said.get("districts", "")),
        _words(said.get("helps", "")), _lines(said.get("qualifications", "")),
        said.get("association", ""), _words(said.get("languages", "")), said.get("about", ""),
        said.get("work", ""),
    )  # fmt: skip


def _words(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in re.split(r"[、，,；;\s/]+", cell) if word))


def _lines(cell: str) -> str:
    return "\n".join(part.strip() for part in re.split(r"[；;\n]+", cell) if part.strip())
