"""The fixed calendar of releases.

What belongs here: the rule from a vintage to the next release's day. What does not: today's date.
"""

from __future__ import annotations

from datetime import date

import numpy as np


def next_release_date(vintage: date, day_of_month: int) -> date:
    """The release day in the month after the vintage's.

    Parameters
    ----------
    vintage : date
        Data cut-off of this release.
    day_of_month : int
        1 to 28.
    """
    following = np.datetime64(vintage, "M") + 1
    first: date = following.astype("datetime64[D]").item()
    return first.replace(day=day_of_month)
