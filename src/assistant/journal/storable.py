"""What every database takes: texts without half characters and NUL, JSON without odd numbers."""

from __future__ import annotations

import math
from typing import Any


def clean(text: str) -> str:
    """Replaces half characters, which have no UTF-8 form, and NUL, which PostgreSQL refuses."""
    return (
        text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")
    )


def clean_values(value: Any) -> Any:
    """Returns a JSON value with its texts clean, and None for numbers that JSON does not have."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: clean_values(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean_values(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
