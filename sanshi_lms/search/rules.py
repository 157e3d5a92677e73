"""Rules of search that need nothing of an index. Pure."""

_BY_ROLE = {"cadre": "社区干部", "pro": "三师", "resident": "居民"}
_BY_POST = {"街道": "街道干部", "镇": "街道干部", "物业": "物业人员", "社区": "社区干部"}


def audience_of(role: str, post: str) -> str:
    """Return the audience that somebody belongs to by their post or role, or "".

    What is made for people like them comes a little earlier, and nothing is left out.
    """
    for word, audience in _BY_POST.items():
        if word in post:
            return audience
    return _BY_ROLE.get(role, "")


def family_of(kind: str, url: str) -> str:
    """Return the path under which a document's next of kin stand: a lesson's course, or itself."""
    path = _path(url)
    return path.rpartition("/")[0] if kind == "lesson" else path


def is_family(url: str, root: str) -> bool:
    """Tell whether `url` is the page `root` or stands below it."""
    path = _path(url)
    return path == root or path.startswith(f"{root}/")


def _path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0].rstrip("/")
