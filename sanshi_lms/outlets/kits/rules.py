"""The platform's limits and the report that holds an article to them. Pure.

Limits: https://developers.weixin.qq.com/doc/offiaccount/Draft_Box/Add_draft.html (content under
20,000 characters with tags and 1 MB, title 32, digest 128, author 16) and
…/Asset_Management/Adding_Permanent_Assets.html (picture in an article 1 MB, JPG or PNG).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_CHARACTERS = 20_000
MAX_BYTES = 1_000_000
MAX_TITLE = 32
MAX_DIGEST = 120
MAX_AUTHOR = 16
MAX_PICTURE_BYTES = 1_000_000
MAX_PICTURES = 50
COVER_WIDE = (900, 383)
COVER_SQUARE = (500, 500)
_FORBIDDEN = {
    "script": "脚本",
    "iframe": "嵌入的网页",
    "video": "视频",
    "audio": "音频",
    "form": "表单",
    "object": "插件",
    "style": "样式表",
    "link": "外部样式",
}
_OWN_LINKS = "https://mp.weixin.qq.com/"
_TAG = re.compile(r"<\s*(\w+)", re.IGNORECASE)
_HANDLER = re.compile(r"\son\w+\s*=", re.IGNORECASE)
_HREF = re.compile(r"<a\s[^>]*href=\"([^\"]*)\"", re.IGNORECASE)
_SOURCE = re.compile(r"<img\s[^>]*src=\"([^\"]*)\"", re.IGNORECASE)


@dataclass(frozen=True)
class PictureFile:
    """A picture as it goes out: `size` in bytes, `kind` "jpeg" or "png"."""

    name: str
    size: int
    kind: str


@dataclass(frozen=True)
class Breach:
    """What breaks a limit, and how to mend it, both in words."""

    what: str
    mend: str


def breaches(
    title: str, digest: str, html: str, pictures: Sequence[PictureFile], hosts: Sequence[str]
) -> list[Breach]:
    """Return what of an article the platform would refuse or drop, with the mend of each.

    `hosts` are beginnings of addresses under which its pictures may stand.
    """
    return [
        *_lengths(title, digest, html),
        *_tags(html),
        *_pictures(html, pictures, hosts),
    ]


def _lengths(title: str, digest: str, html: str) -> list[Breach]:
    found = []
    if not title.strip():
        found.append(Breach("没有标题", "请先写标题。"))
    if len(title) > MAX_TITLE:
        found.append(Breach(f"标题 {len(title)} 个字，最多 {MAX_TITLE} 个", "把标题缩短。"))
    if len(digest) > MAX_DIGEST:
        found.append(Breach(f"摘要 {len(digest)} 个字，最多 {MAX_DIGEST} 个", "把摘要缩短。"))
    if len(html) >= MAX_CHARACTERS:
        what = f"正文连同格式 {len(html)} 个字符，要少于 {MAX_CHARACTERS} 个"
        found.append(Breach(what, "不带讲稿全文，或者把正文删短一些。"))
    if len(html.encode()) >= MAX_BYTES:
        found.append(Breach("正文超过 1 MB", "把正文删短一些。"))
    return found


def _tags(html: str) -> list[Breach]:
    used = {name.lower() for name in _TAG.findall(html)}
    found = [
        Breach(f"正文里有{word}（{name}），微信会去掉", "删去这一段，改用二维码或“阅读原文”。")
        for name, word in _FORBIDDEN.items()
        if name in used
    ]
    if _HANDLER.search(html):
        found.append(Breach("正文里有点击脚本，微信会去掉", "删去这一段。"))
    outside = [
        url for url in _HREF.findall(html) if not url.startswith("https://mp.weixin.qq.com/")
    ]
    if outside:
        found.append(
            Breach(
                f"正文里有 {len(outside)} 个外部链接，微信不让点", "改成文字，网址放“阅读原文”。"
            )
        )
    return found


def _pictures(html: str, pictures: Sequence[PictureFile], hosts: Sequence[str]) -> list[Breach]:
    found = [
        Breach(f"图片 {one.name} 有 {one.size // 1000} KB，最大 1 MB", "把图片压小一些再放进来。")
        for one in pictures
        if one.size > MAX_PICTURE_BYTES
    ]
    found += [
        Breach(f"图片 {one.name} 不是 JPG 或 PNG", "把图片另存为 JPG 再放进来。")
        for one in pictures
        if one.kind not in {"jpeg", "png"}
    ]
    if len(pictures) > MAX_PICTURES:
        found.append(Breach(f"图片有 {len(pictures)} 张，太多", f"留下最多 {MAX_PICTURES} 张。"))
    outside = [url for url in _SOURCE.findall(html) if not url.startswith(tuple(hosts))]
    if outside:
        found.append(Breach(f"有 {len(outside)} 张外站图片，微信不显示", "先把图片传到本站再用。"))
    return found


def shortened(text: str, most: int) -> str:
    """Return a text of at most `most` characters, cut at the last stop that fits."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut = flat[: most - 1]
    stop = max(cut.rfind(mark) for mark in "。！？；")
    return cut[: stop + 1] if stop >= most // 2 else f"{cut}…"
