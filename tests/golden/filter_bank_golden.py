"""The filter bank once more, one number at a time: no arrays over members, series or origins.

Part of ``make_models_golden.py``.
"""

from __future__ import annotations

from itertools import product
from math import exp, expm1, log, sqrt

from scipy.stats import t as student

SEASON, FREEDOM, GRID = 12, 6, (1, 3, 6, 12, 18)
DECAYS, DISCOUNTS = (0.85, 0.98), (0.999, 0.99)


def members() -> list[tuple[float, float, float, float, float]]:
    """Level noise, season prior, reversion, momentum, and how much momentum is left a month later."""
    made = [(*one, 0.0, 0.0) for one in product((0.05, 0.3, 1.0, 4.0, 30.0), (0.3, 3.0, 30.0), (0.0, 0.03))]
    made += [(*one, 0.4, 0.5) for one in product((0.5, 5.0), (0.3, 3.0, 30.0), (0.0, 0.03))]
    made += [(*one, 0.0, 0.1, 0.9) for one in product((0.3, 1.0, 4.0), (3.0, 30.0))]
    made += [(*one, 0.0, 0.05, 0.98) for one in product((0.3, 1.0, 4.0), (3.0, 30.0))]
    return made + [(*one, 0.0, 0.02, 0.995) for one in product((0.3, 1.0), (3.0, 30.0))]


class Kalman:
    """Gains of a random-walk level and twelve deviations that sum to nought, all variances over that of noise."""

    def __init__(self, level_noise: float, season_prior: float) -> None:
        self.noise, size = level_noise, 1 + SEASON
        cover = [[0.0] * size for _ in range(size)]
        for a in range(SEASON):
            for b in range(SEASON):
                cover[1 + a][1 + b] = season_prior * ((a == b) - 1 / SEASON)
        cover[0][0] = 1 + cover[1][1]
        for a in range(SEASON):
            cover[0][1 + a] = cover[1 + a][0] = -cover[1][1 + a]
        self.cover = cover

    def gain(self, *, known: bool) -> list[float]:
        """Of the next month, the second of the series on the first call; a missing month teaches nothing."""
        size = 1 + SEASON
        turn = [0, *range(2, size), 1]
        cover = [[self.cover[a][b] for b in turn] for a in turn]
        cover[0][0] += self.noise
        seen = [cover[a][0] + cover[a][1] for a in range(size)]
        total = seen[0] + seen[1] + 1
        if known:
            cover = [[cover[a][b] - seen[a] * seen[b] / total for b in range(size)] for a in range(size)]
        self.cover = cover
        return [one / total for one in seen]


class Filter:
    """One member on one series."""

    def __init__(self, member: tuple[float, ...]) -> None:
        noise, prior, self.reversion, self.momentum_gain, self.damping = member
        self.kalman, settled = Kalman(noise, prior), Kalman(noise, prior)
        for _ in range(360):
            self.last = settled.gain(known=True)
        self.level = self.slow = self.momentum = 0.0
        self.season = [0.0] * SEASON
        self.variances = [0.09 for _ in DECAYS]
        self.seen = self.gap = 0

    def level_after(self, months: int) -> float:
        """``months`` after the newest month of the calendar; the state is that of the last month with a figure."""
        level, momentum = self.level, self.momentum
        for _ in range(months + self.gap):
            momentum *= self.damping
            level = self.slow + (1 - self.reversion) * (level - self.slow) + momentum
        return level

    def spread_after(self, months: int) -> float:
        """Variance over the running one, from the response of later months to one surprise; gains have settled."""
        last = self.last
        level, momentum = last[0], last[0] * self.momentum_gain
        total = 1.0
        for month in range(1, months + self.gap):
            momentum *= self.damping
            level = level * (1 - self.reversion) + momentum
            total += (level + last[1 + month % SEASON]) ** 2
        return total

    def hear(self, month: int, figure: float | None) -> None:
        if figure is None:
            if self.seen:
                self.kalman.gain(known=False)
            self.gap += 1
            return
        here = month % SEASON
        if self.seen == 0:
            self.level = self.slow = figure
        else:
            gain = self.kalman.gain(known=True)
            level = self.level_after(1)
            surprise = figure - level - self.season[here]
            judge = sqrt(self.variances[0])
            kept = max(-2.75 * judge, min(2.75 * judge, surprise))
            moving = max(-2 * judge, min(2 * judge, surprise))
            for number, decay in enumerate(DECAYS):
                deviation = sqrt(self.variances[number])
                narrow = max(-2 * deviation, min(2 * deviation, surprise))
                share = max(1 - decay, 1 / (self.seen - 1 + 6))
                self.variances[number] = (1 - share) * self.variances[number] + share * narrow**2
            carried = self.momentum * self.damping ** (1 + self.gap)
            self.momentum = carried + self.last[0] * self.momentum_gain * moving
            self.level = level + gain[0] * kept
            for ahead in range(SEASON):
                self.season[(here + ahead) % SEASON] += gain[1 + ahead] * kept
            pull = max(1 / 60, 1 / max(self.seen + 1, 2))
            self.slow += pull * (figure - self.season[here] - self.slow)
        self.seen += 1
        self.gap = 0

    def says(self, month: int, horizon: int) -> list[tuple[float, float]]:
        """Mean and variance with each decay."""
        mean = self.level_after(horizon) + self.season[(month + horizon) % SEASON]
        spread = self.spread_after(horizon)
        return [(mean, variance * spread) for variance in self.variances]


