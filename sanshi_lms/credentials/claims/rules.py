"""Rules of claims: what may be said in one, what a PDF must look like, what a state is called."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

LENGTHS = {"title": 100, "organiser": 60, "note": 300, "reason": 200}
STATES = {"submitted": "等待审核", "approved": "已通过", "refused": "未通过", "withdrawn": "已撤回"}
CATEGORIES = ("专业", "公需")
MOST_PROOFS = 4
MOST_HOURS = Decimal(200)
PDF_BYTES = 10 * 1024**2
SHORTEST_REASON = 4
_FIRST_YEAR = 2000
# What makes a PDF do something or carry something when it is opened.
_ACTIVE = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")


@dataclass(frozen=True)
class ClaimValues:
    """What somebody claims, checked."""

    title: str
    organiser: str
    happened_on: date
    hours: Decimal
    category: str
    note: str


@dataclass(frozen=True)
class ClaimFaults:
    """What is wrong with a claim, by field."""

    by_field: dict[str, str]


def read_claim(given: dict[str, str], today: date) -> ClaimValues | ClaimFaults:
    """Return what a form says, or what is wrong with it in words, by field."""
    faults: dict[str, str] = {}
    texts = {name: " ".join(given.get(name, "").split()) for name in LENGTHS}
    for name, label in (("title", "学了什么"), ("organiser", "谁办的")):
        if len(texts[name]) < 2:
            faults[name] = f"请填写“{label}”，至少两个字。"
    for name in ("title", "organiser", "note"):
        if len(texts[name]) > LENGTHS[name]:
            faults[name] = f"太长了，最多 {LENGTHS[name]} 个字。"
    happened_on = _day(given.get("happened_on", ""))
    if happened_on is None or happened_on.year < _FIRST_YEAR:
        faults["happened_on"] = "请填写学完的日期，例如 2026-07-23。"
    elif happened_on > today:
        faults["happened_on"] = "日期还没有到。请学完以后再来申报。"
    hours = _hours(given.get("hours", ""))
    if hours is None:
        faults["hours"] = f"请填写 0.25 到 {MOST_HOURS} 之间的学时，最多两位小数，例如 8。"
    category = given.get("category", "")
    if category not in CATEGORIES:
        faults["category"] = "请选择是专业科目还是公需科目。"
    if faults or happened_on is None or hours is None:
        return ClaimFaults(faults)
    return ClaimValues(
        texts["title"], texts["organiser"], happened_on, hours, category, texts["note"]
    )


def pdf_problem(data: bytes) -> str | None:
    """Return what is wrong with bytes that call themselves a PDF, or None."""
    if len(data) > PDF_BYTES:
        return "PDF 太大，最大 10 MB。请只保留需要的几页，或者改为拍照上传。"
    if b"%%EOF" not in data[-2048:]:
        return "PDF 不完整，可能没有拷贝完。请重新导出，或者改为拍照上传。"
    if any(mark in data for mark in _ACTIVE):
        return "这份 PDF 里带有脚本或附件，为安全起见不能收。请打印成新的 PDF，或者改为拍照上传。"
    return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def _hours(text: str) -> Decimal | None:
    try:
        hours = Decimal(text.strip()[:20])
    except InvalidOperation:
        return None
    if not hours.is_finite() or not Decimal("0.25") <= hours <= MOST_HOURS:
        return None
    return hours if hours == round(hours, 2) else None
