"""Rules of new passwords: what is wrong with one, and what to do instead."""

import unicodedata
from collections.abc import Callable, Collection, Sequence

# GB/T 22239-2019 8.1.4.1: assessors look for eight characters of more than one kind.
PASSWORD_LENGTH = (8, 128)
OUR_WORDS = (
    "weiketang", "sanshijinshequ", "shequguihuashi", "sanshi", "shequ", "jiedao", "guihuashi",
    "jianzhushi", "gongchengshi", "guihua", "jianzhu", "ganbu", "wuye", "jumin", "xuexi", "peixun",
    "chongqing", "yuzhong", "jiangbei", "nanan", "shapingba", "jiulongpo", "dadukou", "yubei",
    "banan", "beibei", "jiefangbei", "mima", "guanliyuan", "admin", "password", "welcome",
    "woaini", "woaizhongguo", "zhongguo",
)  # fmt: skip
"""What people here think of first; a password needs more than these and a number."""
FEWEST_OWN_LETTERS = 3
LONGEST_TAIL = 5
"""Signs that people hang on to a common word: a year, an exclamation mark."""
_LOOKS_LIKE = str.maketrans("@013457$!|", "aoieastsii")
ADVICE = "请把三四个不相干的词连起来，中间加上数字，自己记得住，别人猜不到。"
COMMON = f"这个密码在网上泄露过的常用密码里，坏人最先试的就是它。{ADVICE}"
OURS = f"这个密码只有我们这里常用的词（比如 sanshi、chongqing）加上数字，容易被猜到。{ADVICE}"
NAMED = f"密码里不要用自己姓名的拼音，认识您的人一猜就中。{ADVICE}"


def password_problem(
    password: str, username: str, spellings: Collection[str], is_common: Callable[[str], bool]
) -> str | None:
    """Return what is wrong with a new password, or None.

    `spellings` are those of the person's name; `is_common` knows the passwords of known leaks,
    written in small letters.
    """
    shortest, longest = PASSWORD_LENGTH
    if len(password) < shortest:
        return f"密码至少要 {shortest} 位。"
    if len(password) > longest:
        return f"密码不要超过 {longest} 位。"
    plain = unicodedata.normalize("NFKC", password).lower()
    if username and username in plain:
        return "密码里不要包含账号，容易被人猜到。"
    if plain.isdigit():
        return "密码不要只用数字，请加上字母。"
    if len(set(plain)) < 4:
        return "这个密码总是重复几个字，容易被人猜到，请换一个。"
    if any(is_common(one) for one in _plainer(plain)):
        return COMMON
    if any(_made_of(form, spellings) for form in _forms(plain)):
        return NAMED
    if any(_made_of(form, OUR_WORDS) for form in _forms(plain)):
        return OURS
    return None


def spellings_of(syllables: Sequence[str]) -> frozenset[str]:
    """Return how a name that sounds like this is typed: wangxiaoming, xiaoming, wxm, xmw …"""
    heard = ["".join(filter(str.isalpha, one.lower())) for one in syllables]
    heard = [one for one in heard if one and one.isascii()]
    if not heard:
        return frozenset()
    first, rest = heard[0], "".join(heard[1:])
    initials = "".join(one[0] for one in heard)
    found = {first + rest, rest + first, rest, initials, first + initials[1:]}
    return frozenset(one for one in found if len(one) >= 2)


def _plainer(plain: str) -> set[str]:
    """Return the forms in which a common password hides: with signs for letters, with a tail."""
    found = set()
    for form in _forms(plain):
        stem = form.rstrip("0123456789!@#$%^&*()_+-=.?~ ")
        short = len(form) - len(stem) <= LONGEST_TAIL
        found |= {form, stem} if short else {form}
    return found


def _forms(plain: str) -> tuple[str, str]:
    return plain, plain.translate(_LOOKS_LIKE)


def _made_of(form: str, words: Collection[str]) -> bool:
    """Tell whether too few letters are left of a password without these words.

    A short word, such as initials, counts only where no other letter touches it.
    """
    left = form
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, " ") if len(word) > FEWEST_OWN_LETTERS else _without(left, word)
    return left != form and sum(one.isalpha() for one in left) < FEWEST_OWN_LETTERS


def _without(form: str, word: str) -> str:
    runs = "".join(one if one.isalpha() else " " for one in form).split()
    return form.replace(word, " ") if word in runs else form
