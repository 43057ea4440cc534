"""Makes ``scores.json``: reference scores by ``scoringrules`` 0.10.0 on a small fixed set of forecasts.

Run by hand: ``.venv/bin/python tests/golden/scores_made_by.py``. Nothing here imports the project.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import scoringrules

LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975]


def main() -> None:
    rng = np.random.default_rng(20260130)
    quantiles = np.sort(np.rint(rng.gamma(4.0, 300.0, (12, 7))), axis=1)
    observed = np.rint(rng.gamma(4.0, 320.0, 12))
    observed[0], observed[1] = quantiles[0, 0] - 50, quantiles[1, -1] + 400
    logs, target = np.log1p(quantiles), np.log1p(observed)
    content = {
        "made_by": f"scoringrules {scoringrules.__version__}",
        "levels": LEVELS,
        "quantiles": quantiles.tolist(),
        "observed": observed.tolist(),
        "wis": scoringrules.crps_quantile(observed, quantiles, np.array(LEVELS)).tolist(),
        "log_wis": scoringrules.crps_quantile(target, logs, np.array(LEVELS)).tolist(),
        "interval_score_80": scoringrules.interval_score(observed, quantiles[:, 1], quantiles[:, 5], 0.2).tolist(),
        "pinball_10": scoringrules.quantile_score(observed, quantiles[:, 1], 0.1).tolist(),
    }
    path = Path(__file__).with_name("scores.json")
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
