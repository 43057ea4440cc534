"""How people are hired, trained, leave and are borrowed, and what that costs.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_hiring.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class HiringPlanning(Frozen):
    """How people are hired, trained, leave and are borrowed, and what that costs."""
