"""The house engine: a bank of recursive filters that forecasts from every month in one forward pass.

A member of the bank holds a state that depends on months up to t and on nothing later, so one pass over the
calendar yields the predictive distribution at *every* origin; nothing is refitted, because a whole grid of
parameters runs side by side and the data weigh the grid (Hyndman et al. 2008, *Forecasting with Exponential
Smoothing*, doi 10.1007/978-3-540-71918-2; Raftery et al. 2010, doi 10.1198/TECH.2009.08104).

``members``   the grid: how fast a level moves, how strong a season may be, how a level reverts, momentum
``gains``     Kalman gains of a member, which depend on nothing but the number of months seen
``gaps``      the same for series with missing months, which depend on which are missing
``recursion`` one month's step of all members and series, and their means and variances ahead
``weights``   a member's weight at each horizon from its own past predictive score
``mixture``   moments and quantiles of the weighted members
``bank``      the pass over the calendar
``forecaster`` the bank as one of the published streams' models
"""

from __future__ import annotations
