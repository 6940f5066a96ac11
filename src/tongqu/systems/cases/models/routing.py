"""Responsibility lists: who leads which matter where, in versions that are drafted, approved and then never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongqu.shared.journal.rules import Subject
from tongqu.shared.region.models import Division, Unit
from tongqu.shared.ui.words import choices_of
from tongqu.systems.cases.models.case import Case
from tongqu.systems.cases.models.labels import GRADE_LABELS
from tongqu.systems.cases.models.matter import Matter, check_allowance
from tongqu.systems.cases.rules.routing import Entry, ListState
from tongqu.systems.cases.rules.windows import Window

LIST_STATE_LABELS = {
    ListState.DRAFT: pgettext_lazy("state of a responsibility list", "Draft"),
    ListState.SUBMITTED: pgettext_lazy("state of a responsibility list", "Waits for approval"),
    ListState.APPROVED: pgettext_lazy("state of a responsibility list", "Approved"),
    ListState.DISCARDED: pgettext_lazy("state of a responsibility list", "Discarded"),
}


class RoutingList(models.Model):
    """One version of the responsibility list (责任清单) of the region."""

    title = models.CharField(_("title"), max_length=120)
    reason = models.TextField(_("what changes, and why"), blank=True)
    state = models.CharField(max_length=10, choices=choices_of(LIST_STATE_LABELS), default=ListState.DRAFT)
    revision = models.PositiveIntegerField(default=1)
    """Counts the changes; who decides on an older one is refused."""
    based_on = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors"
    )
    made_at = models.DateTimeField()
    made_by_ref = models.CharField(max_length=80)
    made_by_name = models.CharField(max_length=120)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by_ref = models.CharField(max_length=80, blank=True)
    submitted_by_name = models.CharField(max_length=120, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by_ref = models.CharField(max_length=80, blank=True)
    approved_by_name = models.CharField(max_length=120, blank=True)
    in_force_from = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("responsibility list")
        verbose_name_plural = _("responsibility lists")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ListState.APPROVED)
                | Q(in_force_from__isnull=False, approved_at__isnull=False),
                name="approved_lists_have_a_date",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"

    @property
    def subject(self) -> Subject:
        """What the journal calls this list."""
        return Subject("routing_list", str(self.pk))

    @property
    def is_draft(self) -> bool:
        """Whether it can be changed."""
        return self.state == ListState.DRAFT


class RoutingEntry(models.Model):
    """One line of a list: see `rules.routing.Entry`."""

    routing_list = models.ForeignKey(RoutingList, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField(_("number"))
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    class_code = models.CharField(_("class"), max_length=20, blank=True)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    division_path = models.CharField(max_length=15)
    grade = models.CharField(_("grade"), max_length=10, blank=True, choices=choices_of(GRADE_LABELS))
    window = models.CharField(_("times"), max_length=80, blank=True)
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    assisting = models.JSONField(default=list, blank=True)
    """Codes of units."""
    handle_allowance = models.CharField(
        _("time to handle"), max_length=10, blank=True, validators=[check_allowance]
    )
    verifier = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    """The case whose dispute made the entry."""

    class Meta:
        ordering = ["routing_list_id", "number"]
        indexes = [models.Index(fields=["routing_list", "division_path"], name="routing_entries_of_a_place")]
        constraints = [
            models.UniqueConstraint(
                fields=["routing_list", "number"], name="one_number_for_each_routing_entry"
            ),
            models.CheckConstraint(
                condition=Q(matter__isnull=True) | Q(class_code=""), name="an_entry_names_matter_or_class"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.routing_list_id}/{self.number}"

    @property
    def rule(self) -> Entry:
        """The entry as the rules know it; `matter` and `lead` must be loaded."""
        return Entry(
            number=self.number,
            lead=self.lead.code,
            division=self.division_path,
            matter=self.matter.code if self.matter else "",
            class_code=self.class_code,
            grade=self.grade,
            window=Window.parse(self.window),
            assisting=tuple(self.assisting),
            handle_allowance=self.handle_allowance,
            verifier=self.verifier.code if self.verifier else "",
        )


class RoutingUse(models.Model):
    """What the list said when a case was last sent or handed to a unit, and whether that is the unit it names."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="routing_use")
    routing_list = models.ForeignKey(RoutingList, on_delete=models.PROTECT, related_name="uses")
    entry = models.ForeignKey(
        RoutingEntry, on_delete=models.PROTECT, null=True, blank=True, related_name="uses"
    )
    is_followed = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.entry_id} {self.is_followed}"
