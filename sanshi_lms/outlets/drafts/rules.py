"""Rules of accounts and drafts. Pure."""

import re

MAX_NAME, MAX_PROBLEM = 40, 300
_APP_ID = re.compile(r"wx[0-9a-f]{16}")
_SECRET = re.compile(r"[0-9a-f]{32}")


def account_problem(name: str, app_id: str, secret: str) -> str | None:
    """Return what is wrong with an official account as it was typed, or None."""
    if not name or len(name) > MAX_NAME:
        return f"请填写公众号的名称，最多 {MAX_NAME} 个字。"
    if not _APP_ID.fullmatch(app_id):
        return "AppID 不对：以 wx 开头，一共 18 位，请从公众号后台“开发接口管理”里复制。"
    if not _SECRET.fullmatch(secret):
        return "AppSecret 不对：一共 32 位，请从公众号后台“开发接口管理”里复制。"
    return None
