"""Rules about giving duties: nobody gives what they do not hold themselves."""

from collections.abc import Collection

from sanshi_lms.account.rules import DUTIES, ROLES, duty_permissions, held_in

EVERYTHING_ZH = "全市"


def grant_problem(duty: str, *, covered: Collection[str], everywhere: bool) -> str | None:
    """Return why somebody cannot give this duty, or None.

    `covered` are the permissions that the giver holds over the unit in question; `everywhere` tells
    that the duty would be over everything.
    """
    if duty not in DUTIES:
        return "请从列表里选择职责。"
    if duty_permissions(duty) <= set(covered):
        return None
    if everywhere:
        return "请写清是哪个单位。您只能在自己负责的单位范围里安排职责。"
    return "您在这个单位没有这项职责，不能安排给别人，请联系上级管理员。"


def handling_problem(role: str, duties: str, *, covered: Collection[int]) -> str | None:
    """Return why a unit's administrator may not change this account, or None.

    Who takes over an account takes over what it may do: so an account that may do more, or does it
    elsewhere, stays with those above. `covered` are the units of the administrator.
    """
    beyond = any(one.unit_id is None or one.unit_id not in covered for one in held_in(duties))
    if not ROLES[role].self_chosen or beyond:
        return "这个账号的权限超出您的范围，请联系上级管理员来修改。"
    return None
