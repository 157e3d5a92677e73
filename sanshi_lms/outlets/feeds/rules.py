"""Sitemaps (sitemaps.org 0.9, Google's video extension 1.1), RSS 2.0 and podcasts as bytes. Pure.

The same input gives the same bytes: what has not changed can be answered with 304.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree import ElementTree as ET

MOST_URLS = 2_000
"""URLs of one part. The protocol allows 50,000, a statement not so many ids, and nobody waits."""
MOST_ITEMS = 50
MOST_EPISODES = 100
MOST_URL, MOST_DESCRIPTION, MOST_TITLE = 2_048, 2_048, 100
LONGEST_FILM = 28_800  # seconds; longer ones may not stand in a sitemap

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
VIDEO = "http://www.google.com/schemas/sitemap-video/1.1"
ATOM = "http://www.w3.org/2005/Atom"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
CATEGORY = "Education"  # a word of Apple's list of categories
for _prefix, _space in (("video", VIDEO), ("atom", ATOM), ("itunes", ITUNES)):
    ET.register_namespace(_prefix, _space)

# What XML 1.0 cannot hold at all, not even escaped.
_UNSOUND = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Film:
    """A video of a page, as search engines list it."""

    thumbnail: str
    title: str
    description: str
    player: str
    seconds: float


@dataclass(frozen=True)
class Entry:
    """A page: its full address, when it was last changed if that is known, its video if any."""

    url: str
    changed: datetime | None = None
    film: Film | None = None


@dataclass(frozen=True)
class Channel:
    """What a feed says of itself; `link` is a page for people, `own` the feed's own address."""

    title: str
    link: str
    own: str
    description: str


@dataclass(frozen=True)
class Show:
    """What a podcast says of itself besides: who makes it, its square picture."""

    author: str
    mail: str
    picture: str


@dataclass(frozen=True)
class Item:
    """A lesson in a feed. `guid` never changes, whatever becomes of title and address."""

    guid: str
    title: str
    link: str
    description: str
    at: datetime
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sound:
    """The sound of an item; `size` is its true length in bytes."""

    url: str
    size: int
    kind: str
    seconds: float


def parts_of(count: int) -> int:
    """Return how many parts hold `count` addresses."""
    return -(-count // MOST_URLS)


def part(ids: Sequence[int], number: int) -> Sequence[int]:
    """Return the ids of part `number`, from 1; none where there is no such part."""
    return ids[(number - 1) * MOST_URLS : number * MOST_URLS] if number > 0 else ()


def sitemap(entries: Iterable[Entry]) -> bytes:
    """Return a part of a sitemap."""
    root = ET.Element("urlset", xmlns=SITEMAP)
    for entry in entries:
        if len(entry.url) >= MOST_URL:
            continue
        place = ET.SubElement(root, "url")
        _add(place, "loc", entry.url)
        if entry.changed:
            _add(place, "lastmod", w3c(entry.changed))
        film = entry.film
        if film and 1 <= round(film.seconds) <= LONGEST_FILM:
            shown = ET.SubElement(place, f"{{{VIDEO}}}video")
            _add(shown, f"{{{VIDEO}}}thumbnail_loc", film.thumbnail)
            _add(shown, f"{{{VIDEO}}}title", film.title[:MOST_TITLE])
            _add(shown, f"{{{VIDEO}}}description", film.description[:MOST_DESCRIPTION])
            _add(shown, f"{{{VIDEO}}}player_loc", film.player)
            _add(shown, f"{{{VIDEO}}}duration", str(round(film.seconds)))
    return _written(root)


def sitemap_index(parts: Iterable[tuple[str, datetime | None]]) -> bytes:
    """Return the list of the parts: their addresses, and when they last changed if known."""
    root = ET.Element("sitemapindex", xmlns=SITEMAP)
    for url, changed in parts:
        place = ET.SubElement(root, "sitemap")
        _add(place, "loc", url)
        if changed:
            _add(place, "lastmod", w3c(changed))
    return _written(root)


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """Return an RSS 2.0 feed."""
    root, head = _rss(channel, items)
    for item in items:
        _item(head, item)
    return _written(root)


def podcast(channel: Channel, show: Show, episodes: Sequence[tuple[Item, Sound]]) -> bytes:
    """Return a podcast: RSS 2.0 with the words of iTunes, each item with its sound."""
    root, head = _rss(channel, [item for item, _ in episodes])
    _add(head, _itunes("author"), show.author)
    owner = ET.SubElement(head, _itunes("owner"))
    _add(owner, _itunes("name"), show.author)
    if show.mail:
        _add(owner, _itunes("email"), show.mail)
    ET.SubElement(head, _itunes("category"), text=CATEGORY)
    ET.SubElement(head, _itunes("image"), href=show.picture)
    _add(head, _itunes("explicit"), "false")
    _add(head, _itunes("type"), "episodic")
    picture = ET.SubElement(head, "image")
    for name, text in (("url", show.picture), ("title", channel.title), ("link", channel.link)):
        _add(picture, name, text)
    for item, sound in episodes:
        place = _item(head, item)
        ET.SubElement(place, "enclosure", url=sound.url, length=str(sound.size), type=sound.kind)
        _add(place, _itunes("duration"), str(round(sound.seconds)))
        _add(place, _itunes("explicit"), "false")
    return _written(root)


def guid_of(lesson_id: int) -> str:
    """Return the name of a lesson in feeds, for good: a client that kept it must know it again."""
    return f"sanshi-lesson-{lesson_id}"


def w3c(moment: datetime) -> str:
    """Return a moment as sitemaps have it (W3C datetime)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def rfc2822(moment: datetime) -> str:
    """Return a moment as feeds have it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def excerpt(text: str, most: int = 200) -> str:
    """Return the first words of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _rss(channel: Channel, items: Sequence[Item]) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("rss", version="2.0")
    head = ET.SubElement(root, "channel")
    _add(head, "title", channel.title)
    _add(head, "link", channel.link)
    _add(head, "description", channel.description)
    _add(head, "language", "zh-cn")
    _add(head, "ttl", "60")
    if items:
        _add(head, "pubDate", rfc2822(max(item.at for item in items)))
    own = {"href": channel.own, "rel": "self", "type": "application/rss+xml"}
    ET.SubElement(head, f"{{{ATOM}}}link", own)
    return root, head


def _item(head: ET.Element, item: Item) -> ET.Element:
    place = ET.SubElement(head, "item")
    _add(place, "title", item.title)
    _add(place, "link", item.link)
    _add(place, "description", item.description)
    for category in item.categories:
        _add(place, "category", category)
    ET.SubElement(place, "guid", isPermaLink="false").text = item.guid
    _add(place, "pubDate", rfc2822(item.at))
    return place


def _itunes(name: str) -> str:
    return f"{{{ITUNES}}}{name}"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _UNSOUND.sub("", text)


def _written(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
