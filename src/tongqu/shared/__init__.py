"""The Django apps that every system stands on."""
