"""Registers the cases system."""

from importlib import import_module

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The cases system (label `cases`)."""

    name = "tongqu.systems.cases"
    label = "cases"

    def ready(self) -> None:
        """Tell the shared apps how cases read; have photos and transfers looked at as they come in."""
        on = import_module("tongqu.shared.journal.actions").on
        on("evidence.stored", import_module("tongqu.systems.cases.actions.photos").photo_stored)
        following = import_module("tongqu.systems.cases.actions.following")
        on("duty.transferred", following.duty_transferred)
        on("duty.transferred", following.part_duty_transferred)
        on("duty.resumed", import_module("tongqu.systems.cases.actions.suspension").duty_resumed)
        told = import_module("tongqu.systems.cases.actions.notices").fact_told
        for verb in import_module("tongqu.systems.cases.rules.notices").EVENTS:
            on(verb, told)
        import_module("tongqu.systems.cases.jobs.blocks")
        import_module("tongqu.systems.cases.jobs.open_data")
        import_module("tongqu.systems.cases.jobs.hot")
        on("case.accepted", import_module("tongqu.systems.cases.actions.reading").matter_named)
        import_module("tongqu.systems.cases.jobs.reader")
        import_module("tongqu.systems.cases.jobs.hotline")
        import_module("tongqu.systems.cases.jobs.suspension")
        import_module("tongqu.systems.cases.jobs.matters")
        import_module("tongqu.systems.cases.jobs.mail")
        import_module("tongqu.systems.cases.jobs.notices")
        import_module("tongqu.systems.cases.jobs.sensors")
        import_module("tongqu.systems.cases.pages.words").make_known()
