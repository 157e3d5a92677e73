"""Questions from other people's texts.

A reader is pure: it takes text and returns a `Reading`, the items it could make sense of and for
everything else a fault with its place and the mend. `importing` puts what was read into a paper.
"""
