"""Hot issues among live cases: what many people report at one place."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.access.queries import scope_of
from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Person
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.rules.heat import Heat


class HotIssueQuerySet(models.QuerySet["HotIssue"]):
    """Reads hot issues."""

    def visible_to(self, person: Person) -> HotIssueQuerySet:
        """Issues that lie wholly in the territory of a posting: their heat counts cases of the whole place."""
        return self.filter(scope_of(person).q(unit_field=""))


class HotIssue(models.Model):
    """A matter at one place that several people report (热点问题); its number stays while most of its cases do."""

    OPEN, DISMISSED, MERGED, OVER = "open", "dismissed", "merged", "over"
    STATES = [
        (OPEN, pgettext_lazy("state of a hot issue", "Open")),
        (DISMISSED, pgettext_lazy("state of a hot issue", "Dismissed")),
        (MERGED, pgettext_lazy("state of a hot issue", "Gone into another")),
        (OVER, pgettext_lazy("state of a hot issue", "Over")),
    ]

    title = models.CharField(max_length=120)
    place = models.CharField(max_length=120, blank=True)
    why = models.JSONField(default=list)
    """The runs of characters that weigh most in its cases."""
    state = models.CharField(max_length=10, choices=STATES, default=OPEN)
    division_path = models.CharField(max_length=15)
    """The smallest division in which all its cases lie."""
    heat = models.FloatField()
    told_heat = models.FloatField()
    """The heat when it was last told of, as found or as heated up."""
    people = models.PositiveIntegerField()
    votes = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField()
    counted_at = models.DateTimeField()
    parent = models.ForeignKey(Case, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    dismissed_because = models.CharField(max_length=500, blank=True)
    is_invented = models.BooleanField(default=False)
    cases = models.ManyToManyField(Case, through="HotMember", related_name="hot_issues")

    objects: ClassVar[models.Manager[HotIssue]] = models.Manager.from_queryset(HotIssueQuerySet)()

    class Meta:
        ordering = ["-heat", "pk"]
        verbose_name = _("hot issue")
        verbose_name_plural = _("hot issues")
        indexes = [models.Index(fields=["state", "-heat"], name="hot_issues_by_heat")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def number(self) -> str:
        """The number people use, such as `R0012`."""
        return f"R{self.pk:04d}"

    @property
    def subject(self) -> Subject:
        """What the journal calls this issue."""
        return Subject("hot_issue", str(self.pk))

    @property
    def parts(self) -> Heat:
        """The parts that the heat was made of when it was last counted."""
        day_s = 86_400
        span = (self.last_at - self.first_at).total_seconds() / day_s
        return Heat(self.people, self.votes, span, (self.counted_at - self.last_at).total_seconds() / day_s)


class HotMember(models.Model):
    """A case in a hot issue; one that the desk put there stays there."""

    issue = models.ForeignKey(HotIssue, on_delete=models.CASCADE, related_name="members")
    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="hot_member")
    by_hand = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.case_id}"


class HotCount(models.Model):
    """When live cases were last clustered, and up to which one; a single row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    at = models.DateTimeField()
    newest_case = models.BigIntegerField()
    case_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.case_count}"
