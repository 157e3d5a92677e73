"""Rules about people: roles and rights, account names, passwords, masked names."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Role:
    """What a role is called and what it may do."""

    name: str
    label: str
    permissions: frozenset[str]
    self_chosen: bool


_ANSWERS = frozenset({"questions.answer"})
_AUTHOR = _ANSWERS | {
    "desk.view",
    "stories.write",
    "courses.view",
    "courses.edit",
    "courses.review",
    "video.upload",
    "quizzes.edit",
    "questions.moderate",
    "practicals.review",
    "quizzes.mark",
}
_UNIT_ADMIN = frozenset(
    {
        "desk.view",
        "people.manage",
        "training.manage",
        "learning.view_all",
        "learning.correct",
        "credentials.view_all",
        "credentials.approve",
        "reports.view",
    }
)
_ADMIN = (
    _AUTHOR
    | _UNIT_ADMIN
    | {
        "audit.view",
        "courses.publish",
        "video.embed",
        "notices.manage",
        "credentials.revoke",
        "credentials.rules",
        "jobs.view",
        "health.view",
        "settings.edit",
        "community.manage",
        "stories.review",
        "needs.work",
        "needs.see_all",
        "learning.rules",
    }
)
_CADRE = frozenset({"needs.work", "needs.ask", "needs.handle", "stories.write"})
_PRO = _ANSWERS | {"needs.work", "needs.ask", "needs.serve", "stories.write"}

ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        Role("cadre", "社区、街道干部或物业人员", _CADRE, self_chosen=True),
        Role("pro", "三师（规划师、建筑师、工程师等）", _PRO, self_chosen=True),
        Role("resident", "居民", frozenset(), self_chosen=True),
        Role("author", "课程作者", _AUTHOR, self_chosen=False),
        Role("admin", "管理员", _ADMIN, self_chosen=False),
    )
}


@dataclass(frozen=True)
class Duty:
    """Work at the desk that somebody is given, over everything or over a unit and all below it."""

    name: str
    label: str
    about: str
    permissions: frozenset[str]


_LECTURES = frozenset(
    {"courses.view", "courses.edit", "video.upload", "quizzes.edit", "stories.write"}
)
_JUDGING = frozenset({"desk.view", "courses.view", "courses.review"})
DUTIES: dict[str, Duty] = {
    duty.name: duty
    for duty in (
        Duty("unit_admin", "单位管理员", "管人员、培训和学习记录", _UNIT_ADMIN),
        Duty("author", "课程作者", "写课程、题目，上传视频", _LECTURES | {"desk.view"}),
        Duty(
            "reviewer",
            "审核人",
            "审核课程和案例",
            _JUDGING | {"stories.review", "questions.moderate"},
        ),
        Duty("publisher", "发布人", "终审、发布、下架课程", _JUDGING | {"courses.publish"}),
        Duty(
            "lecturer",
            "讲师",
            "回答提问，批阅作业和简答题",
            _ANSWERS | {"desk.view", "questions.moderate", "practicals.review", "quizzes.mark"},
        ),
        Duty("tutor", "班主任", "管培训班和必修安排", frozenset({"desk.view", "training.manage"})),
        Duty(
            "assessor",
            "评审员",
            "审核学时申报，批阅作业",
            frozenset({"desk.view", "credentials.approve", "practicals.review", "quizzes.mark"}),
        ),
        Duty(
            "auditor",
            "审计员",
            "只看，不改：操作记录、报表、证书",
            frozenset({"desk.view", "audit.view", "reports.view", "credentials.view_all"}),
        ),
    )
}

NAME_LENGTH = (2, 30)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9_.-]{2,29}")


def permissions_of(role: str) -> frozenset[str]:
    """Return the permissions of `role`; an unknown role has none."""
    known = ROLES.get(role)
    return known.permissions if known else frozenset()


@dataclass(frozen=True)
class Held:
    """A duty that somebody holds; `unit_id` None is over everything."""

    duty: str
    unit_id: int | None


def held_in(short: str) -> tuple[Held, ...]:
    """Return the duties that a person's row names: "auditor author@12"."""
    parts = (part.partition("@") for part in short.split())
    return tuple(Held(duty, int(unit) if unit else None) for duty, _, unit in parts)


def held_short(held: Collection[Held]) -> str:
    """Return how a person's row names these duties."""
    names = {one.duty if one.unit_id is None else f"{one.duty}@{one.unit_id}" for one in held}
    return " ".join(sorted(names))


def duty_permissions(duty: str) -> frozenset[str]:
    """Return the permissions of a duty; an unknown one has none."""
    known = DUTIES.get(duty)
    return known.permissions if known else frozenset()


def read_sign_in(cookie: str) -> tuple[int, str] | None:
    """Return the person's id and the device's key of what a sign-in cookie carries, or None."""
    number, _, key = cookie.partition(":")
    plain = number.isascii() and number.isdigit() and len(number) < 10
    return (int(number), key) if plain else None


def who_signed_in(session: Mapping[str, Any]) -> tuple[int, str] | None:
    """Return the id of whom a session says it belongs to, and its key; None for a visitor.

    Whoever asks must still look whether they are `still_signed_in`.
    """
    found = session.get("_user_id")
    return read_sign_in(found) if isinstance(found, str) else None


def normalise_username(text: str) -> str:
    """Return the form in which account names are stored and compared.

    Phones capitalise the first letter and input methods type full-width digits.
    """
    return unicodedata.normalize("NFKC", text).strip().lower()


def username_problem(username: str) -> str | None:
    """Return what is wrong with a normalised account name, or None."""
    if _USERNAME.fullmatch(username):
        return None
    return "账号请用 3 到 30 个英文字母或数字，也可以直接用手机号。"


def display_name_problem(name: str) -> str | None:
    """Return what is wrong with a person's name, or None. Names appear on certificates."""
    shortest, longest = NAME_LENGTH
    if not shortest <= len(name) <= longest:
        return f"姓名请填 {shortest} 到 {longest} 个字，证书上会用到。"
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn"} for c in name):
        return "姓名里有看不见的字符，请重新输入。"
    if not any(c.isalpha() for c in name):
        return "姓名里要有文字，请填写真实姓名。"
    return None


def viewer_mark(name: str, username: str, number: int) -> str:
    """Return who somebody is as it stands over what they watch: 王*明 5678.

    The digits are the last four of the account's name, mostly a phone's, else of its `number`.
    """
    digits = "".join(sign for sign in username if sign.isdigit())
    return f"{mask_name(name)} {digits[-4:] if len(digits) >= 4 else f'{number:04d}'[-4:]}"


def mask_name(name: str) -> str:
    """Return a name that its owner recognises and a stranger cannot use.

    王小明 → 王*明, 王明 → 王*, 买买提·艾力 → 买****力 (one star for each hidden character).
    """
    letters = name.strip()
    if len(letters) <= 1:
        return "*"
    if len(letters) == 2:
        return letters[0] + "*"
    return letters[0] + "*" * (len(letters) - 2) + letters[-1]
