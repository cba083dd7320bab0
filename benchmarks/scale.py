"""How the index grows: build, load, memory and query times at 1,000 to 100,000 passages.

    python -m benchmarks.scale DATA [--index DIR] [--sizes 1000 10000 100000]

DATA holds the list of operations (`eu_operations/raw/*.xls`) and the UNESCO records
(`bassin_minier_unesco/corpus.jsonl`). Rows are taken from the list first, then from the records,
then made up from the words of both, until there are enough passages. With `--index` the index
stays, and a run that was stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.bootstrap import open_assistant, update_index
from assistant.corpus import read_corpus
from assistant.settings import Settings
from benchmarks.collection import progress

CORPUS = Path(__file__).parent.parent / "corpus"
OPERATIONS = CORPUS / "operations-2014-2020.table.yaml"
PASSAGES_A_ROW = 4  # the mapping's sentences, most of them long enough to stand alone
QUESTIONS = 200
PLACES = (
    "Lens", "Liévin", "Oignies", "Bruay-la-Buissière", "Wallers-Arenberg", "Lewarde", "Béthune",
    "Hénin-Beaumont", "Drocourt", "Rouvroy", "Loos-en-Gohelle", "Denain", "Valenciennes", "Douai",
)  # fmt: skip

LIST_OF_RECORDS = """\
title: Éléments du bassin minier
publisher: Mission Bassin Minier
url: https://www.data.gouv.fr/
language: fr
file: records.csv
fields: {nom: {column: nom}, texte: {column: texte}}
key: [nom, texte]
row_title: "{nom}"
sentences: ["{texte}"]
"""
LIST_OF_INVENTIONS = """\
title: Opérations inventées pour la mesure
publisher: benchmarks.scale
url: https://example.org/
language: fr
file: inventions.csv
fields:
  intitulé: {column: intitulé}
  bénéficiaire: {column: bénéficiaire}
  montant: {column: montant, type: amount}
  total: {column: total, type: amount}
key: [intitulé]
row_title: "{intitulé}"
sentences:
  - "Cette opération de {bénéficiaire} reçoit {montant} du FEDER, pour {total}."
"""


def write_corpus(folder: Path, data: Path, size: int) -> None:
    """Writes a corpus of about `size` passages and the tables that it names into `folder`."""
    (table,) = (data / "eu_operations" / "raw").glob("*.xls")
    shutil.copy(table, folder)
    # The whole list, or its first programmes.
    mapping = OPERATIONS.read_text(encoding="utf-8")
    mapping = mapping.replace("\nonly:\n  programme: [PO_031]", "").replace("title:", "title:", 1)
    if size < 2_000:
        mapping += "\nonly: {programme: [PO FEDER-FSE RA, PO FEDER-FSE_LR]}\n"
    (folder / "operations.table.yaml").write_text(mapping, encoding="utf-8")
    left = size - len(read_corpus(folder).documents) * PASSAGES_A_ROW
    records = [
        json.loads(line)
        for line in (data / "bassin_minier_unesco" / "corpus.jsonl").open(encoding="utf-8")
    ]
    rows = [
        (record["title"], " ; ".join(record["text"].split("\n")[1:]) + ".") for record in records
    ]
    _write_table(folder, "records", LIST_OF_RECORDS, ("nom", "texte"), rows[: max(left, 0)])
    left -= len(rows)
    titles = [document.title for document in read_corpus(folder).documents]
    head = ("intitulé", "bénéficiaire", "montant", "total")
    _write_table(folder, "inventions", LIST_OF_INVENTIONS, head, list(_inventions(titles, left)))


def _write_table(
    folder: Path, name: str, mapping: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> None:
    if not rows:
        return
    (folder / f"{name}.table.yaml").write_text(mapping, encoding="utf-8")
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])


def _inventions(titles: list[str], count: int) -> Iterator[tuple[str, ...]]:
    """Yields rows whose titles begin like one real title and end like another."""
    chance = random.Random(0)  # noqa: S311 - the same rows every time, no secret
    for number in range(count):
        first, second = (chance.choice(titles).split() for _ in range(2))
        words = [*first[:3], *second[-3:]]
        total = chance.randrange(10_000, 9_000_000)
        yield (
            f"{' '.join(words)}, tranche {number}",
            chance.choice(PLACES),
            str(total // 2),
            str(total),
        )


def measure(index: Path) -> None:
    """Prints load time, memory and query times of an index, in a process of its own."""
    settings = Settings(index_folder=index)
    began = time.perf_counter()
    assistant = open_assistant(settings)
    loaded = time.perf_counter() - began
    titles = sorted({document.title for document in assistant.index.documents.values()})
    chosen = random.Random(1).choices(titles, k=QUESTIONS)  # noqa: S311 - no secret
    times = []
    right = 0
    for title in ["Que finance le FEDER ?", *chosen]:
        began = time.perf_counter()
        answer = assistant.conversation().ask(f"Quel montant FEDER pour {title[:150]} ?")
        times.append((time.perf_counter() - began) * 1000)
        right += any(citation.title == title for citation in answer.citations)
    resident = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"  opened with its model in {loaded:.1f} s; {resident * 4096 / 1e6:.0f} MB, "
        f"peak {peak:.0f} MB; answer {statistics.median(times[1:]):.1f} ms (median), "
        f"{statistics.quantiles(times[1:], n=20)[18]:.1f} ms (95th percentile); "
        f"{right} of {QUESTIONS} cite the row that was asked for"
    )


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--index", type=Path, help="keep the index in this folder")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.measure:
        measure(parsed.index)
        return
    with tempfile.TemporaryDirectory() as place:
        index = parsed.index or Path(place) / "index"
        for size in parsed.sizes:
            folder = Path(place) / str(size)
            folder.mkdir()
            write_corpus(folder, parsed.data, size)
            settings = Settings(corpus=folder, index_folder=index)
            began = time.perf_counter()
            changes = update_index(settings, progress("passages"))
            built = time.perf_counter() - began
            began = time.perf_counter()
            update_index(settings, progress("passages"))
            unchanged = time.perf_counter() - began
            print(
                f"{changes.passages} passages: {changes.embedded} embedded, built in {built:.1f} s "
                f"({1000 * built / max(changes.embedded, 1):.1f} s a thousand); "
                f"unchanged, {unchanged:.1f} s",
                flush=True,
            )
            command = [sys.executable, "-m", "benchmarks.scale", str(parsed.data), "--measure"]
            subprocess.run([*command, "--index", str(index)], check=True)  # noqa: S603 - ourselves


if __name__ == "__main__":
    main()
