"""What joint paths of inflow mean for people, money and beds: pure functions of arrays and settings.

What belongs here: one small model per module (work, queue, staff, budget, reception) and their composition
:func:`indforecast.planning.plan.plan`. What does not: where paths come from (``forecasting``), the figures
themselves (``config/netherlands/planning_*.toml``), files, clocks and random draws.
"""
