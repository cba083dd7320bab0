"""Names of elements in Word documents, the same in both forms of Open XML.

Word saves the Transitional form, and on demand the Strict one, whose namespaces are others. Names
are therefore read with prefixes of our own: `w:p`, `m:oMath`, `mc:Choice`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

ON: Final = frozenset({"1", "true", "on"})
_OFF: Final = frozenset({"0", "false", "off"})
_PREFIXES: Final = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
}


def name_of(element: Any) -> str:
    """Returns the name of an element with its prefix; nothing for what is none of those known."""
    if not isinstance(element.tag, str):  # a comment
        return ""
    namespace, _, name = element.tag[1:].rpartition("}")
    prefix = _PREFIXES.get(namespace)
    return f"{prefix}:{name}" if prefix else ""


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yields the children of an element with one of some names."""
    return (one for one in element if name_of(one) in names)


def child(element: Any, *path: str) -> Any:
    """Returns the first child by a name, its first child by the next one and so on, or None."""
    for name in path:
        element = None if element is None else next(children(element, name), None)
    return element


def value_of(element: Any, name: str = "val") -> str:
    """Returns an attribute, whichever its namespace; nothing where there is no such one.

    Args:
        element: the element, or None.
        name: of the attribute, without a prefix.
    """
    attributes = {} if element is None else element.attrib
    return next((str(attributes[key]) for key in attributes if key.split("}")[-1] == name), "")


def is_on(element: Any) -> bool:
    """Tells whether an element that switches something on does not say the contrary."""
    return value_of(element) not in _OFF
