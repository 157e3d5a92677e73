"""Acts as a table for spreadsheets, with the seal of each."""

import csv
import io
from collections.abc import Sequence

from sanshi_lms.account import User
from sanshi_lms.admin.telling import acts
from sanshi_lms.core.audit import AuditEntry
from sanshi_lms.core.cells import plain_cell
from sanshi_lms.core.clock import local

_HEADINGS = ("时间", "谁", "账号", "做了什么", "对象", "改了什么", "网络地址", "封存号")


def acts_csv(entries: Sequence[AuditEntry], reader: User) -> bytes:
    """Return entries in words, UTF-8 with a mark so that Excel reads the Chinese."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(_HEADINGS)
    for entry, act in zip(entries, acts(entries, reader), strict=True):
        changed = "；".join(
            f"{c.label}：{c.before or '无'} → {c.after or '无'}" for c in act.changes
        )
        row = (
            f"{local(act.at):%Y-%m-%d %H:%M:%S}",
            act.who,
            act.person.username if act.person else "",
            act.verb,
            act.about.title,
            "；".join(changed),
            act.address or "",
            str(entry.seal or ""),
        )
        sheet.writerow([plain_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")
