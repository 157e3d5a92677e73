"""Rules of links: channels and codes. Pure."""

CHANNELS = {
    "gzh": "公众号",
    "sph": "视频号",
    "group": "微信群",
    "poster": "海报",
    "site": "其他网站",
    "paper": "纸质材料",
}
"""Where a link may stand, with the words that people see."""

CODE_LENGTH = 7
MAX_LABEL = 30
# Read aloud and typed by hand from a poster: no l, 1, o, 0, i.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def is_code(text: str) -> bool:
    """Tell whether a text can be the code of a link."""
    return len(text) == CODE_LENGTH and set(text) <= set(ALPHABET)
