"""Tests of sitemaps, feeds and the podcast."""
