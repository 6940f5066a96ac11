"""How the facts of access read in a story."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tongqu.shared.ui.sentences import name_fields, say

SENTENCES = {
    "person.signed_in": _("{actor} signed in."),
    "person.signed_out": _("{actor} signed out."),
    "person.sign_in_failed": _("Someone failed to sign in as {subject}."),
    "person.locked_out": _("Sign-in as {subject} was closed for a while after too many failures."),
    "person.session_ended": _("{actor} ended a session of {subject}."),
    "person.sessions_ended": _("{actor} ended sessions of {subject}."),
    "person.created": _("{actor} added the person {subject}."),
    "person.deactivated": _("{actor} closed the way in of {subject}."),
    "person.reactivated": _("{actor} opened the way in of {subject} again."),
    "person.password_link_issued": _("{actor} made a password link for {subject}."),
    "person.password_changed": _("{subject} chose a new password."),
    "person.language_chosen": _("{subject} chose a language."),
    "token.made": _("{actor} made the token {subject}."),
    "token.revoked": _("{actor} revoked the token {subject}."),
}
FIELDS = {
    "address": _("Address"),
    "device": _("Device"),
    "username": _("Login"),
    "scopes": _("Scopes"),
    "expires_at": _("Expires"),
    "sessions": _("Sessions"),
    "language": _("Language"),
}


def make_known() -> None:
    """Tell the story component how facts of access read; called once at the start."""
    say(SENTENCES)
    name_fields(FIELDS)
