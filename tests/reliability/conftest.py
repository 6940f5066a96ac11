"""The modules of this folder that run inside a house belong to its settings, not to those of the tests."""

collect_ignore = ["tally", "settings.py", "prepare.py", "check.py", "writer.py", "climbing.py"]
