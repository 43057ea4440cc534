"""The embedded public figures, and how the reference data set is made from them.

What belongs here: verbatim copies of the source figures (``sources/``), their reading, temporal disaggregation,
the simulated regular streams, and the data set that results (``data/observations.csv``).
What does not: the user's own deliveries (``sources``), where observations are kept (``vintages``), the network.
"""
