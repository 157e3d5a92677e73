"""The record of learning (学习档案): what a person learned over the years, as page and PDF.

Rooms above add sections of their own: `add_record_section(app, source)` in their setup.
"""
