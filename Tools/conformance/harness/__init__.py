"""A server under test: its bundles, its process, and the ways to talk to it."""
