"""Needs as a table that an office opens: what may be seen anyway, without codes and phones."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sanshi_lms.account import User, people_by_id
from sanshi_lms.community.needs.filing import ORIGINS
from sanshi_lms.community.needs.models import Need
from sanshi_lms.core.clock import local
from sanshi_lms.core.table_files import table_xlsx

HEAD = (
    "编号", "区县", "街镇", "社区", "类别", "内容", "位置", "涉及人群", "来源", "状态",
    "三师", "收到", "响应", "办结", "结束", "时限", "重新打开次数", "虚构样例",
)  # fmt: skip
MOST_ROWS = 20_000


def needs_xlsx(found: Sequence[Need]) -> bytes:
    """Return a row for each need. Times are those of Chongqing."""
    pros = people_by_id(one.pro_id for one in found if one.pro_id is not None)
    return table_xlsx(HEAD, [_row(one, pros) for one in found])


def _row(need: Need, pros: Mapping[int, User]) -> list[str]:
    pro = pros.get(need.pro_id or 0)
    return [
        str(need.id),
        need.community.district,
        need.community.street,
        need.community.name,
        need.kind.name,
        need.text,
        need.place,
        need.concerns,
        ORIGINS.get(need.origin, need.origin),
        need.stage.label,
        pro.display_name if pro else "",
        *(_time(one) for one in (need.received_at, need.responded_at, need.done_at)),
        _time(need.ended_at),
        _time(need.due_at if need.is_open else None),
        str(need.reopened),
        "是" if need.invented else "",
    ]


def _time(moment: datetime | None) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment else ""
