"""The languages that captions come in here, by BCP 47 tag. Pure."""

LANGUAGES = {
    "zh": "中文（简体）",
    "zh-x-dialect": "重庆话（四川方言）",
    "zh-Hant": "中文（繁体）",
    "en": "English（英文）",
    "bo": "藏文",
    "ii": "彝文",
    "ug": "维吾尔文",
    "ja": "日文",
}
SPOKEN = "zh"
"""What lectures are spoken in unless somebody says otherwise."""
