"""Evidence (证据): photos and documents, stored once under their SHA-256 and shared by grant.

Words: *evidence* is one stored file; a *rendition* is a smaller picture made of a photo; a *batch* is one import of
many files; a *grant* lets a unit see evidence that it does not keep.

Public: `actions.store.store` and `actions.importing.start_import` bring evidence in; `actions.grants.grant`,
`share_with` and `revoke` share it; `actions.views.record_view` journals a look at restricted evidence;
`queries.finding` lists it, `queries.files` reads its bytes.
"""
