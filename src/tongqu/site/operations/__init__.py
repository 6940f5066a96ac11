"""Operations (运行): the pages, API and acts by which an installation is watched: queue, workers, journal, space.

They stand in `site` because `journal` and `jobs` lie below `access` and know nothing of people's rights.
"""
