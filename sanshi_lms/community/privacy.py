"""What in a text leads to a person: numbers of phones and papers, doors, chat accounts."""

import re

NO_CONTACT = "请去掉电话、微信这些联系方式：社区在平台里就能找到您，您的电话不会给出去。"

_PRIVATE = (
    (re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)"), "（证件号已去掉）"),
    (re.compile(r"(?<!\d)(?:\+?86)?1[3-9](?:[\s-]?\d){9}(?!\d)"), "（电话已去掉）"),
    (re.compile(r"(?<!\d)0\d{2,3}[-\s]?\d{7,8}(?!\d)"), "（电话已去掉）"),
    (
        re.compile(
            r"(?<![\d－—-])\d{1,3}[-－—]\d{1,3}(?:[-－—]\d{1,4})?(?![\d－—-])"
            r"(?!\s*[个天年月日米人户万次点楼层号%.])"
        ),
        "（门牌已去掉）",
    ),
    (re.compile(r"\d{1,5}\s*(?:室|号房|号户)"), "（门牌已去掉）"),
    (re.compile(r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})\s*单元"), "某单元"),
    (re.compile(r"(?:微信|QQ|qq|WeChat|wechat)号?[:：\s]*[A-Za-z0-9_-]{5,}"), "（联系方式已去掉）"),
)


_CONTACTS = tuple(
    pattern for pattern, instead in _PRIVATE if "电话" in instead or "联系" in instead
)


def without_identity(text: str) -> str:
    """Return what a resident wrote without numbers that lead to them: phone, papers, door, chat.

    A name cannot be found by a rule; whoever reviews looks for it.
    """
    for pattern, instead in _PRIVATE:
        text = pattern.sub(instead, text)
    return text


def tells_contact(text: str) -> bool:
    """Tell whether a text gives a phone, a landline or a chat account away.

    Who is found here is reached through the platform, so that nobody's phone goes around.
    """
    return any(pattern.search(text) for pattern in _CONTACTS)
