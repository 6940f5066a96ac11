"""Composition: settings, URLs, API, navigation, the cockpit and the `tongqu` command."""
