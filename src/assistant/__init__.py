"""Answers questions about the mining basin from its sources' own sentences."""
