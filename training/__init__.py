"""Trains the reader that `assistant.reader` serves; see `training.__main__`."""
