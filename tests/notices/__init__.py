"""Tests of messages and their way to other channels."""
