"""Addresses of the case pages."""

from django.urls import URLPattern, path, re_path

from tongqu.systems.cases.pages import (
    case,
    duplicates,
    filters,
    grid,
    hotline,
    intake,
    mail,
    map,
    matters,
    queue,
    replies,
    routing,
    routing_entries,
    routing_views,
    statistics,
)

app_name = "cases"
NUMBER = r"(?P<number>\d{6}-\d{6,})"
urlpatterns: list[URLPattern] = [
    path("", queue.show, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("points.json", queue.points, name="points"),
    path("map/", map.show, name="map"),
    path("cells.json", map.cells, name="cells"),
    path("filters/", filters.manage, name="filters"),
    path("filters/counts.json", filters.counts, name="filter-counts"),
    path("filters/<int:filter_number>/remove/", filters.remove, name="filter-remove"),
    path("filters/<int:filter_number>/first/", filters.first, name="filter-first"),
    path("statistics/", statistics.show, name="statistics"),
    path("report/", intake.report_page, name="report"),
    path("grid/", grid.page, name="grid"),
    path("grid/offline/", grid.offline, name="grid-offline"),
    path("grid/worker.js", grid.worker, name="grid-worker"),
    path("grid/send/", grid.send, name="grid-send"),
    path("hotline/", hotline.upload, name="hotline"),
    path("hotline/<int:import_number>/", hotline.detail, name="hotline-import"),
    path("hotline/<int:import_number>/progress/", hotline.progress, name="hotline-progress"),
    path("mail/", mail.show, name="mail"),
    path("mail/<int:letter_number>/<str:act>/", mail.letter, name="mail-letter"),
    path("routing/", routing.overview, name="routing"),
    path("routing/begin/", routing.begin, name="routing-begin"),
    path("routing/<int:list_number>/", routing.detail, name="routing-list"),
    path("routing/<int:list_number>/table/", routing_views.grid, name="routing-table"),
    path("routing/<int:list_number>/proof/", routing_views.proof, name="routing-proof"),
    path("routing/<int:list_number>/rehearsal/", routing_views.rehearsal, name="routing-rehearsal"),
    path("routing/<int:list_number>/file/", routing_entries.file, name="routing-file"),
    path("routing/<int:list_number>/entries/", routing_entries.add, name="routing-add"),
    path(
        "routing/<int:list_number>/entries/<int:entry_number>/", routing_entries.change, name="routing-entry"
    ),
    path("routing/<int:list_number>/move/<str:name>/", routing.move, name="routing-move"),
    path("track/", intake.track_entry, name="track-entry"),
    path("track/<str:code>/", intake.track, name="track"),
    path("matters/", matters.listing, name="matters"),
    path("matters/<str:code>/", matters.detail, name="matter"),
    re_path(rf"^{NUMBER}/$", case.show, name="detail"),
    re_path(rf"^{NUMBER}/reporter/$", case.reporter, name="reporter"),
    re_path(rf"^{NUMBER}/similar/$", duplicates.similar, name="similar"),
    re_path(rf"^{NUMBER}/replies/$", replies.replies, name="replies"),
    re_path(rf"^{NUMBER}/replies/score/$", replies.scored, name="reply-score"),
    re_path(rf"^{NUMBER}/rule/$", routing.rule, name="rule"),
    re_path(rf"^{NUMBER}/move/(?P<name>[a-z_]+)/$", case.move, name="move"),
]
