"""Measures how many labelled questions are understood: the kind of thing and the form asked for.

    python -m benchmarks.asked

`training/asked.tsv` holds known questions in seven languages that were labelled by reading them
(kind, form, language, question), not by what the patterns say.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

from assistant.question.asked import form_of, kinds_of
from assistant.question.patterns import flatten

LABELLED: Final = Path(__file__).parent.parent / "training" / "asked.tsv"
ANY: Final = {"none", "procedure"}
"""Labels of questions that any sentence may answer."""
COMBIEN: Final = {"number", "amount"}
"""What « combien » may ask for, when nothing says which."""


def main() -> None:
    """Prints the shares, of all and by language."""
    told: defaultdict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for line in LABELLED.read_text(encoding="utf-8").splitlines():
        kind, form, language, text = line.split("\t")
        flat = flatten(text)
        kinds = kinds_of(flat, language)
        right = kind in kinds or (kind in ANY and not kinds)
        right = right or (kind in COMBIEN and "quantity" in kinds)
        well = form_of(text, flat, language, kinds) == form
        for name in ("all", language):
            told[name].append((right, well))
    print("| | questions | kind | form |\n| --- | --- | --- | --- |")
    for name, each in sorted(told.items()):
        kinds_right = sum(right for right, _ in each) / len(each)
        forms_right = sum(well for _, well in each) / len(each)
        print(f"| {name} | {len(each)} | {kinds_right:.3f} | {forms_right:.3f} |")


if __name__ == "__main__":
    main()
