"""The bitemporal store: which value for which month was known when, and from which file.

What belongs here: raw copies, the Delta Lake tables, ``as_of`` and ``revisions``, quarantine, the work tables
between stages, the lock. What does not: reading publishers' formats (``sources``), judging values
(``expectations``), models.
"""
