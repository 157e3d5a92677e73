"""Rules of the ledger. Pure."""

from datetime import date
from urllib.parse import urlsplit

MAX_PLACE, MAX_URL, MAX_WORDS, MAX_TITLE = 40, 300, 200, 120


def publication_problem(place: str, url: str, day: date | None, today: date) -> str | None:
    """Return what is wrong with a publication to be recorded, or None."""
    if not place:
        return "请填写发布在哪里，例如公众号的名称。"
    if len(place) > MAX_PLACE:
        return f"名称太长，最多 {MAX_PLACE} 个字。"
    if day is None:
        return "请填写哪一天发布的。"
    if day > today:
        return "发布的日子还没有到，请发布以后再登记。"
    if url and (len(url) > MAX_URL or not is_address(url)):
        return "网址要以 https:// 或 http:// 开头，请从浏览器里完整复制。"
    return None


def is_address(url: str) -> bool:
    """Tell whether a text is an address that people can open."""
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    return found.scheme in {"http", "https"} and bool(found.hostname) and " " not in url
