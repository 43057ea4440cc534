"""The house as the environment describes it.

What belongs here: the only reading of environment variables on this side. What does not: the resource itself
(``assets.house``).
"""

import os
from pathlib import Path
from typing import Final

from assets.house import House

__all__ = ["ROOT", "House", "house_from_environment"]

#: The checkout that these definitions stand in.
ROOT: Final = Path(__file__).resolve().parents[1]

HOME_VARIABLE: Final = "INDFORECAST_HOME"
STORE_VARIABLE: Final = "INDFORECAST_STORE"
SETTINGS_VARIABLE: Final = "INDFORECAST_CONFIG"


def house_from_environment() -> House:
    """Home, table store and settings file from the environment; the checkout's ``.indforecast`` by default."""
    home = os.environ.get(HOME_VARIABLE) or str(ROOT / ".indforecast")
    settings_file = os.environ.get(SETTINGS_VARIABLE)
    return House(
        home=str(Path(home).expanduser().absolute()),
        tables=os.environ.get(STORE_VARIABLE) or None,
        settings_file=str(Path(settings_file).expanduser().absolute()) if settings_file else None,
    )
