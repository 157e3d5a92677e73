"""Tests of the lecture studio."""
