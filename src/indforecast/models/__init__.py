"""Models: one protocol, one module per model.

What belongs here: kernels that turn a panel into predictive quantiles. What does not: which model is believed
(``evaluation``, ``forecasting``), data access.
"""
