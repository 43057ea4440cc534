"""What late decisions lead to: notices of default, court penalties, appeals and hearings.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_late.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class LatePlanning(Frozen):
    """What late decisions lead to: notices of default, court penalties, appeals and hearings."""
