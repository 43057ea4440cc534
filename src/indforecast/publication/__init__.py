"""What leaves the house: the immutable release, its report, and the proof that nothing in it was changed.

What belongs here: writing, reading and verifying releases; the report's words, charts and layout; what changed
since the previous release. What does not: any figure that is not already in the tables handed in (a number of the
report is computed in ``forecasting``, ``scenarios`` or ``planning``; here it is compared, rounded and explained).
"""
