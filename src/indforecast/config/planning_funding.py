"""The funding regimes that are compared, and the levels of certainty that are quoted.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_funding.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class FundingPlanning(Frozen):
    """The funding regimes that are compared, and the levels of certainty that are quoted."""
