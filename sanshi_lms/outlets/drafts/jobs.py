"""The job that sends an article to an official account as a draft."""

from typing import Any

from sanshi_lms.core import wechat
from sanshi_lms.core.db import db
from sanshi_lms.core.jobs import JobFailed, JobRun, job
from sanshi_lms.core.sealing import unseal
from sanshi_lms.core.wechat import Account, WeChatError
from sanshi_lms.outlets.drafts.models import Draft, OfficialAccount
from sanshi_lms.outlets.drafts.rules import MAX_PROBLEM
from sanshi_lms.outlets.kits.drawing import cover_wide
from sanshi_lms.outlets.kits.package import Kit, make_kit
from sanshi_lms.outlets.pieces import find_piece

SEND = "outlets.draft"
PURPOSE = b"sanshi official account"
AUTHOR = "三师微课堂"
_TYPES = {"jpg": "image/jpeg", "png": "image/png"}


def setup() -> None:
    """Nothing: importing this module registers the job."""


@job(SEND, lane="fast", attempts=3, label="发公众号草稿")
def send(run: JobRun) -> None:
    """Send the article once; done again after a crash it makes one draft more at most.

    The platform knows no number of ours by which it could tell a repetition, and a draft more can
    be deleted there: lost would be worse. So the answer is recorded at once.
    """
    draft_id = int(run.payload["draft"])
    row = db.session.get(Draft, draft_id)
    if row is None or row.state == "made":
        db.session.rollback()
        return
    account = _account(row.account)
    piece, address = find_piece(row.kind, row.ref), row.address
    if account is None or piece is None:
        gone = "这一篇已经撤下，没有发。" if account else "公众号的密钥已经不在，请重新填写。"
        _record(run, draft_id, problem=gone)
        return
    kit = make_kit(piece, address)
    cover = cover_wide(piece)
    db.session.rollback()  # no transaction stays open while the platform is asked
    try:
        media_id = _sent(run, account, kit, cover, address)
    except WeChatError as error:
        _record(run, draft_id, problem=error.sentence, done=not error.retry)
        if error.retry:
            raise JobFailed(error.sentence, retry=True) from error
        return
    _record(run, draft_id, media_id=media_id)


def _account(row: OfficialAccount) -> Account | None:
    secret = unseal(row.sealed_secret, PURPOSE) if row.active and row.sealed_secret else None
    return Account(row.app_id, secret) if secret else None


def _sent(run: JobRun, account: Account, kit: Kit, cover: bytes, address: str) -> str:
    """Upload pictures, cover and article; return the platform's name of the draft."""
    urls: dict[int, str] = {}
    for number, data in kit.pictures.items():
        urls[number] = _picture(account, kit.name(number), data)
        run.progress(0.8 * len(urls) / len(kit.pictures))
    thumb = wechat.api(
        account, "/cgi-bin/material/add_material?type=image", fields=_file("cover.jpg", cover)
    )
    article: dict[str, Any] = {
        "title": kit.article.title,
        "author": AUTHOR,
        "digest": kit.article.digest,
        "content": kit.article.with_pictures(lambda number: urls.get(number, "")),
        "content_source_url": address,
        "thumb_media_id": str(thumb.get("media_id", "")),
        "need_open_comment": 0,
    }
    answer = wechat.api(account, "/cgi-bin/draft/add", json={"articles": [article]})
    return str(answer.get("media_id", ""))


def _picture(account: Account, name: str, data: bytes) -> str:
    answer = wechat.api(account, "/cgi-bin/media/uploadimg", fields=_file(name, data))
    return str(answer.get("url", ""))


def _file(name: str, data: bytes) -> dict[str, tuple[str, bytes, str]]:
    return {"media": (name, data, _TYPES[name.rpartition(".")[2]])}


def _record(
    run: JobRun, draft_id: int, *, media_id: str = "", problem: str = "", done: bool = True
) -> None:
    with run.commit() as session:
        row = session.get(Draft, draft_id)
        if row is not None:
            row.media_id, row.problem = media_id, problem[:MAX_PROBLEM]
            row.state = "made" if media_id else "failed" if done else "waiting"
        if done:
            run.done(session)
