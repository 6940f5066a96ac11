"""Divisions, units, people, postings and the working calendar."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tongqu.shared.region.rules import CentreQuality, Level, OutlineQuality, Role, UnitKind, after_prefix

if TYPE_CHECKING:
    from datetime import date

M = TypeVar("M", bound="Listed")


class Named(models.Model):
    """Something with a name in three languages; Simplified Chinese always exists."""

    name_zh_hans = models.CharField(_("name (Simplified Chinese)"), max_length=100)
    name_zh_hant = models.CharField(_("name (Traditional Chinese)"), max_length=100, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the language of the moment, else in Simplified Chinese."""
        language = (get_language() or "").lower()
        if language.startswith("en"):
            return self.name_en or self.name_zh_hans
        if language == "zh-hant":
            return self.name_zh_hant or self.name_zh_hans
        return self.name_zh_hans

    def __str__(self) -> str:
        return self.name


def below(field: str, prefix: str) -> Q:
    """Return the condition that a text field begins with the prefix, as a range that an index serves."""
    return Q(**{f"{field}__gte": prefix, f"{field}__lt": after_prefix(prefix)})


class ListVersion(models.Model):
    """A row for each list that is kept in memory. It changes with the list, in the same transaction."""

    name = models.CharField(primary_key=True, max_length=20)
    token = models.UUIDField(default=uuid.uuid4)

    def __str__(self) -> str:
        return str(self.token)


def changed(name: str) -> None:
    """Note that the list is changing, so that what is kept of it in memory is known to be old."""
    ListVersion.objects.update_or_create(pk=name, defaults={"token": uuid.uuid4()})


class ListedQuerySet(models.QuerySet[M]):
    """Reads and changes rows of a list that is kept in memory."""

    def update(self, **values: Any) -> int:
        """Change rows."""
        changed(self.model.list_name)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete rows."""
        changed(self.model.list_name)
        return super().delete()

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        """Insert many rows."""
        changed(self.model.list_name)
        return super().bulk_create(*args, **kwargs)


class Listed(models.Model):
    """A row of a list that is kept in memory: every change to it changes the list's `ListVersion`."""

    list_name: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and note that the list has changed."""
        changed(self.list_name)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete, and note that the list has changed."""
        changed(self.list_name)
        return super().delete(*args, **kwargs)


class DivisionQuerySet(ListedQuerySet["Division"]):
    """Reads divisions."""

    def visible_to(self, person: Person) -> Self:
        """Return what the person may see: the map of the region is open to everyone who signs in."""
        return self if person.is_active else self.none()

    def inside(self, division: Division) -> Self:
        """Return the division and everything in it."""
        return self.filter(below("path", division.path))


class Division(Listed, Named):
    """A territory: prefecture, county, township, village or grid, under its statistical code."""

    list_name = "map"

    code = models.CharField(_("statistical code"), max_length=15, unique=True)
    path = models.CharField(_("code prefix of the subtree"), max_length=15, unique=True, editable=False)
    level = models.CharField(
        _("level"), max_length=12, choices=[(level.value, level.value) for level in Level]
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    centre_lon = models.FloatField(_("centre longitude, WGS-84 degrees"), null=True, blank=True)
    centre_lat = models.FloatField(_("centre latitude, WGS-84 degrees"), null=True, blank=True)
    centre_quality = models.CharField(
        _("centre quality"), max_length=12, blank=True, choices=[(q.value, q.value) for q in CentreQuality]
    )
    outline = models.JSONField(_("outline, GeoJSON geometry in WGS-84"), null=True, blank=True)
    outline_quality = models.CharField(
        _("outline quality"), max_length=12, blank=True, choices=[(q.value, q.value) for q in OutlineQuality]
    )
    area_km2 = models.FloatField(_("area, km²"), null=True, blank=True)
    source = models.CharField(_("source of code, name and place"), max_length=300, blank=True)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)

    objects: ClassVar[models.Manager[Division]] = models.Manager.from_queryset(DivisionQuerySet)()

    class Meta:
        ordering = ["code"]
        verbose_name = _("division")
        verbose_name_plural = _("divisions")

    @property
    def is_approximate(self) -> bool:
        """Whether the outline may not be used as a legal boundary."""
        return self.outline_quality != OutlineQuality.SURVEYED


