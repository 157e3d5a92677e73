"""Rules of practicals: what a hand-in may be, and what its state is called."""

STATES = {
    "submitted": "等老师看",
    "accepted": "已通过",
    "returned": "请再改改",
    "withdrawn": "已收回",
}
STANDING = ("submitted", "accepted")
LONGEST_TEXT = 2000
LONGEST_REASON = 500
MOST_PHOTOS = 6
MOST_FILES = 3
MOST_TRIES = 20
SHORTEST_REASON = 4


def text_of(typed: str) -> str:
    """Return what was typed, without what a line break or a form adds."""
    return typed.replace("\r\n", "\n").replace("\x00", "").strip()


def hand_in_problem(text: str, photos: int, files: int) -> str | None:
    """Return what is missing from a hand-in, or too much of it; None when it is whole."""
    if not text and not photos and not files:
        return "还没有内容：请写几句话，或者选照片、文件。"
    if len(text) > LONGEST_TEXT:
        return f"文字最多 {LONGEST_TEXT} 个字，更长的请放进文件里。"
    if files > MOST_FILES:
        return f"文件最多 {MOST_FILES} 个，请去掉几个再交。"
    return None
