"""Contracted reception places, when contracts end, and what a place too few or too many costs.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_places.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class PlacesPlanning(Frozen):
    """Contracted reception places, when contracts end, and what a place too few or too many costs."""
