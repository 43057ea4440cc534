"""Great Expectations suites, one module per table, and the one runner.

What belongs here: what a staged delivery and a table of bands must look like, how severe a breach is, and the
verdict that stages act on. What does not: Dagster (``pipelines``, ``assets``), quarantine and storage
(``vintages``). Importing this package, or any module in it, does not import Great Expectations.
"""
