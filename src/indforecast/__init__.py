"""Inflow forecasting for the Dutch Immigration and Naturalisation Service.

Monthly application counts come in; calibrated scenario bands go out, with what they mean for staff,
money and beds. This package is the library: it knows neither Dagster nor Great Expectations, which stand
in ``pipelines/``, ``assets/`` and ``expectations/`` of a checkout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indforecast.forecasting.panel_engine import backtest, forecast

__version__ = "0.1.0"
__all__ = ["backtest", "forecast"]


def __getattr__(name: str) -> Any:
    """Import the panel engine when it is asked for: importing the package stays cheap."""
    if name in __all__:
        from indforecast.forecasting import panel_engine

        return getattr(panel_engine, name)
    raise AttributeError(f"module 'indforecast' has no attribute '{name}'")
