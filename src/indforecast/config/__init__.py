"""Settings: what an operator may change, each value typed, bounded and with a source.

What belongs here: frozen models (unknown fields are errors), the loader, the packaged defaults in
``netherlands/*.toml``. What does not: published time series (``reference``), code that uses a setting.
"""

from indforecast.config.loader import load_settings
from indforecast.config.settings import Parameter, Settings

__all__ = ["Parameter", "Settings", "load_settings"]
