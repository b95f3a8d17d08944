"""Runs the shared scenarios of ``tests/scenarios`` with both clients."""