def density(error: float, variance: float) -> float:
    """Logarithm of the Student-t density, less a constant."""
    squared = variance * (FREEDOM - 2) / FREEDOM
    return -0.5 * log(squared) - (FREEDOM + 1) / 2 * log(1 + error**2 / (FREEDOM * squared))


def shared(scores: list[float]) -> list[float]:
    """Weights of scores that count half, and a tenth for all alike."""
    highest = max(scores)
    raw = [exp(0.5 * (score - highest)) for score in scores]
    return [0.9 * one / sum(raw) + 0.1 / len(raw) for one in raw]


class Judge:
    """Scores at one horizon, of every member with every decay, under every discount."""

    def __init__(self, horizon: int, count: int) -> None:
        self.horizon = horizon
        self.scores = [[0.0] * count for _ in DISCOUNTS]
        self.discount_scores = [0.0 for _ in DISCOUNTS]
        self.said: list[tuple[list[tuple[float, float]], list[list[float]]]] = []

    def hear(self, figure: float | None) -> None:
        self.discount_scores = [0.995 * score for score in self.discount_scores]
        self.scores = [
            [discount * score for score in scores] for discount, scores in zip(DISCOUNTS, self.scores, strict=True)
        ]
        if figure is None or len(self.said) < self.horizon:
            return
        forecasts, weights = self.said[-self.horizon]
        densities = [density(figure - mean, variance) for mean, variance in forecasts]
        for number in range(len(DISCOUNTS)):
            mixed = sum(w * exp(one) for w, one in zip(weights[number], densities, strict=True))
            self.discount_scores[number] += log(mixed)
            self.scores[number] = [a + b for a, b in zip(self.scores[number], densities, strict=True)]

    def say(self, forecasts: list[tuple[float, float]]) -> None:
        self.said.append((forecasts, [shared(scores) for scores in self.scores]))

    def weights(self) -> list[float]:
        """Under all discounts together, each of which counts by its mixture's score, by half."""
        highest = max(self.discount_scores)
        share = [exp(0.5 * (score - highest)) for score in self.discount_scores]
        each = self.said[-1][1]
        return [
            sum(share[number] * each[number][one] for number in range(len(share))) / sum(share)
            for one in range(len(each[0]))
        ]


def bank_quantiles(
    figures: list[float | None], horizons: tuple[int, ...], levels: tuple[float, ...], first_month: int
) -> list[list[float]]:
    """Counts at horizons (rows) and levels, from the last month."""
    filters = [Filter(member) for member in members()]
    judges = [Judge(horizon, len(filters) * len(DECAYS)) for horizon in GRID]
    for place, figure in enumerate(figures):
        for judge in judges:
            judge.hear(figure)
        for each in filters:
            each.hear(first_month + place, figure)
        for judge in judges:
            judge.say([one for each in filters for one in each.says(first_month + place, judge.horizon)])
    rows = []
    last = first_month + len(figures) - 1
    for horizon in horizons:
        near = min(range(len(GRID)), key=lambda number: (abs(GRID[number] - horizon), number))
        of_filters = judges[near].weights()
        weights, means, variances = [], [], []
        for place, each in enumerate(filters):
            # One member's decays are one Student-t of their mean variance.
            shares = of_filters[place * len(DECAYS) : (place + 1) * len(DECAYS)]
            said = each.says(last, horizon)
            weights.append(sum(shares))
            means.append(said[0][0])
            variance = sum(s * one for s, (_, one) in zip(shares, said, strict=True)) / sum(shares)
            # No narrower than a Poisson count.
            people = expm1(max(said[0][0], 0.0)) + 0.5
            variances.append(max(variance, people / (1 + people) ** 2))
        rows.append([expm1(max(mixture(weights, tuple(means), tuple(variances), level), 0.0)) for level in levels])
    return rows


def mixture(weights: list[float], means: tuple[float, ...], variances: tuple[float, ...], level: float) -> float:
    """Quantile by bisection; distances from the common mean count double, own variances nine tenths."""
    centre = sum(w * m for w, m in zip(weights, means, strict=True))
    low, high = centre - 20.0, centre + 20.0
    scales = [sqrt(0.9 * v * (FREEDOM - 2) / FREEDOM) for v in variances]
    places = [centre + 2 * (m - centre) for m in means]
    for _ in range(60):
        middle = (low + high) / 2
        below = student.cdf([(middle - p) / s for p, s in zip(places, scales, strict=True)], FREEDOM)
        if sum(w * float(b) for w, b in zip(weights, below, strict=True)) < level:
            low = middle
        else:
            high = middle
    return (low + high) / 2
