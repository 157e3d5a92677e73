"""Clips: a stretch of a video as the files that 公众号 and 视频号 take, the 视频号 kit.

For: choosing a stretch, making an MP4 with burned-in captions and a cover, upright or lying,
handing them out as files. Not for: publishing them anywhere (outlets does), nor playing a video.

`clips_of(video_id)` tells rooms above which clips are made. What is only for people who are signed
in never becomes a clip.
"""

from sanshi_lms.video.clips.offered import MadeClip, clips_of

__all__ = ["MadeClip", "clips_of"]
