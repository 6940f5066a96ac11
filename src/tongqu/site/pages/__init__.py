"""The pages of the composition: cockpit, preferences, live events, component gallery, errors."""
