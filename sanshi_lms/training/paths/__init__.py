"""Learning paths: which courses in which order, for whom; content/paths, loaded like packs.

For: showing somebody where to begin and what comes after. Not for: asking it of anybody (classes).
"""
