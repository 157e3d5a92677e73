"""Lectures written as text in the page: type a script, look at its slides, make the video.

For: the editor, its checks, and handing the script on. Not for: building (studio) nor transcoding
(the jobs of video: a video with a script has its original built by them, with captions, chapters).
"""