class UnitQuerySet(ListedQuerySet["Unit"]):
    """Reads units."""

    def visible_to(self, person: Person) -> Self:
        """Return what the person may see: everyone who signs in may know which unit answers for what."""
        return self if person.is_active else self.none()

    def under(self, unit: Unit) -> Self:
        """Return the unit and every unit under it."""
        return self.filter(below("path", unit.path))


class Unit(Listed, Named):
    """A body that answers for something: a line department (条) or a territorial government (块)."""

    list_name = "offices"

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=[(kind.value, kind.value) for kind in UnitKind])
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("supervising unit"),
    )
    path = models.CharField(
        _("codes from the top, each followed by a slash"), max_length=300, unique=True, editable=False
    )
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, related_name="units", verbose_name=_("territory")
    )
    answers_for = models.TextField(_("what it answers for"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[models.Manager[Unit]] = models.Manager.from_queryset(UnitQuerySet)()

    class Meta:
        ordering = ["path"]
        indexes = [models.Index(fields=["division", "kind"], name="units_of_a_division")]
        verbose_name = _("unit")
        verbose_name_plural = _("units")


class PersonManager(BaseUserManager["Person"]):
    """Makes people; passwords are hashed."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person who signs in with the name and password."""
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> Person:
        """Create a person with every right in the admin pages."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in."""

    username = models.CharField(_("login"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the master-data pages"), default=False)
    is_invented = models.BooleanField(_("invented for the demo"), default=False)
    joined_at = models.DateTimeField(_("joined"), null=True, blank=True)

    objects: ClassVar[PersonManager] = PersonManager()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def postings_now(self) -> list[Posting]:
        """The postings in force, read once for each loaded person."""
        postings = self.postings.filter(until_on=None).select_related("unit", "unit__division")
        # Outlines are large, and nobody asks a posting for one.
        return list(postings.defer("unit__division__outline"))

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held now, in any unit."""
        return frozenset(Role(posting.role) for posting in self.postings_now)

    def units_as(self, *roles: Role) -> list[Unit]:
        """Return the units in which one of the roles is held now (any role if none is named)."""
        return [p.unit for p in self.postings_now if not roles or p.role in roles]

    # What the journal writes of an actor (see `journal.rules.Actor`).
    @property
    def actor_ref(self) -> str:
        """The stable reference of this person in the journal."""
        return f"person:{self.pk}"

    @property
    def actor_name(self) -> str:
        """The name as it is at the time of the act."""
        return str(self)

    @property
    def actor_unit(self) -> str:
        """The code of the first unit the person is posted to, or nothing."""
        return self.postings_now[0].unit.code if self.postings_now else ""


class PostingQuerySet(ListedQuerySet["Posting"]):
    """Reads postings."""

    def visible_to(self, person: Person) -> Self:
        """Return what the person may see: colleagues are known to those who hold a posting, not to residents."""
        return self if person.is_active and (person.postings_now or person.is_superuser) else self.none()


class Posting(Listed):
    """A role that a person holds in a unit for a time."""

    list_name = "offices"

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="postings", verbose_name=_("person")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="postings", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=16, choices=[(role.value, role.value) for role in Role])
    since_on = models.DateField(_("since"), null=True, blank=True)
    until_on = models.DateField(_("until"), null=True, blank=True)

    objects: ClassVar[models.Manager[Posting]] = models.Manager.from_queryset(PostingQuerySet)()

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit", "role"], condition=Q(until_on=None), name="one_posting_in_force"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(since_on=None) | Q(until_on__gte=F("since_on")),
                name="posting_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.unit} · {self.role}"


class Region(models.Model):
    """The region that this installation serves, with its working hours."""

    root = models.OneToOneField(Division, on_delete=models.PROTECT, verbose_name=_("division"))
    time_zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    work_spans = models.CharField(
        _("working hours"),
        max_length=100,
        default="08:30-12:00,14:00-17:30",
        help_text=_("spans of local time, separated by commas"),
    )
    is_invented = models.BooleanField(_("demo region"), default=False)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return str(self.root)


class CalendarDay(models.Model):
    """A day that differs from the week's rule: a public holiday, or a shifted working day."""

    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="calendar_days")
    on = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        ordering = ["on"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [models.UniqueConstraint(fields=["region", "on"], name="one_rule_per_day")]

    def __str__(self) -> str:
        day: date = self.on
        return f"{day:%Y-%m-%d} {self.name}"
