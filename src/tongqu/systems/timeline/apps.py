"""Registers the time axis."""

from importlib import import_module

from django.apps import AppConfig


class TimelineConfig(AppConfig):
    """The time axis (label `timeline`)."""

    name = "tongqu.systems.timeline"
    label = "timeline"

    def ready(self) -> None:
        """Have each photo laid on the ground as it comes in; make the jobs and sentences known."""
        on = import_module("tongqu.shared.journal.actions").on
        on("evidence.stored", import_module("tongqu.systems.timeline.actions.making").photo_stored)
        import_module("tongqu.systems.timeline.jobs.filling")
        aligning = import_module("tongqu.systems.timeline.actions.aligning")
        on("case.accepted", aligning.case_accepted)
        on("view.made", aligning.view_made)
        import_module("tongqu.systems.timeline.jobs.aligning")
        import_module("tongqu.systems.timeline.jobs.comparing")
        import_module("tongqu.systems.timeline.jobs.exporting")
        import_module("tongqu.systems.timeline.pages.words").make_known()
        import_module("tongqu.systems.timeline.pages.place_link").make_known()
