"""Makes scores into probabilities that can be believed, and measures how far they can."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def softmax(scores: Floats) -> Floats:
    """Return rows that add up to 1.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def sharpness_of(scores: Floats, truth: Ints) -> float:
    """Return the factor by which scores are multiplied before `softmax`, found by the greatest likelihood.

    This is temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks"), written as 1 / temperature.
    `scores` must come from models that did not see the rows.

    >>> 0.9 < sharpness_of(np.log([[0.8, 0.2]] * 5), np.array([0, 0, 0, 0, 1])) < 1.1
    True
    """
    # Imported where it is used: only who trains needs it.
    from scipy.optimize import minimize_scalar

    def surprise(log_factor: float) -> float:
        chances = softmax(np.exp(log_factor) * scores)[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    best = minimize_scalar(surprise, bounds=(np.log(0.05), np.log(50)), method="bounded")
    return float(np.exp(best.x))


def calibration_error(chances: Floats, truth: Ints, bins: int = 10) -> float:
    """Return the expected calibration error: how far, on average, the first choice's probability lies from its share of hits.

    Rows are put into `bins` of equal width by the probability of their first choice (Naeini et al. 2015).

    >>> round(calibration_error(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([0, 1])), 2)
    0.4
    """
    first, sure = chances.argmax(axis=1), chances.max(axis=1)
    bin_of = np.minimum((sure * bins).astype(int), bins - 1)
    error = 0.0
    for number in range(bins):
        rows = bin_of == number
        if rows.any():
            error += rows.mean() * abs(float((first[rows] == truth[rows]).mean()) - float(sure[rows].mean()))
    return float(error)


def macro_f1(said: Ints, truth: Ints, classes: int) -> float:
    """Return the mean of the classes' F1; a class that neither occurs nor is said is left out.

    >>> round(macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1]), 3), 3)
    0.667
    """
    scores = []
    for number in range(classes):
        both = np.sum((said == number) & (truth == number))
        either = np.sum(said == number) + np.sum(truth == number)
        if either:
            scores.append(2 * both / either)
    return float(np.mean(scores))
