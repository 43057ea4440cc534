"""How hours per case drift and jump.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_complexity.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class ComplexityPlanning(Frozen):
    """How hours per case drift and jump."""
