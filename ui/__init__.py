"""The web interface of the assistant."""
