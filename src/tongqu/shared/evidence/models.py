"""Evidence, its renditions, the imports that brought it in, and the grants that share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.queries import scope_of
from tongqu.shared.evidence.rules.words import BatchState, ItemState, Kind, Size, TimeBasis
from tongqu.shared.region.models import Division, Person, Unit, below

if TYPE_CHECKING:
    from datetime import datetime


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Reads evidence."""

    def visible_to(self, person: Person, at: datetime | None = None) -> EvidenceQuerySet:
        """Return what the person may see.

        Open evidence is seen by territory and unit; restricted evidence by the unit that brought it in and those
        above it; and either by a unit that holds a grant. `at` is the instant for which grants must be in force
        (a grant without an end needs none).
        """
        scope = scope_of(person)
        if scope.everything:
            return self
        kept = scope.q(division_field="custody_path", unit_field="unit_path")
        placed = scope.q(division_field="division_path", unit_field="")
        opened = Q(restricted=False) & (placed | Q(stored_by_ref=person.actor_ref))
        return self.filter(kept | opened | granted_to(person, at))


class Evidence(models.Model):
    """One photo or document, stored once under the SHA-256 of its bytes."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    kind = models.CharField(
        _("kind"),
        max_length=10,
        choices=[(Kind.PHOTO.value, _("photo")), (Kind.DOCUMENT.value, _("document"))],
    )
    media_type = models.CharField(_("media type"), max_length=100)
    size_bytes = models.BigIntegerField(_("size, bytes"))
    name = models.CharField(_("file name"), max_length=200)
    width = models.PositiveIntegerField(_("width, pixels"), null=True, blank=True)
    height = models.PositiveIntegerField(_("height, pixels"), null=True, blank=True)
    orientation = models.PositiveSmallIntegerField(_("EXIF orientation"), null=True, blank=True)
    taken_at = models.DateTimeField(_("taken"), null=True, blank=True)
    time_basis = models.CharField(
        _("how the time zone was found"),
        max_length=10,
        blank=True,
        choices=[
            (TimeBasis.OFFSET.value, _("written in the photo")),
            (TimeBasis.GPS.value, _("from the GPS time")),
            (TimeBasis.XMP.value, _("from the XMP time")),
            (TimeBasis.REGION.value, _("the region's zone, assumed")),
            (TimeBasis.LONGITUDE.value, _("from the longitude, assumed")),
        ],
    )
    lon = models.FloatField(_("longitude, WGS-84 degrees"), null=True, blank=True)
    lat = models.FloatField(_("latitude, WGS-84 degrees"), null=True, blank=True)
    cell = models.BigIntegerField(_("H3 cell of resolution 9"), null=True, blank=True, editable=False)
    height_ground_m = models.FloatField(_("height above the take-off point, m"), null=True, blank=True)
    height_sea_m = models.FloatField(_("height above the sea, m"), null=True, blank=True)
    gimbal_yaw_deg = models.FloatField(_("gimbal yaw, degrees"), null=True, blank=True)
    gimbal_pitch_deg = models.FloatField(_("gimbal pitch, degrees"), null=True, blank=True)
    gimbal_roll_deg = models.FloatField(_("gimbal roll, degrees"), null=True, blank=True)
    flight_yaw_deg = models.FloatField(_("flight yaw, degrees"), null=True, blank=True)
    flight_pitch_deg = models.FloatField(_("flight pitch, degrees"), null=True, blank=True)
    flight_roll_deg = models.FloatField(_("flight roll, degrees"), null=True, blank=True)
    focal_mm = models.FloatField(_("focal length, mm"), null=True, blank=True)
    focal_35mm = models.FloatField(_("focal length as on 35 mm film, mm"), null=True, blank=True)
    camera = models.CharField(_("camera"), max_length=100, blank=True)
    source = models.CharField(_("source"), max_length=40, default="upload")
    division = models.ForeignKey(
        Division,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("place"),
        help_text=_("the smallest division that holds the position"),
    )
    division_path = models.CharField(
        _("where it belongs"),
        max_length=15,
        blank=True,
        help_text=_("path of the place; without a position, of the territory of the unit that brought it in"),
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brought in by"),
    )
    unit_path = models.CharField(_("path of the unit"), max_length=300, blank=True)
    custody_path = models.CharField(
        _("whose territory keeps it"),
        max_length=15,
        blank=True,
        help_text=_("territory of the unit that brought it in; without a unit, where it belongs"),
    )
    matter_code = models.CharField(_("matter"), max_length=20, blank=True)
    restricted = models.BooleanField(_("restricted"), default=False)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)
    stored_at = models.DateTimeField(_("stored"))
    stored_by_ref = models.CharField(_("stored by"), max_length=80)
    stored_by_name = models.CharField(_("name of who stored it"), max_length=100, blank=True)

    objects: ClassVar[models.Manager[Evidence]] = models.Manager.from_queryset(EvidenceQuerySet)()

    class Meta:
        ordering = ["-stored_at", "-id"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(lon=None, lat=None, cell=None)
                | Q(lon__isnull=False, lat__isnull=False, cell__isnull=False),
                name="evidence_place_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["division_path", "-stored_at"], name="evidence_by_place"),
            models.Index(fields=["unit_path", "-stored_at"], name="evidence_by_unit"),
            models.Index(fields=["custody_path", "-stored_at"], name="evidence_by_custody"),
            models.Index(fields=["cell", "taken_at"], name="evidence_near_a_point"),
            models.Index(fields=["-stored_at", "-id"], name="evidence_newest_first"),
            models.Index(fields=["taken_at"], name="evidence_by_day_taken"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        """Whether it is a picture that can be shown."""
        return self.kind == Kind.PHOTO

    @property
    def has_place(self) -> bool:
        """Whether it says where it was taken."""
        return self.lon is not None


class Rendition(models.Model):
    """A smaller picture made of a photo: upright, without metadata."""

    evidence = models.ForeignKey(Evidence, on_delete=models.CASCADE, related_name="renditions")
    size = models.CharField(
        _("size"), max_length=10, choices=[(s.value, s.value) for s in (Size.THUMB, Size.WEB)]
    )
    media_type = models.CharField(_("media type"), max_length=40)
    width = models.PositiveIntegerField(_("width, pixels"))
    height = models.PositiveIntegerField(_("height, pixels"))
    size_bytes = models.PositiveIntegerField(_("size, bytes"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [models.UniqueConstraint(fields=["evidence", "size"], name="one_rendition_per_size")]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.size}"


class ImportBatch(models.Model):
    """One import of many files, from the command line or the page."""

    label = models.CharField(_("what was imported"), max_length=200)
    origin = models.CharField(_("folder or ZIP that is read"), max_length=500)
    state = models.CharField(
        _("state"),
        max_length=10,
        default=BatchState.WAITING.value,
        choices=[
            (BatchState.WAITING.value, _("waiting")),
            (BatchState.RUNNING.value, _("running")),
            (BatchState.DONE.value, _("done")),
            (BatchState.STOPPED.value, _("stopped")),
        ],
    )
    problem = models.CharField(_("why it stopped"), max_length=500, blank=True)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("brought in by"),
    )
    unit_path = models.CharField(_("path of the unit"), max_length=300, blank=True)
    source = models.CharField(_("source"), max_length=40, default="import")
    restricted = models.BooleanField(_("restricted"), default=False)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)
    by_ref = models.CharField(_("started by"), max_length=80)
    by_name = models.CharField(_("name of who started it"), max_length=100)
    by_unit = models.CharField(_("unit of who started it"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.UniqueConstraint(
                fields=["origin"],
                condition=~Q(state=BatchState.DONE.value),
                name="one_unfinished_import_per_origin",
            )
        ]

    def __str__(self) -> str:
        return self.label


class ImportItem(models.Model):
    """One file of an import, and what became of it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="items")
    name = models.CharField(_("file"), max_length=1000)
    state = models.CharField(
        _("result"),
        max_length=10,
        default=ItemState.WAITING.value,
        choices=[
            (ItemState.WAITING.value, _("waiting")),
            (ItemState.NEW.value, _("new")),
            (ItemState.KNOWN.value, _("known")),
            (ItemState.REFUSED.value, _("refused")),
        ],
    )
    reason = models.CharField(_("code of the reason"), max_length=40, blank=True)
    details = models.JSONField(_("values of the reason"), default=dict, blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")
        constraints = [models.UniqueConstraint(fields=["batch", "name"], name="one_item_per_file")]
        indexes = [models.Index(fields=["batch", "state", "id"], name="items_by_state")]

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["Grant"]):
    """Reads grants."""

    def in_force(self, at: datetime | None) -> GrantQuerySet:
        """Return the grants that are not revoked and, if an instant is given, not expired at it."""
        unended = Q(ends_at=None) if at is None else Q(ends_at=None) | Q(ends_at__gt=at)
        return self.filter(unended, revoked_at=None)

    def held_by(self, person: Person, at: datetime | None) -> GrantQuerySet:
        """Return the grants in force of the person's units; a unit above a holder holds it too."""
        held = Q(pk__in=[])
        for posting in person.postings_now:
            held |= below("unit_path", posting.unit.path)
        return self.in_force(at).filter(held)


