"""The words of the viewer's script, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

_WORDS = {
    "map": _("Map of the photos"),
    "north": pgettext_lazy("compass", "N"),
    "place": _("The place"),
    "loading": _("Looking for the photos of this place…"),
    "none": _("No photo shows this place in this time. Click another place, or widen the time."),
    "failed": _("The photos could not be loaded. Check the network and try again."),
    "again": _("Try again"),
    "count": _("{count} photos show this place"),
    "countMore": _("{count} photos show this place, and there are older ones"),
    "aligning": _("The photos are being aligned; better ones are swapped in by themselves."),
    "photo": _("Photo {place} of {total}, {date}, {source}"),
    "left": pgettext_lazy("picture", "Left"),
    "right": pgettext_lazy("picture", "Right"),
    "first": pgettext_lazy("picture", "First"),
    "second": pgettext_lazy("picture", "Second"),
    "poseOnly": _("by pose only"),
    "restricted": pgettext_lazy("photo", "restricted"),
    "invented": _("invented"),
    "unknownTime": _("The photo does not say when it was taken; this is when it was stored."),
    "source": _("Source"),
    "unit": _("Unit"),
    "takenAt": _("Taken"),
    "kind": _("View"),
    "sharpness": _("Sharpness here"),
    "lies": _("How it lies"),
    "pose": pgettext_lazy("photo", "Pose"),
    "open": _("Open the photo"),
    "needTwo": _("A second photo of the place is needed to compare."),
    "percent": _("{percent} % left"),
    "copied": _("The link is copied."),
    "notCopied": _("The link stands in the address bar of the browser; copy it from there."),
    "added": _("Both photos stand in the case {case}."),
    "noCase": _("No open case within 300 m to which you may add photos."),
    "exporting": _("The file is being made…"),
    "exported": _("The file is ready."),
    "exportFailed": _("The file could not be made. Try again; if it happens again, tell your administrator."),
    "noMap": _("This device cannot draw maps (no WebGL). Open the photos from the evidence instead."),
    "cut": _("Only the newest photos in sight are counted; come nearer to see all."),
    "changesLoading": _("Looking for changes…"),
    "changesWaiting": _("The two photos are being compared; that takes some seconds."),
    "changesNone": _("No change of the ground was found between these photos."),
    "changesCount": _("{count} places changed."),
    "changesHidden": _("{count} weak ones or likely vehicles are not shown."),
    "changesFollowing": _("Followed over later photos: {done} of {total}."),
    "changesFailed": _("The changes could not be loaded. Check the network and try again."),
    "changesLate": _("Comparing takes longer than usual; the server is busy."),
    "score": _("score {score}"),
    "likeVehicle": _("likely a vehicle"),
    "hasCase": _("has a case"),
    "changeHead": _("Place {number}, {area}"),
    "openCase": _("Open a case of it"),
    "toCase": _("To the case {case}"),
    "caseNearby": _("This place has the case {case} already"),
    "judged": _("Noted."),
    "tilesFailed": _("A part of the picture could not be loaded."),
}


def words() -> dict[str, str]:
    """Return the words by their names."""
    return {key: str(word) for key, word in _WORDS.items()}
