"""The time axis (时间轴): every photo of a place, newest first, and which ground each one shows.

Words: a *view* is what one photo shows of the ground; its *footprint* is the outline of that ground; its *pose* is
where the camera stood and how it was turned. `queries.photos.photos_at` answers which photos show a place.
"""
