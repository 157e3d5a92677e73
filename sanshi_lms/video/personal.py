"""What the room keeps of a person (core/personal)."""

from sanshi_lms.core.personal import Personal, acted

_WORK = "是课程内容，属于开课单位；只留编号，不留姓名"
PERSONAL = (
    acted("video_videos", "uploaded_by_id", "上传的视频", _WORK),
    acted("video_caption_tracks", "saved_by_id", "改过的字幕", _WORK),
    acted("video_clips", "by_id", "做的视频号素材", _WORK),
    Personal("video_uploads", "person_id", "上传记录", _WORK, without=("metadata_header",)),
)
