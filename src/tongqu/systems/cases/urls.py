"""Addresses of the case pages."""

from django.urls import URLPattern, path, re_path

from tongqu.systems.cases.pages import (
    case,
    duplicates,
    grid,
    hotline,
    intake,
    mail,
    matters,
    owed,
    parts,
    queue,
    reporter,
)

app_name = "cases"
NUMBER = r"(?P<number>\d{6}-\d{6,})"
urlpatterns: list[URLPattern] = [
    path("", queue.show, name="queue"),
    path("mine/", queue.mine, name="mine"),
    path("points.json", queue.points, name="points"),
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
    path("track/", intake.track_entry, name="track-entry"),
    path("track/<str:code>/", intake.track, name="track"),
    path("track/<str:code>/<str:word>/", reporter.say, name="say"),
    path("matters/", matters.listing, name="matters"),
    path("matters/<str:code>/", matters.detail, name="matter"),
    re_path(rf"^{NUMBER}/$", case.show, name="detail"),
    re_path(rf"^{NUMBER}/reporter/$", case.reporter, name="reporter"),
    re_path(rf"^{NUMBER}/similar/$", duplicates.similar, name="similar"),
    re_path(rf"^{NUMBER}/owed/$", owed.show, name="owed"),
    re_path(rf"^{NUMBER}/owed/(?P<act>[a-z_]+)/$", owed.do, name="owed-act"),
    re_path(rf"^{NUMBER}/parts/(?P<place>\d{{1,3}})/(?P<name>[a-z_]+)/$", parts.move, name="part-move"),
    re_path(rf"^{NUMBER}/check/$", parts.check, name="check"),
    re_path(rf"^{NUMBER}/visit/$", parts.visit, name="visit"),
    re_path(rf"^{NUMBER}/move/(?P<name>[a-z_]+)/$", case.move, name="move"),
]
