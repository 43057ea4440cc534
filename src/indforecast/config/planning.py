"""Planning's figures as frozen models."""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class PlanningSettings(Frozen):
    """All figures that planning rests on."""
