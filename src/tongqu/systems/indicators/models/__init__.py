"""Stores indicators, figures and contests. Django finds the models that this file imports."""

from tongqu.systems.indicators.models.contest import Appeal, Contest, Result, Round, RoundAdjustment
from tongqu.systems.indicators.models.divisions import DivisionSet, StatDivision
from tongqu.systems.indicators.models.figures import Observation, Release
from tongqu.systems.indicators.models.indicator import Indicator, IndicatorVersion
from tongqu.systems.indicators.models.report import Report, StatedClaim

__all__ = [
    "Appeal",
    "Contest",
    "DivisionSet",
    "Indicator",
    "IndicatorVersion",
    "Observation",
    "Release",
    "Report",
    "Result",
    "Round",
    "RoundAdjustment",
    "StatDivision",
    "StatedClaim",
]
