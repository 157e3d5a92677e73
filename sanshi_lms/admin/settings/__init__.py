"""Settings: what an administrator changes in the page, every change kept and put back by a click.

For: showing and changing the options that rooms entered (core/options.py), and showing what the
environment sets. Not for: what an option does; whoever entered it reads it.
"""
