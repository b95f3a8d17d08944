"""Plays the shared scenarios (``tests/scenarios``) with both clients."""
