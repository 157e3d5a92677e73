"""Tests of outlets."""
"""Tests of what travels."""
