"""The machinery. Nothing outside the package imports from here; docs/architecture.md says how it fits together."""
