"""One module per stage of the cycle; a body reads, calls the library, writes and reports what people look at.

What belongs here: assets, the resource they share, their exhibits in the UI. What does not: arithmetic
(``indforecast``), checks, jobs, schedules, the environment (``pipelines``). Heavy libraries are imported inside
bodies, so that the code location loads fast. No postponed annotations: Dagster reads them.
"""
