"""One distribution from many models: weights, gates, ensemble, joint paths, replay.

What belongs here: what joins models and evaluation. What does not: single models (``models``), scores
(``evaluation``), bands and planning, which read the paths made here.
"""
