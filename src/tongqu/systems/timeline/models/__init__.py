"""Stores the views of photos and the cells in which they are found. Django finds the models that this file imports."""

from tongqu.systems.timeline.models.alignment import Alignment
from tongqu.systems.timeline.models.change import Comparison, GroundChange
from tongqu.systems.timeline.models.export import StackExport
from tongqu.systems.timeline.models.view import PhotoView, Sightless, ViewCell

__all__ = ["Alignment", "Comparison", "GroundChange", "PhotoView", "Sightless", "StackExport", "ViewCell"]
