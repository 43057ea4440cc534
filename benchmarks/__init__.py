"""Speed as ratios against a peer measured in the same run, on the embedded reference data.

What belongs here: one module per part of the house that has to be fast, and the peer a reader would have used
instead. What does not: assertions; speed is reported here and never tested.
"""
