"""Uploads: files that come in pieces by the tus 1.0 protocol and survive any break of the line.

For: getting bytes onto our disk. Not for: what they are (engine) or become (actions of video).
The length of the file on disk is the only truth about how much has arrived.
"""
