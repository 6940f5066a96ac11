"""Coarse cells get a minus, so that small places do not find by them what lies in the square kilometre around."""

from django.db import migrations

# The resolution stands in bits 52 to 55 of a cell.
_FINE_AS_WELL = (
    "INSERT INTO timeline_viewcell (cell, is_nadir, taken_us, view_id)"
    " SELECT -cell, is_nadir, taken_us, view_id FROM timeline_viewcell WHERE cell > 0 AND ((cell >> 52) & 15) = 8"
    " AND view_id NOT IN (SELECT view_id FROM timeline_viewcell WHERE cell > 0 AND ((cell >> 52) & 15) > 8)"
)
_COARSE_ONLY = (
    "UPDATE timeline_viewcell SET cell = -cell WHERE cell > 0 AND (((cell >> 52) & 15) = 5 OR (((cell >> 52) & 15) = 8"
    " AND view_id IN (SELECT view_id FROM timeline_viewcell WHERE cell > 0 AND ((cell >> 52) & 15) > 8)))"
)
_BACK = (
    "DELETE FROM timeline_viewcell WHERE cell < 0 AND EXISTS (SELECT 1 FROM timeline_viewcell AS fine WHERE fine.cell ="
    " -timeline_viewcell.cell AND fine.is_nadir = timeline_viewcell.is_nadir AND fine.taken_us = timeline_viewcell.taken_us"
    " AND fine.view_id = timeline_viewcell.view_id)",
    "UPDATE timeline_viewcell SET cell = -cell WHERE cell < 0",
)


class Migration(migrations.Migration):
    dependencies = [("timeline", "0003_warp")]

    operations = [
        migrations.RunSQL([_FINE_AS_WELL, _COARSE_ONLY], list(_BACK)),
    ]
