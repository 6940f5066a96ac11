"""The changes between two photos: told, asked for, judged."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongqu.kernel.problems import BadInput, Problem
from tongqu.kernel.workflow import MoveNotAllowed
from tongqu.shared.access.guard import door, person_of, spend
from tongqu.shared.access.rules import SIGNED_IN, held_by
from tongqu.shared.clock import now
from tongqu.systems.timeline.actions.comparing import ask_for_changes
from tongqu.systems.timeline.actions.judging import judge
from tongqu.systems.timeline.models.change import GroundChange
from tongqu.systems.timeline.models.view import PhotoView
from tongqu.systems.timeline.pages.asking import is_id
from tongqu.systems.timeline.pages.change_words import said_in_words, told_pair, worth_in_words
from tongqu.systems.timeline.queries.changes import change_in_sight, changes_between, worth
from tongqu.systems.timeline.queries.pairs import in_order, laid_pair, pair_in_sight, views_in_sight
from tongqu.systems.timeline.rules.changes import JUDGES, MOST_FOLLOWED, Cause, NotCompared, Verdict

WORKS_ON_CASES = held_by(*JUDGES)
MOST_ASKED_A_MINUTE = 30
Pair = tuple[PhotoView, PhotoView]


@door(SIGNED_IN)
@require_safe
def changes(request: HttpRequest) -> JsonResponse:
    """Return what changed between the views `one` and `other`, and how far that is worked out."""
    answer = JsonResponse(_told(request, _pair(request)))
    patch_cache_control(answer, private=True, no_store=True)
    return answer


@door(SIGNED_IN)
@require_POST
def ask(request: HttpRequest) -> JsonResponse:
    """Have the views `one` and `other` compared, and the older one with the later ones that `follow` lists."""
    person, at = person_of(request), now()
    pair = _pair(request)
    if spend(f"changes:{person.pk}", MOST_ASKED_A_MINUTE).is_spent:
        return JsonResponse({"problem": _("Too many pairs were asked for. Wait a minute.")}, status=429)
    numbers = _numbers(request.POST.get("follow", ""))
    later = views_in_sight(person, numbers, at=at).values()
    pairs = [pair, *(in_order(pair[0], view) for view in later if view.taken_us > pair[0].taken_us)]
    ask_for_changes([each for each in pairs if not isinstance(laid_pair(*each), NotCompared)], at=at)
    return JsonResponse(_told(request, pair), status=202)


@door(WORKS_ON_CASES)
@require_POST
def judge_change(request: HttpRequest, change: int) -> JsonResponse:
    """Say what a change is: `verdict` real or none, with the `cause` and a `note`."""
    found = change_or_404(request, change)
    verdict, cause = request.POST.get("verdict", ""), request.POST.get("cause", "")
    if verdict not in set(Verdict) or (cause and cause not in set(Cause)):
        message = _("Say “real” or “none”, and choose one of the causes.")
        raise BadInput([Problem(message, code="bad-verdict", field="verdict")])
    try:
        judged = judge(
            found,
            Verdict(verdict),
            cause=Cause(cause) if cause else None,
            note=request.POST.get("note", ""),
            by=person_of(request),
            at=now(),
        )
    except MoveNotAllowed as refused:
        return JsonResponse({"problem": str(refused)}, status=409)
    return JsonResponse(
        {"verdict": judged.verdict, "words": said_in_words(judged), "worth": worth_in_words(worth())}
    )


def change_or_404(request: HttpRequest, number: int) -> GroundChange:
    """Return a change both of whose photos are in the person's sight; raises `Http404`."""
    found = change_in_sight(person_of(request), number, at=now())
    if found is None:
        raise Http404
    return found


def _told(request: HttpRequest, pair: Pair) -> dict[str, object]:
    return told_pair(changes_between(person_of(request), *pair, at=now()), worth())


def _pair(request: HttpRequest) -> Pair:
    """Return the older and the newer view that are named; raises `BadInput`."""
    sent = request.POST if request.method == "POST" else request.GET
    numbers = _numbers(f"{sent.get('one', '')},{sent.get('other', '')}")
    found = pair_in_sight(person_of(request), *numbers, at=now()) if len(numbers) == 2 else None
    if found is None:
        message = _("Name two photos in your sight, by the numbers of their views.")
        raise BadInput([Problem(message, code="bad-pair", field="one")])
    return found


def _numbers(text: str) -> list[int]:
    parts = [part for part in text.split(",") if is_id(part)]
    return [int(part) for part in parts[:MOST_FOLLOWED]]
