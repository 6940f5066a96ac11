"""Addresses of the evidence pages."""

from django.urls import URLPattern, path, register_converter

from tongqu.shared.evidence.pages import detail, files, gallery, grants, imports


class Sha256:
    """A SHA-256 in lower-case hex."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(Sha256, "sha256")

app_name = "evidence"
urlpatterns: list[URLPattern] = [
    path("", gallery.gallery, name="list"),
    path("points", gallery.points, name="points"),
    path("import/", imports.imports, name="import"),
    path("import/<int:number>/", imports.batch, name="batch"),
    path("import/<int:number>/progress", imports.progress, name="progress"),
    path("import/<int:number>/report.csv", imports.report, name="report"),
    path("import/<int:number>/stop", imports.stop, name="stop"),
    path("import/<int:number>/resume", imports.resume, name="resume"),
    path("grants/", grants.grants, name="grants"),
    path("grants/new", grants.new_grant, name="new-grant"),
    path("grants/<int:number>/end", detail.end_grant, name="end-grant"),
    path("<sha256:sha256>/", detail.detail, name="detail"),
    path("<sha256:sha256>/share", detail.share, name="share"),
    path("<sha256:sha256>/map/<str:part>", detail.ground, name="ground"),
    path("<sha256:sha256>/<str:size>", files.file, name="file"),
]
