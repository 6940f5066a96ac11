"""Registers two photo files, which need not be evidence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.conf import settings

from tongqu.kernel.problems import BadInput, Problem
from tongqu.shared.evidence.rules.refusals import Refused
from tongqu.systems.timeline.analytics.registration.pictures import PictureUnreadable, read_picture
from tongqu.systems.timeline.analytics.registration.poses import guess_between
from tongqu.systems.timeline.analytics.registration.register import Guess, Registration, register
from tongqu.systems.timeline.analytics.views import View, view_of
from tongqu.systems.timeline.queries.files import shot_in
from tongqu.systems.timeline.rules.reasons import NoFootprint


def register_files(a: Path, b: Path) -> Registration:
    """Register two photo files, led by their poses where both tell them; raises `BadInput` naming the file."""
    contents = [_bytes_of(path) for path in (a, b)]
    with ThreadPoolExecutor(2) as both:
        reading = [both.submit(read_picture, data) for data in contents]
    pictures = []
    for path, one in zip((a, b), reading, strict=True):
        try:
            pictures.append(one.result())
        except PictureUnreadable as problem:
            raise BadInput([Problem(str(problem), "unreadable", path.name)]) from problem
    return register(pictures[0], pictures[1], _guess(contents, (a, b)))


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size <= settings.EVIDENCE_LARGEST_BYTES:
            return path.read_bytes()
    except OSError as problem:
        raise BadInput(
            [Problem("There is no such file; check its name.", "vanished", path.name)]
        ) from problem
    raise BadInput([Problem("The file is larger than photos may be.", "too_large", path.name)])


def _guess(contents: list[bytes], paths: tuple[Path, Path]) -> Guess | None:
    views = [_view(data, path.name) for data, path in zip(contents, paths, strict=True)]
    return None if views[0] is None or views[1] is None else guess_between(views[0], views[1])


def _view(data: bytes, name: str) -> View | None:
    """Return the view of a photo, or None where its tags do not tell it: it is then registered without a guess."""
    try:
        return view_of(shot_in(data, name))
    except (Refused, NoFootprint):
        return None
