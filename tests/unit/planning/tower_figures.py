"""The packaged costs of the control tower."""

from indforecast.config import load_settings

COSTS = load_settings().planning.tower.costs
assert COSTS is not None
