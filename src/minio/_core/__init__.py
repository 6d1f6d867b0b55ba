"""The internals. Nothing outside the package imports from here. See docs/architecture.md for an overview."""
