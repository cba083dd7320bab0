"""Measurements of quality, speed and memory; never part of the tests."""