class Grant(models.Model):
    """Lets a unit see evidence of another: one piece, or all that a rule covers."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("who may see"))
    unit_path = models.CharField(_("path of who may see"), max_length=300)
    from_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("whose evidence"),
    )
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("only this evidence"),
    )
    kind = models.CharField(
        _("kind"),
        max_length=10,
        blank=True,
        choices=[(Kind.PHOTO.value, _("photo")), (Kind.DOCUMENT.value, _("document"))],
    )
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    division_path = models.CharField(_("path of the place"), max_length=15, blank=True)
    matter_code = models.CharField(_("matter"), max_length=20, blank=True)
    taken_from = models.DateTimeField(_("taken from"), null=True, blank=True)
    taken_until = models.DateTimeField(_("taken before"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    granted_at = models.DateTimeField(_("granted"))
    granted_by_ref = models.CharField(_("granted by"), max_length=80)
    granted_by_name = models.CharField(_("name of who granted it"), max_length=100)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects: ClassVar[models.Manager[Grant]] = models.Manager.from_queryset(GrantQuerySet)()

    class Meta:
        ordering = ["-granted_at", "-id"]
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "unit"],
                condition=Q(evidence__isnull=False, revoked_at=None),
                name="one_grant_per_evidence_and_unit",
            ),
            models.CheckConstraint(
                condition=Q(evidence__isnull=False) | Q(from_unit__isnull=False),
                name="grant_of_one_or_from_a_unit",
            ),
        ]
        indexes = [models.Index(fields=["unit_path", "revoked_at"], name="grants_of_a_unit")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.reason}"

    def covers(self) -> Q:
        """Return the condition that a piece of evidence is covered by this grant's rule."""
        covered = Q(matter_code=self.matter_code) if self.matter_code else Q()
        if self.kind:
            covered &= Q(kind=self.kind)
        if self.from_unit is not None:
            covered &= below("unit_path", self.from_unit.path)
        if self.division_path:
            covered &= below("division_path", self.division_path)
        if self.taken_from:
            covered &= Q(taken_at__gte=self.taken_from)
        if self.taken_until:
            covered &= Q(taken_at__lt=self.taken_until)
        return covered


def granted_to(person: Person, at: datetime | None) -> Q:
    """Return the condition that a grant of the person's units covers a piece of evidence."""
    held = Grant.objects.held_by(person, at)
    condition = Q(pk__in=held.filter(evidence__isnull=False).values("evidence"))
    for grant in held.filter(evidence=None).select_related("from_unit"):
        condition |= grant.covers()
    return condition
