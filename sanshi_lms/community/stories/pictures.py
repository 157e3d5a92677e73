"""Pictures of stories: taken in, taken over from a need, taken away, shown in the text."""

import re
import secrets
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from sanshi_lms.account import User
from sanshi_lms.community.needs.models import NeedPhoto
from sanshi_lms.community.stories import rules
from sanshi_lms.community.stories.models import Story, StoryPicture, StoryStep
from sanshi_lms.community.stories.rules import State
from sanshi_lms.core.audit import note
from sanshi_lms.core.db import after_commit, db
from sanshi_lms.core.errors import Refusal
from sanshi_lms.core.markdown import render_markdown
from sanshi_lms.core.pictures import Picture, private_folder, put_away
from sanshi_lms.core.storage import storage

PARTS = {"before": "整治前", "after": "整治后", "text": "正文里的图"}
_OWN = re.compile(r"\]\(pictures/(\d{1,9})\)")


def add_pictures(
    story: Story,
    part: str,
    pictures: Sequence[Picture],
    caption: str,
    person: User,
    moment: datetime,
) -> None:
    """Keep pictures of a draft; there is one before and one after, the new takes the old's place.

    Raises Refusal when it is no draft, or has as many as it may have.
    """
    _check_draft(story)
    if part not in PARTS:
        raise Refusal("请选这张图放在哪里。")
    if not pictures:
        raise Refusal("请先选图片。")
    if part == "text" and len(story.in_text) + len(pictures) > rules.PICTURES:
        raise Refusal(f"正文里最多 {rules.PICTURES} 张图，请先删掉几张。")
    if part != "text":
        pictures = pictures[:1]
        for old in [one for one in story.pictures if one.part == part]:
            _remove(story, old)
    for picture in pictures:
        key = f"community/stories/{story.id}/{secrets.token_hex(8)}.jpg"
        storage().commit_file(picture.file, key)
        story.pictures.append(
            StoryPicture(
                part=part,
                caption=caption,
                key=key,
                width=picture.width,
                height=picture.height,
                size=picture.size,
            )
        )
    _touched(story, person, moment)
    note("community.add_story_picture", f"story:{story.id}", after={"part": part})


def take_over(story: Story, photo: NeedPhoto, person: User, moment: datetime) -> None:
    """Use a photo of the need as the picture before. It is ours already: no EXIF, encoded anew."""
    if photo.need_id != story.need_id:
        raise Refusal("这张照片不是这件需求的。", 404)
    source = storage().path(photo.key)
    if not source.is_file():
        raise Refusal("这张照片已经不在了，请上传一张。")
    folder = private_folder()
    try:
        copy = Path(shutil.copyfile(source, folder / "1.jpg"))
        picture = Picture(copy, photo.width, photo.height, photo.size)
        add_pictures(story, "before", [picture], "", person, moment)
    finally:
        put_away(folder)


def remove_picture(story: Story, picture: StoryPicture, person: User, moment: datetime) -> None:
    """Take a picture away from a draft."""
    _check_draft(story)
    _remove(story, picture)
    _touched(story, person, moment)
    note("community.remove_story_picture", f"story:{story.id}", before={"part": picture.part})


def body_html(story: Story, address: str) -> Markup:
    """Render a story's text; `pictures/12` means its own picture 12, at `address` of picture 0."""
    own = {one.id for one in story.pictures}

    def whole(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"]({address.removesuffix('0')}{number})" if number in own else match[0]

    return render_markdown(_OWN.sub(whole, story.body_md))


def _check_draft(story: Story) -> None:
    if story.state != State.DRAFT.value:
        raise Refusal(f"现在是“{story.told[0]}”，不能改图片。", 409)


def _remove(story: Story, picture: StoryPicture) -> None:
    key = picture.key
    story.pictures.remove(picture)
    after_commit(lambda: storage().delete(key))


def _touched(story: Story, person: User, moment: datetime) -> None:
    """Whoever chose a picture wrote on the story: another person reviews it."""
    story.updated_at = moment
    db.session.add(StoryStep(story_id=story.id, at=moment, verb="edit", person_id=person.id))
    db.session.flush()
