"""Dagster wiring: definitions, jobs, automation, resources, checks.

What belongs here: how stages hang together and when they run; the environment and the clock are read here. What
does not: data frames, arithmetic, the stages themselves (``assets``).
"""
