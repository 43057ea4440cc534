"""Tracks of a stream and the legal terms by month of application.

What belongs here: which figures there are, and what has to hold between them. What does not: their values
(``netherlands/planning_terms.toml``) and what is computed with them (``indforecast.planning``).
"""

from __future__ import annotations

from indforecast.config.parameter import Frozen


class TermsPlanning(Frozen):
    """Tracks of a stream and the legal terms by month of application."""
