"""Tests before and after a lecture: what was learned, for the person and for the class."""
