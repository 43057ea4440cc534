"""Desk visits, biometrics, documents to hand out and calls per application and decision.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_desks.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class DesksPlanning(Frozen):
    """Desk visits, biometrics, documents to hand out and calls per application and decision."""
