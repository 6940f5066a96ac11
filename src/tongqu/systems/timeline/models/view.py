"""The views of photos: pose, camera and footprint, by version; and the index of cells in which they are found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import shapely
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.evidence.models import Evidence
from tongqu.systems.timeline.rules.camera import Brown, Camera, FocalBasis
from tongqu.systems.timeline.rules.reasons import Lack, Refusal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Return an instant as microseconds since 1970, in which the index counts.

    >>> instant(microseconds(datetime(2026, 9, 16, 2, 0, 0, 7, tzinfo=UTC)))
    datetime.datetime(2026, 9, 16, 2, 0, 0, 7, tzinfo=datetime.timezone.utc)
    """
    return (at - _EPOCH) // _MICROSECOND


def instant(counted: int) -> datetime:
    """Return the instant that so many microseconds since 1970 mean."""
    return _EPOCH + counted * _MICROSECOND


class PhotoView(models.Model):
    """What one photo shows of the ground, in one version of its pose. The first version is what the photo says."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="views")
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    is_current = models.BooleanField(_("in use"), default=True)
    basis = models.CharField(
        _("where the pose is from"),
        max_length=20,
        default="metadata",
        choices=[("metadata", _("the photo itself")), ("registration", _("fitted to other photos"))],
    )
    taken_us = models.BigIntegerField(_("taken, microseconds since 1970"))
    is_taken_known = models.BooleanField(_("whether the photo says when it was taken"), default=True)
    lon = models.FloatField(_("longitude, WGS-84 degrees"))
    lat = models.FloatField(_("latitude, WGS-84 degrees"))
    height_m = models.FloatField(_("height above the ground, m"), null=True)
    height_sea_m = models.FloatField(_("height above the sea, m"), null=True)
    yaw_deg = models.FloatField(_("yaw, degrees"), null=True)
    pitch_deg = models.FloatField(_("pitch, degrees"), null=True)
    roll_deg = models.FloatField(_("roll, degrees"), default=0.0)
    is_nadir = models.BooleanField(_("straight down"), null=True)
    width = models.PositiveIntegerField(_("width of the upright picture, pixels"))
    height = models.PositiveIntegerField(_("height of the upright picture, pixels"))
    focal_px = models.FloatField(_("focal length, pixels"), null=True)
    focal_basis = models.CharField(
        _("by what the focal length is known"),
        max_length=20,
        blank=True,
        choices=[(each.value, each.value) for each in FocalBasis],
    )
    focal_error = models.FloatField(_("error of the focal length, a share of it"), null=True)
    off_x = models.FloatField(default=0.0)
    off_y = models.FloatField(default=0.0)
    brown = models.JSONField(_("distortion of the lens"), null=True, blank=True)
    gsd_m = models.FloatField(_("ground sampling distance, m"), null=True)
    error_m = models.FloatField(_("error of the footprint, m"))
    range_m = models.FloatField(_("range, m"), null=True)
    is_cut = models.BooleanField(_("cut at the range"), default=False)
    lack = models.CharField(
        _("why it is approximate"),
        max_length=20,
        blank=True,
        choices=[(each.value, each.value) for each in Lack],
    )
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    footprint = models.BinaryField(_("footprint, WKB on WGS-84"))
    used = models.JSONField(_("what it rests on"), default=dict, blank=True)
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("view")
        verbose_name_plural = _("views")
        constraints = [
            models.UniqueConstraint(fields=["evidence", "version"], name="one_view_per_version"),
            models.UniqueConstraint(
                fields=["evidence"], condition=Q(is_current=True), name="one_view_in_use_per_photo"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-taken_us", "-id"], condition=Q(is_current=True), name="views_newest_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} v{self.version}"

    @property
    def taken_at(self) -> datetime:
        """When the photo was taken; if it does not say so, when it was stored."""
        return instant(self.taken_us)

    @property
    def is_approximate(self) -> bool:
        """Whether a circle stands for the footprint."""
        return bool(self.lack)

    @property
    def outline(self) -> shapely.Geometry:
        """The footprint as a shape."""
        return shapely.from_wkb(bytes(self.footprint))

    def camera(self) -> Camera | None:
        """Return the camera, or None when its focal length is unknown."""
        if self.focal_px is None:
            return None
        return Camera(
            self.width,
            self.height,
            self.focal_px,
            FocalBasis(self.focal_basis),
            self.focal_error or 0.0,
            self.off_x,
            self.off_y,
            Brown(*(self.brown or ())),
        )


class Sightless(models.Model):
    """A photo that has no view, and the one reason why."""

    evidence = models.OneToOneField(Evidence, on_delete=models.CASCADE, related_name="sightless")
    reason = models.CharField(max_length=20, choices=[(each.value, each.value) for each in Refusal])
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo without a view")
        verbose_name_plural = _("photos without a view")

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.reason}"


class ViewCell(models.Model):
    """One cell that a view in use touches. The key is the index: by cell, kind of view, then time."""

    pk = models.CompositePrimaryKey("cell", "is_nadir", "taken_us", "view_id")
    cell = models.BigIntegerField()
    is_nadir = models.BooleanField()
    taken_us = models.BigIntegerField()
    # No foreign key: a constraint and an index of its own would double what the largest table of the system costs.
    view_id = models.BigIntegerField()

    objects: ClassVar[models.Manager[ViewCell]] = models.Manager()

    class Meta:
        verbose_name = _("cell of a view")
        verbose_name_plural = _("cells of views")

    def __str__(self) -> str:
        return f"{self.cell:x} {self.view_id}"
