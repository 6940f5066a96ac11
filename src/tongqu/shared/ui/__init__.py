"""The page shell, the components that every page uses, and the vendored scripts and styles."""
