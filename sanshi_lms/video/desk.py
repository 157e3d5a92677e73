"""What the administrator's desk shows of videos: figures, tasks, words for the audit trail."""

from collections.abc import Collection, Mapping

from flask import url_for

from sanshi_lms.core.registers import (
    DeskTask,
    DeskTile,
    Subject,
    SubjectKind,
    Words,
    add_desk_task,
    add_desk_tile,
    add_subject_kind,
    add_words,
    ids_in,
)
from sanshi_lms.video.captions.languages import LANGUAGES
from sanshi_lms.video.clips.queries import clips_by_id
from sanshi_lms.video.clips.rules import PURPOSES, SHAPES
from sanshi_lms.video.queries import videos_by_id, waiting_count

_YES_NO = {"true": "是", "false": "否"}
WORDS = Words(
    label="视频",
    verbs={
        "video.add": "添加视频",
        "video.retry": "重新转码",
        "video.remake": "重做一档清晰度",
        "video.stop": "停止转码",
        "video.rename": "修改视频名称",
        "video.give": "改视频归属",
        "video.audience": "修改谁能观看",
        "video.poster": "更换封面",
        "video.replace": "更换视频文件",
        "video.remove": "删除视频",
        "video.captions": "更新字幕",
        "video.embedding": "修改允许嵌入的网站",
        "video.captions_edited": "编辑字幕",
        "video.captions_checked": "核对机器字幕",
        "video.captions_asked": "自动生成字幕",
        "video.captions_default": "设为默认字幕",
        "video.captions_removed": "删除字幕",
        "video.chapters": "更新章节",
        "video.clip": "制作视频号素材",
        "video.clip_retry": "重新制作视频号素材",
        "video.clip_removed": "删除视频号素材",
    },
    fields={
        "title": "名称",
        "file": "文件",
        "language": "字幕",
        "cues": "句数",
        "changes": "改动",
        "chapters": "章节数",
        "anywhere": "任何网站",
        "sites": "网站名单",
        "unit": "单位",
        "unit_id": "单位编号",
        "stretch": "起止时间",
        "shape": "画面",
        "purpose": "用途",
    },
    values={
        "language": LANGUAGES,
        "anywhere": {"true": "可以嵌入", "false": "不可以嵌入"},
        "signed_in_only": _YES_NO,
        "shows_viewer": _YES_NO,
        "shape": SHAPES,
        "purpose": {key: one.label for key, one in PURPOSES.items()},
    },
)


def setup() -> None:
    """Enter tile, task and words."""
    add_desk_tile(
        DeskTile(
            label="还不能播放的视频",
            unit="个",
            endpoint="video_admin.videos",
            permission="video.upload",
            order=30,
            count=waiting_count,
        )
    )
    add_desk_task(DeskTask("上传视频", "upload", "video_admin.videos", "video.upload", 20))
    add_subject_kind(SubjectKind("video", "视频", "video.upload", _videos))
    add_subject_kind(SubjectKind("clip", "视频号素材", "video.upload", _clips))
    add_subject_kind(SubjectKind("embedding", "嵌入设置", "video.embed", _embedding))
    add_words("video", WORDS)


def _embedding(keys: Collection[str]) -> Mapping[str, Subject]:
    page = Subject("允许嵌入的网站", url_for("video_admin.embedding"))
    return {key: page for key in keys if key == "sites"}


def _clips(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(clip.title, url_for("video_admin.clips", video_id=clip.video_id))
        for number, clip in clips_by_id(ids_in(keys)).items()
    }


def _videos(keys: Collection[str]) -> Mapping[str, Subject]:
    return {
        str(number): Subject(video.title, url_for("video_admin.video", video_id=number))
        for number, video in videos_by_id(ids_in(keys)).items()
    }
