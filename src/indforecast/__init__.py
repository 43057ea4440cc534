"""Inflow forecasting for the Dutch Immigration and Naturalisation Service.

Monthly application counts come in; calibrated scenario bands go out, with what they mean for staff,
money and beds. This package is the library: it knows neither Dagster nor Great Expectations, which stand
in ``pipelines/``, ``assets/`` and ``expectations/`` of a checkout.
"""

__version__ = "0.1.0"
