"""Property tests here may share the machine with others: no deadline per example."""

from hypothesis import settings

settings.register_profile("search", deadline=None)
settings.load_profile("search")
