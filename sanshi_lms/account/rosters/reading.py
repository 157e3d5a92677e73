"""Reading rosters: our columns in their usual spellings, what a row says, what is wrong.

Headings are ours in the usual spellings, or those of OneRoster's users.csv and orgs.csv.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sanshi_lms.account.rules import (
    ROLES,
    display_name_problem,
    normalise_username,
    username_problem,
)
from sanshi_lms.account.units.rules import CODE_LENGTH, POST_LENGTH, UNIT_KINDS, name_problem
from sanshi_lms.core.rosters import Sheet, Table, read_rows

PEOPLE = ("账号", "姓名", "身份", "单位编号", "岗位", "停用")
UNITS = ("编号", "名称", "类别", "上级编号", "停用")
_PEOPLE_COLUMNS = {
    "username": ("账号", "帐号", "手机", "手机号", "手机号码", "工号", "登录名", "username"),
    "name": ("姓名", "名字", "人员姓名"),
    "family": ("familyname",),
    "given": ("givenname",),
    "role": ("身份", "角色", "人员类别", "role"),
    "unit": ("单位编号", "组织编号", "部门编号", "机构编号", "orgsourcedids"),
    "post": ("岗位", "职务", "职位"),
    "off": ("停用", "是否停用"),
    "enabled": ("enableduser",),
    "status": ("status",),
}
_UNIT_COLUMNS = {
    "code": ("编号", "单位编号", "组织编号", "代码", "sourcedid"),
    "name": ("名称", "单位名称", "组织名称", "name"),
    "kind": ("类别", "单位类别", "级别", "type"),
    "parent": ("上级编号", "上级", "父级编号", "parentsourcedid"),
    "off": ("停用", "是否停用"),
    "status": ("status",),
}
_ROLES = {
    "cadre": ("cadre", "干部", "社区干部", "街道干部", "街道社区干部", "物业", "物业人员", "社工",
              "student", "learner", ""),
    "pro": ("pro", "三师", "规划师", "建筑师", "工程师", "专业人员", "teacher"),
    "resident": ("resident", "居民"),
}  # fmt: skip
_BY_HAND = {"admin", "author", "管理员", "作者", "课程作者", "administrator"}
_KINDS = {"state": "市", "district": "区县", "local": "街镇", "national": "市",
          "school": "单位", "department": "单位", "区": "区县", "县": "区县", "街道": "街镇",
          "镇": "街镇", "乡": "街镇", "镇街": "街镇", "居委会": "社区", "村": "社区",
          "企业": "单位", "公司": "单位", "学会": "协会"}  # fmt: skip
_YES = {"是", "停用", "1", "true", "y", "yes", "离职", "tobedeleted"}


@dataclass(frozen=True)
class PersonRow:
    """A person as a table says it. `unit` is the unit's code, "" for none told."""

    line: int
    username: str
    name: str
    role: str
    unit: str = ""
    post: str = ""
    active: bool = True


@dataclass(frozen=True)
class UnitRow:
    """A unit as a table says it. `parent` is a code, "" for one at the top."""

    line: int
    code: str
    name: str
    kind: str
    parent: str = ""
    active: bool = True


_PEOPLE: Sheet[PersonRow] = Sheet(
    _PEOPLE_COLUMNS, ("username",), "账号", "“账号”和“姓名”", lambda row: row.username
)
_UNITS: Sheet[UnitRow] = Sheet(
    _UNIT_COLUMNS, ("code", "name"), "编号", "“编号”“名称”和“类别”", lambda row: row.code
)


def read_people(rows: Sequence[Sequence[str]]) -> Table[PersonRow] | str:
    """Return the people of a table, or why it is none."""
    return read_rows(rows, _PEOPLE, _person)


def read_units(rows: Sequence[Sequence[str]]) -> Table[UnitRow] | str:
    """Return the units of a table, or why it is none."""
    return read_rows(rows, _UNITS, _unit)


def _person(line: int, said: Mapping[str, str]) -> PersonRow | str:
    username = normalise_username(said.get("username", ""))
    name = said.get("name") or said.get("family", "") + said.get("given", "")
    problem = (
        ("账号是空的，请填上。" if not username else username_problem(username))
        or ("姓名是空的，请填上。" if not name else display_name_problem(name))
        or (f"岗位最多 {POST_LENGTH} 个字。" if len(said.get("post", "")) > POST_LENGTH else None)
    )
    if problem:
        return problem
    wanted = said.get("role", "").lower()
    role = next((role for role, words in _ROLES.items() if wanted in words), None)
    if wanted in _BY_HAND:
        return f"“{said['role']}”不能用表格导入，请先按干部或三师导入，再在网页上调整角色。"
    if role is None:
        labels = "、".join(ROLES[role].label for role in _ROLES)
        return f"身份“{said['role']}”不认识，可以写：干部、三师、居民（{labels}）。"
    unit = said.get("unit", "").split(",")[0].strip()
    return PersonRow(line, username, name, role, unit, said.get("post", ""), active=_active(said))


def _unit(line: int, said: Mapping[str, str]) -> UnitRow | str:
    code, name = said.get("code", ""), said.get("name", "")
    kind = _KINDS.get(said.get("kind", "").lower(), said.get("kind", ""))
    if not 0 < len(code) <= CODE_LENGTH or not code.isprintable():
        return f"编号要有 1 到 {CODE_LENGTH} 个字，而且每个单位不同。"
    problem = name_problem(name)
    if problem:
        return problem
    if kind not in UNIT_KINDS:
        return f"类别“{said.get('kind', '')}”不认识，可以写：{'、'.join(UNIT_KINDS)}。"
    if said.get("parent", "") == code:
        return "上级编号不能是它自己。"
    return UnitRow(line, code, name, kind, said.get("parent", ""), active=_active(said))


def _active(said: Mapping[str, str]) -> bool:
    off = said.get("off", "").lower() in _YES or said.get("status", "").lower() == "tobedeleted"
    return not off and said.get("enabled", "").lower() not in {"false", "0"}


def in_order(rows: Sequence[UnitRow]) -> list[UnitRow]:
    """Return units with each one after its parent; those in a ring are left out."""
    by_parent: dict[str, list[UnitRow]] = {}
    codes = {row.code for row in rows}
    for row in rows:
        by_parent.setdefault(row.parent if row.parent in codes else "", []).append(row)
    ordered: list[UnitRow] = []
    waiting = list(by_parent.get("", ()))
    while waiting:
        row = waiting.pop(0)
        ordered.append(row)
        waiting += by_parent.get(row.code, ())
    return ordered
