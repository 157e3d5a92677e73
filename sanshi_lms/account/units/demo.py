"""Invented units and colleagues for the demo, so that no page of units is empty."""

from sanshi_lms.account.actions import ensure_person
from sanshi_lms.account.grants.actions import give
from sanshi_lms.account.models import Unit
from sanshi_lms.account.queries import find_person
from sanshi_lms.account.units.actions import add_leader, add_unit, place_person
from sanshi_lms.account.units.queries import find_units
from sanshi_lms.core.clock import now

# 示范 in each name says that no such place exists.
UNITS = (
    ("市", "示范市", ""),
    ("区县", "示范区", "示范市"),
    ("街镇", "示范街道", "示范区"),
    ("社区", "示范街道石板坡社区", "示范街道"),
    ("社区", "示范街道七星岗社区", "示范街道"),
    ("单位", "山城规划设计所（示范）", "示范区"),
)
PEOPLE = (
    ("demo-tang", "唐丽（演示）", "示范街道石板坡社区", "社区书记"),
    ("demo-zhou", "周强（演示）", "示范街道石板坡社区", "网格员"),
    ("demo-xie", "谢芳（演示）", "示范街道七星岗社区", "社区工作者"),
    ("demo-luo", "罗勇（演示）", "示范街道七星岗社区", "网格员"),
    ("demo-deng", "邓梅（演示）", "示范街道", "街镇干部"),
)
PLACES = (
    ("cadre", "示范街道石板坡社区", "社区工作者"),
    ("pro", "山城规划设计所（示范）", "规划师"),
)


def load_units() -> bool:
    """Add the invented units and people once. Returns whether they are new."""
    if find_units("示范市"):
        return False
    known: dict[str, Unit] = {}
    for kind, name, parent in UNITS:
        known[name] = add_unit(kind, name, known.get(parent))
    for username, name, unit, post in PEOPLE:
        person, _ = ensure_person(username, name, unit, "cadre", None)
        place_person(person, known[unit], post)
    for username, unit, post in PLACES:
        found = find_person(username)
        if found is not None:
            place_person(found, known[unit], post)
    leader = add_leader(known["示范街道"], "demo-deng")
    give(leader, "unit_admin", known["示范街道"], by=None, at=now())
    return True
