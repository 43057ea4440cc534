"""Scenarios: bands of the baseline distribution, and conditional assumptions.

What belongs here: declared quantiles of paths; later assumption sets, triggers, playbooks. What does not: the
distribution itself (``forecasting``), what a band means in people and money (``planning``).
"""
