"""The field's own words as types: periods, series, observations, events, quantile levels, seeds, errors.

What belongs here: small immutable types and pure functions on them that more than one room needs.
What does not: files, network, clock, environment, configuration values, models. Imports nothing of ours.
"""
