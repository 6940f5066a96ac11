"""Addresses of the time axis."""

from django.urls import URLPattern, path

from tongqu.systems.timeline.pages import adding, change_case, changes, exports, show, stack, tiles

app_name = "timeline"
urlpatterns: list[URLPattern] = [
    path("", show.show, name="show"),
    path("stack.json", stack.stack, name="stack"),
    path("places.json", stack.places, name="places"),
    path("cases.json", adding.cases, name="cases"),
    path("add", adding.add, name="add"),
    path("changes.json", changes.changes, name="changes"),
    path("changes", changes.ask, name="changes-ask"),
    path("changes/<int:change>/judge", changes.judge_change, name="change-judge"),
    path("changes/<int:change>/case", change_case.case_of_change, name="change-case"),
    path("changes/<int:change>/<str:when>.webp", change_case.picture, name="change-picture"),
    path("exports", exports.export, name="export"),
    path("exports/<uuid:export>/state.json", exports.state, name="export-state"),
    path("exports/<uuid:export>/file", exports.file, name="export-file"),
    path("tiles/<int:view>/<int:zoom>/<int:x>/<int:y>.webp", tiles.tile, name="tile"),
    path(
        "difference/<int:view>/<int:other>/<int:zoom>/<int:x>/<int:y>.webp",
        tiles.difference,
        name="difference",
    ),
]
