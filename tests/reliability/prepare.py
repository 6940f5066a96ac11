"""Runs inside a house: build the town, matters, tokens and a folder of photos."""

from pathlib import Path
from typing import Any

from PIL import Image

from conftest import build_town
from tongqu.shared.access.actions.tokens import make_token
from tongqu.shared.access.rules import TokenScope
from tongqu.shared.clock import now
from tongqu.shared.evidence.actions.importing import queue_import, start_import
from tongqu.shared.evidence.actions.storing import store
from tongqu.shared.region.models import Person
from tongqu.systems.cases.actions.matters import import_matters


def photos(folder: Path, count: int) -> None:
    """Write pictures that all differ and are large enough to take some time."""
    folder.mkdir(parents=True)
    for number in range(count):
        picture = Image.effect_noise((900, 600), 20 + number % 50).convert("RGB")
        picture.putpixel((0, 0), (number % 256, number // 256, 7))
        picture.save(folder / f"{number:04}.jpg", quality=85)


def token(person: Person) -> str:
    """Return a new token of the person."""
    scopes = [TokenScope.CASES_READ, TokenScope.CASES_WRITE]
    return make_token(person, name="kill", scopes=scopes, days=2, by=person, at=now()).text


def prepare(home: str, count: int) -> dict[str, Any]:
    """Prepare everything and return what the client needs."""
    folder = Path(home)
    town = build_town()
    import_matters(by=town.region_admin, at=now())
    photos(folder / "proof", 1)
    proof = store(
        folder / "proof" / "0000.jpg", name="proof.jpg", by=town.department_officer, at=now(),
        unit=town.county_department,
    ).evidence  # fmt: skip
    photos(folder / "photos", count)
    batch = start_import(folder / "photos", by=town.township_clerk, at=now(), unit=town.township_government)
    queue_import(batch)
    people = {"desk": town.desk_officer, "officer": town.department_officer, "inspector": town.inspector}
    return {"proof": proof.sha256, "tokens": {name: token(person) for name, person in people.items()}}
