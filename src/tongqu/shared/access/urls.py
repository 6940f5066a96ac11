"""Addresses of the access pages."""

from django.urls import path

from tongqu.shared.access.pages import account, people, sign_in

app_name = "access"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", sign_in.language, name="language"),
    path("new-password/<str:uid>/<str:mark>/", sign_in.new_password, name="new-password"),
    path("", account.account, name="account"),
    path("password/", account.password, name="password"),
    path("sessions/<int:number>/end/", account.end_one_session, name="end-session"),
    path("sessions/end-others/", account.end_other_sessions, name="end-other-sessions"),
    path("tokens/", account.tokens, name="tokens"),
    path("tokens/<int:number>/revoke/", account.revoke, name="revoke-token"),
    path("people/", people.people, name="people"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/deactivate/", people.deactivate_person, name="deactivate"),
    path("people/<int:number>/reactivate/", people.reactivate_person, name="reactivate"),
    path("people/<int:number>/link/", people.link, name="password-link"),
    path("people/<int:number>/end-sessions/", people.end_all_sessions, name="end-sessions"),
]
