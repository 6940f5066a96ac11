"""Looks: what a patch of ground looks like, as one of a small book of looks that both photos share.

A look is colour (CIE Lab) and how rough the patch is. Grass in May and in October, in sun and in shadow, are four looks;
that they are one thing is learned from how often the one lies where the other was (`surprise`).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Colours = NDArray[np.uint8]
"""Rows × columns × 3, red, green, blue."""
Map = NDArray[np.float32]

BOOK = 28
SAMPLES = 12_000
ROUGHNESS = 1.5
LIGHTNESS = 0.6
"""Weights beside colour: light changes lightness most, so it counts less."""


@dataclass(frozen=True)
class Looks:
    """For each cell of the two photos its features (rows × columns × 4) and the number of its look; and the book."""

    features: tuple[Map, Map]
    numbers: tuple[NDArray[np.int32], NDArray[np.int32]]
    book: Map


def looks_of(a: Colours, b: Colours, common: NDArray[np.bool_]) -> Looks:
    """Return the looks of two aligned photos of equal shape, the book being made from what both show."""
    features = (features_of(a), _balanced(features_of(b), features_of(a), common))
    rows = np.concatenate([one[common] for one in features])
    step = max(1, len(rows) // SAMPLES)
    cv2.setRNGSeed(11)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 15, 0.3)
    sample = np.ascontiguousarray(rows[::step], np.float32)
    size = min(BOOK, len(sample))
    _, _, book = cv2.kmeans(sample, size, np.empty(0, np.int32), criteria, 1, cv2.KMEANS_PP_CENTERS)
    looks = np.asarray(book, np.float32)
    return Looks(features, (_nearest(features[0], looks), _nearest(features[1], looks)), looks)


def shaded(book: Map, share: float) -> Map:
    """Return the looks under so much of their light: lightness and colour shrink together, as in a shadow.

    In Lab, light `t` of the light gives about the cube root of it in lightness and colours (CIE 15:2018, 8.2.1).
    """
    root = share ** (1 / 3)
    found = book.copy()
    found[:, 0] = (book[:, 0] / LIGHTNESS * root - 16 * (1 - root)) * LIGHTNESS
    found[:, 1:3] = book[:, 1:3] * root
    return found


def features_of(colours: Colours) -> Map:
    """Return lightness, two colours and roughness for each pixel, smoothed a little."""
    lab = cv2.cvtColor(cv2.GaussianBlur(colours, (0, 0), 1.0).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    light = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = cv2.blur(light, (5, 5))
    rough = np.sqrt(np.maximum(cv2.blur(light * light, (5, 5)) - mean * mean, 0))
    # By the lightness about it, so that it is the same in sun and shade.
    rough = cv2.GaussianBlur(100 * rough / (mean + 12), (0, 0), 2.0)
    light_weight = np.array([LIGHTNESS, 1.0, 1.0], np.float32)
    weighted = np.asarray(lab, np.float32) * light_weight
    return np.dstack([weighted, ROUGHNESS * np.minimum(rough, 25)]).astype(np.float32)


def _balanced(features: Map, like: Map, common: NDArray[np.bool_]) -> Map:
    """Return the features with middle and spread of colours and lightness as in the other photo.

    Middle and spread are a median and an interquartile range, so that a change of a third of the ground moves neither.
    """
    found = features.copy()
    for channel in range(3):
        here, there = features[..., channel][common], like[..., channel][common]
        low, middle, high = np.percentile(here, (25, 50, 75))
        low_like, middle_like, high_like = np.percentile(there, (25, 50, 75))
        gain = np.clip((high_like - low_like + 1) / (high - low + 1), 0.5, 2.0)
        found[..., channel] = (features[..., channel] - middle) * gain + middle_like
    return found


def _nearest(features: Map, book: Map) -> NDArray[np.int32]:
    rows = features.reshape(-1, features.shape[-1])
    off = (book**2).sum(axis=1)[None] - 2 * rows @ book.T
    return np.asarray(off.argmin(axis=1).reshape(features.shape[:2]), np.int32)
