"""The kit for an official account (公众号): an article inside every limit of the platform.

For: the article's HTML with inline styles, its pictures, covers in both ratios, digest, QR card,
and the report that names each breach with its mend. Not for: sending it (drafts/) nor videos (clips
of the room video).
"""
