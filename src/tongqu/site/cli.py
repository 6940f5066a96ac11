"""The command `tongqu`: every management command, with typed options."""

import os
from importlib import import_module

import django
import typer

GROUPS = {
    "region": "tongqu.shared.region.commands",
    "access": "tongqu.shared.access.commands",
    "evidence": "tongqu.shared.evidence.commands",
    "duties": "tongqu.shared.duties.commands",
    "journal": "tongqu.shared.journal.commands",
    "jobs": "tongqu.shared.jobs.commands",
    "ui": "tongqu.shared.ui.commands",
    "cases": "tongqu.systems.cases.commands",
    "timeline": "tongqu.systems.timeline.commands",
    "indicators": "tongqu.systems.indicators.commands",
    "stac": "tongqu.systems.timeline.commands:stac",
    "demo": "tongqu.demo.commands",
}
"""Each app's group of commands, `app` of the module unless another is named. The modules need Django, so they are imported once it is set up."""

_FORWARDED = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def build() -> typer.Typer:
    """Return the whole command, once Django is set up."""
    app = typer.Typer(no_args_is_help=True, help="Keeps the promises of a region in sight.")
    # Without a callback Typer would make a lone command the whole program.
    app.callback()(lambda: None)
    app.command("django", context_settings=_FORWARDED)(django_command)
    site = import_module("tongqu.site.commands")
    app.command("run")(site.run)
    app.command("prepare")(site.prepare_command)
    for name, place in GROUPS.items():
        module, _, attribute = place.partition(":")
        group = getattr(import_module(module), attribute or "app")
        if group.registered_commands or group.registered_groups:
            app.add_typer(group, name=name)
    return app


def django_command(context: typer.Context) -> None:
    """Run one of Django's own commands, such as `tongqu django shell`."""
    management = import_module("django.core.management")
    management.execute_from_command_line(["tongqu django", *context.args])


def main() -> None:
    """Set Django up and run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongqu.site.settings")
    django.setup()
    build()()


if __name__ == "__main__":
    main()
