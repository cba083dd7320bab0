"""Retrieval on a BEIR collection with one relevant document a query.

    python -m benchmarks.retrieval DIR

prints Success@1, Success@5, RR@10 and nDCG@10 for the odd queries, on which settings are chosen,
and for the even ones, which are only reported.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from benchmarks.collection import open_collection, progress, read_queries


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="retrieval on a BEIR collection")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    queries = read_queries(folder)
    with open_collection(folder) as retriever:
        done = progress("queries")(len(queries))
        ranks = []
        for query in queries:
            found = [name for name, _ in retriever.search_documents(query.text, 10)]
            ranks.append(found.index(query.relevant) + 1 if query.relevant in found else math.inf)
            done(1)
    for name, chosen in (("odd", ranks[1::2]), ("even", ranks[0::2])):
        total = len(chosen)
        print(
            f"{name} ({total} queries): "
            f"Success@1 {sum(rank == 1 for rank in chosen) / total:.4f}  "
            f"Success@5 {sum(rank <= 5 for rank in chosen) / total:.4f}  "
            f"RR@10 {sum(1 / rank for rank in chosen) / total:.4f}  "
            f"nDCG@10 {sum(1 / math.log2(1 + rank) for rank in chosen) / total:.4f}"
        )


if __name__ == "__main__":
    main()
