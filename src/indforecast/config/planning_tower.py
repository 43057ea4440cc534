"""Units of the service between which open cases and staff are distributed.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_tower.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class TowerPlanning(Frozen):
    """Units of the service between which open cases and staff are distributed."""
