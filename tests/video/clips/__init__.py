"""Tests of clips: the 视频号 kit of a video."""
