"""How well forecasts did: rolling origins through ``as_of``, scores, leaderboard.

What belongs here: which past vintages are replayed, running models at each of them, truth and which of it may be
scored, scores on arrays, tables of scores. What does not: how scores become weights and what is published
(``forecasting``).
"""
