"""Rules about units: what may stand below what, how a path reads, names that can be kept."""

from collections.abc import Mapping, Sequence

UNIT_KINDS = ("市", "区县", "街镇", "社区", "单位", "协会")
UNIT_NAME_LENGTH = 40
POST_LENGTH = 20
CODE_LENGTH = 20
SEPARATOR = " / "
_LEVELS = {"市": 0, "区县": 1, "街镇": 2, "社区": 3}


def level_problem(kind: str, parent_kind: str | None) -> str | None:
    """Return why a unit of `kind` cannot stand below one of `parent_kind`, or None.

    The four levels of government follow each other downwards, levels may be left out; 单位 and
    协会 stand anywhere, and only they stand below each other.
    """
    if kind not in UNIT_KINDS:
        return "请从列表里选择单位的类别。"
    if parent_kind is None or kind not in _LEVELS:
        return None
    if parent_kind not in _LEVELS:
        return f"{kind}不能放在{parent_kind}下面，请重新选择上级单位。"
    if _LEVELS[kind] <= _LEVELS[parent_kind]:
        return f"{kind}不能放在{parent_kind}下面，请选择更高一级的上级单位。"
    return None


def name_problem(name: str) -> str | None:
    """Return what is wrong with a unit's name, or None."""
    if not name:
        return "请填写单位名称。"
    if len(name) > UNIT_NAME_LENGTH:
        return f"单位名称最多 {UNIT_NAME_LENGTH} 个字。"
    if not any(sign.isalnum() for sign in name) or not name.isprintable():
        return "单位名称里要有文字，不要有看不见的字符。"
    if SEPARATOR.strip() in name:
        return "单位名称里不要用斜杠 /。"
    return None


def path_of(unit_id: int, units: Mapping[int, tuple[int | None, str]]) -> str:
    """Return the names from the root down, such as 重庆市 / 渝中区; `units` has parent and name."""
    names: list[str] = []
    here: int | None = unit_id
    while here is not None and here in units and len(names) < 20:
        here, name = units[here]
        names.append(name)
    return SEPARATOR.join(reversed(names))


def would_be_ring(unit_id: int, parent_id: int | None, parents: Mapping[int, int | None]) -> bool:
    """Tell whether `unit_id` would stand below itself if it were put below `parent_id`."""
    seen: set[int] = set()
    here = parent_id
    while here is not None and here not in seen:
        if here == unit_id:
            return True
        seen.add(here)
        here = parents.get(here)
    return False


def deepest_shown(depths: Sequence[int], most: int) -> int:
    """Return to which depth a tree can be shown with at most `most` rows; at least the top two."""
    shown = 1
    while shown < max(depths, default=0) and sum(d <= shown + 1 for d in depths) <= most:
        shown += 1
    return shown
