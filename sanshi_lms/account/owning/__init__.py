"""Whose a thing is: courses, videos, papers and the like belong to a unit, or to the whole city.

For: which unit a new thing gets, what of a table is within reach, the form that moves a thing. Not
for: who may do what over which units (`grants`), nor the tables themselves: each room keeps its own
column `unit_id`.
"""
