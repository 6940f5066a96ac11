"""Forms of the account pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tongqu.shared.access.actions.tokens import LONGEST_DAYS
from tongqu.shared.access.rules import TokenScope


class SignInForm(forms.Form):
    """Login and password; the lengths are bounded before anything is hashed or stored."""

    username = forms.CharField(
        label=_("Login"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    new = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, not only digits, not a common password, unlike login and name."),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Refuse two that differ."""
        again = str(self.cleaned_data["again"])
        if "new" in self.cleaned_data and self.cleaned_data["new"] != again:
            raise forms.ValidationError(
                _("The two passwords differ. Type the same one twice."), code="differ"
            )
        return again


class ChangePasswordForm(NewPasswordForm):
    """The old password, and a new one."""

    old = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "new", "again")


class TokenForm(forms.Form):
    """A token for a program."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=[(str(scope), str(scope)) for scope in TokenScope],
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(label=_("Days it holds"), initial=90, min_value=1, max_value=LONGEST_DAYS)


class PersonForm(forms.Form):
    """A person who is to sign in."""

    username = forms.CharField(
        label=_("Login"), max_length=60, help_text=_("2 to 60 small letters, digits, '.', '-' or '_'")
    )
    name = forms.CharField(label=_("Full name"), max_length=60)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
