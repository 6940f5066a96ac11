"""The import of a region's folder: upload, look at what would happen, import."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.access.guard import door, person_of
from tongqu.shared.access.rules import held_by
from tongqu.shared.clock import now
from tongqu.shared.region.actions.importing import import_region
from tongqu.shared.region.analytics.folder import FILES, unpack
from tongqu.shared.region.forms import UploadForm
from tongqu.shared.region.rules import Role

ADMIN = held_by(Role.REGION_ADMIN)
LARGEST_UPLOAD_BYTES = 64 * 1024 * 1024
KEPT_FOR = timedelta(days=1)
MOST_SHOWN = 200


@door(ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Take an archive and show what importing it would do; nothing is written yet."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form=form, status=422 if request.method == "POST" else 200)
    archive = form.cleaned_data["archive"]
    if archive.size > LARGEST_UPLOAD_BYTES:
        form.add_error("archive", _("The archive is larger than 64 MB. Import the files in parts."))
        return _page(request, form=form, status=422)
    data = archive.read()
    try:
        report = import_region(unpack(data, _), by=person_of(request), at=now(), dry_run=True)
    except BadInput as bad:
        return _page(request, form=UploadForm(), problems=bad.problems, refused=True, status=422)
    return _page(request, form=UploadForm(), report=report, problems=tuple(report.problems), key=_keep(data))


@door(ADMIN)
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """Import the archive that was looked at."""
    key = request.POST.get("key", "")
    path = _folder() / f"{key}.zip"
    if not re.fullmatch(r"[0-9a-f]{64}", key) or not path.is_file():
        gone = Problem(_("The archive is no longer here. Upload it again."), "gone")
        return _page(request, form=UploadForm(), problems=(gone,), refused=True, status=422)
    try:
        report = import_region(unpack(path.read_bytes(), _), by=person_of(request), at=now())
    except BadInput as bad:
        return _page(request, form=UploadForm(), problems=bad.problems, refused=True, status=422)
    path.unlink(missing_ok=True)
    if report.problems:
        return _page(request, form=UploadForm(), report=report, problems=tuple(report.problems))
    messages.success(request, _("The region was imported."))
    return redirect("region:home")


def _page(
    request: HttpRequest,
    *,
    form: UploadForm,
    report: object = None,
    problems: tuple[Problem, ...] = (),
    refused: bool = False,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "report": report,
        "problems": problems[:MOST_SHOWN],
        "more_problems": max(len(problems) - MOST_SHOWN, 0),
        "refused": refused,
        "key": key,
        "files": FILES,
    }
    return render(request, "region/import.html", context, status=status)


def _folder() -> Path:
    return Path(settings.HOME) / "region-imports"


def _keep(data: bytes) -> str:
    """Keep an archive until it is imported, for a day at most; return its SHA-256, by which it is found again."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    oldest = (now() - KEPT_FOR).timestamp()
    for path in folder.glob("*.zip"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    key = hashlib.sha256(data).hexdigest()
    (folder / f"{key}.zip").write_bytes(data)
    return key
