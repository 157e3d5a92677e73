"""The rules of embedding: whose pages may hold a player, how large it is, where it starts. Pure."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, urlsplit

ANYWHERE = "*"
MAX_SITES = 60
MAX_SOURCE = 280
MAX_POLICY = 3000  # proxies refuse answers whose headers are larger than a page of memory
WIDTH, HEIGHT = 640, 720
CONTROLS = 144  # pixels that captions and the player's bar need below the picture
SOUND_HEIGHT = 128
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_START = re.compile(r"\d{1,5}(:\d{1,2}){0,2}")


class SiteProblem(ValueError):
    """A line that is no site; its sentence says what to write instead."""


def site_source(line: str) -> str:
    """Return a site as a CSP source: "https://www.example.cn", "https://*.example.cn".

    A missing scheme is https, a Chinese domain becomes its ASCII form. Raises SiteProblem.
    """
    text = line.strip().rstrip("/")
    scheme, found, rest = text.partition("://")
    if not found:
        scheme, rest = "https", text
    scheme = scheme.lower()
    if scheme not in {"https", "http"}:
        raise SiteProblem("网址要以 https:// 或 http:// 开头。")
    if re.search(r"[/?#@]", rest):
        raise SiteProblem("只填到域名为止，不要带后面的路径，例如 https://www.example.cn。")
    host, colon, port = rest.partition(":")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise SiteProblem("冒号后面要是端口号，例如 http://10.1.2.3:8080。")
    source = f"{scheme}://{_host(host)}{colon}{port.lstrip('0')}"
    if len(source) > MAX_SOURCE:
        raise SiteProblem("网址太长。")
    return source


def _host(host: str) -> str:
    wild = host.startswith("*.")
    name = host.removeprefix("*.").lower()
    if "*" in name:
        raise SiteProblem("星号只能写在最前面，例如 https://*.example.cn。")
    try:
        labels = [label.encode("idna").decode() if label else "" for label in name.split(".")]
    except UnicodeError:
        labels = [""]
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise SiteProblem("域名写得不对，应该像 https://www.example.cn 这样。")
    numeric = labels[-1].isdigit()
    if numeric and (wild or len(labels) != 4 or any(int(part[:4]) > 255 for part in labels)):
        raise SiteProblem("IP 地址要写完整，不能带星号，例如 http://10.1.2.3:8080。")
    if wild and len(labels) < 2:
        raise SiteProblem("星号后面至少要有两段，例如 https://*.example.cn。")
    return ("*." if wild else "") + ".".join(labels)


def read_sites(text: str) -> list[str]:
    """Return the sites of a list with one in each line, sorted, none twice.

    Raises SiteProblem, which names the line.
    """
    sources: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            sources.add(site_source(line))
        except SiteProblem as problem:
            raise SiteProblem(f"第 {number} 行“{line.strip()[:60]}”：{problem}") from problem
    if len(sources) > MAX_SITES or sum(map(len, sources)) > MAX_POLICY:
        raise SiteProblem(f"名单太长，最多 {MAX_SITES} 个网站。同一单位的可以写成 https://*.域名。")
    return sorted(sources)


def framed_by(sources: list[str]) -> str:
    """Return who may frame the player, as the list of a CSP directive."""
    return ANYWHERE if ANYWHERE in sources else " ".join(["'self'", *sources])


@dataclass(frozen=True)
class Size:
    """Width and height of a frame in CSS pixels."""

    width: int
    height: int


def frame_size(width: int, height: int, most_width: int = 0, most_height: int = 0) -> Size:
    """Return the frame for a picture of `width` × `height` (0 × 0: sound only).

    `most_*` are what the page around has room for, 0 when it did not say.
    """
    room_width = min(WIDTH, most_width) if most_width > 0 else WIDTH
    room_height = min(HEIGHT, most_height) if most_height > 0 else HEIGHT
    if width <= 0 or height <= 0:
        return Size(room_width, min(SOUND_HEIGHT + CONTROLS, room_height))
    room = max(1, room_height - CONTROLS)
    share = min(room_width / width, room / height)
    # Controls need the width of a small phone; beside a tall picture is room to spare.
    fitted = min(room_width, max(320, round(width * share)))
    return Size(fitted, min(room_height, round(height * share) + CONTROLS))


def start_in(url: str) -> str:
    """Return where a link starts, as it says it ("75", "1:15"); "" at the beginning."""
    parts = urlsplit(url)
    for asked in (parts.fragment, parts.query):
        for text in parse_qs(asked).get("t", []):
            if _START.fullmatch(text) and text.isascii():
                return text
    return ""


def iframe_code(url: str, title: str, size: Size) -> str:
    """Return the HTML that puts the player at `url` into a page; it shrinks on a phone."""
    return (
        f'<iframe src="{escape(url)}" title="{escape(title)}" '
        f'width="{size.width}" height="{size.height}" '
        'style="max-width:100%;border:0" allow="autoplay; fullscreen; picture-in-picture" '
        "allowfullscreen></iframe>"
    )
