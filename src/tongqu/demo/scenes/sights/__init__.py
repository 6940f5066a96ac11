"""The matters that a scene can show, before they are dealt with and after."""
