"""The documents of an index beside their folder: where each stands, and what to see to."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assistant.corpus import Corpus, Refusal, read_corpus
from assistant.domain import SourceDocument
from assistant.errors import CorpusError
from assistant.index import Index, build_index, open_index
from assistant.settings import Settings
from assistant.sources import Source, Sources, State, list_sources
from assistant.testing import HashEncoder, tiny_corpus, write_document
from tests.small_indexes import write_questions

MAPPING = """title: Liste
publisher: Éditeur
url: https://example.org/liste
language: fr
published: 2016-07-11
file: liste.csv
fields:
  nom: {column: Nom}
key: [nom]
row_title: "{nom}"
sentences: ["Le projet « {nom} » est aidé."]
"""
ABSENT = Refusal(
    "liste.table.yaml",
    "The table liste.csv is not there. Put it beside its mapping, or name its folder with "
    "--tables. It comes from https://example.org/liste",
)


def built(folder: Path, tables: Path | None = None) -> Index:
    """Builds an index of `folder`/corpus beside it and opens it."""
    encoder = HashEncoder()
    build_index(
        read_corpus(folder / "corpus", tables),
        folder / "index",
        encoder.identity,
        lambda: encoder,
        Settings(),
        lambda _: lambda _: None,
    )
    return open_index(folder / "index")


def put_metadata(folder: Path, name: str, *lines: str) -> None:
    """Writes a text with the least metadata and the lines given."""
    write_document(folder, name, f"Le texte {name} parle du terril.")
    least = ["title: Titre", "publisher: Éditeur", "language: fr", *lines]
    (folder / f"{name}.yaml").write_text("\n".join(least) + "\n", encoding="utf-8")


def states(sources: Sources) -> dict[str, str]:
    """Returns the state of every document by its id."""
    return {source.document_id: str(source.state) for source in sources.documents}


def problems(sources: Sources) -> dict[str, tuple[str, ...]]:
    """Returns what is wrong with the documents with which something is wrong."""
    return {source.document_id: source.problems for source in sources.documents if source.problems}


def test_everything_is_told_of_a_document(tiny_index: Index) -> None:
    """A document that is in the index as it is in the folder is listed with all its data."""
    assert list_sources(tiny_index).documents[1] == Source(
        document_id="musee",
        title="Musée",
        publisher="Éditeur",
        url="https://example.org/musee",
        date=None,
        language="fr",
        passages=1,
        problems=(),
        state=State.INDEXED,
    )


def test_record_is_json_in_its_order(tiny_index: Index) -> None:
    """As JSON, the record has its keys in order and its state as a word."""
    record = json.loads(json.dumps(list_sources(tiny_index).documents[1].to_json()))
    assert list(record.items()) == [
        ("document_id", "musee"),
        ("title", "Musée"),
        ("publisher", "Éditeur"),
        ("url", "https://example.org/musee"),
        ("date", None),
        ("language", "fr"),
        ("passages", 1),
        ("problems", []),
        ("state", "indexed"),
    ]


def test_documents_are_listed_in_order(tmp_path: Path) -> None:
    """Documents of the index and of the folder come together, in the order of their ids."""
    index = built(tiny_corpus(tmp_path / "corpus").parent)
    for name in ("a", "n", "z"):
        write_document(tmp_path / "corpus", name, "Un texte neuf.")
    assert [source.document_id for source in list_sources(index).documents] == [
        "a",
        "mine",
        "musee",
        "n",
        "parc",
        "z",
    ]


def test_unchanged_folder_is_indexed(tiny_index: Index) -> None:
    """Right after a build, every document is as it is in the folder, and nothing is wrong."""
    sources = list_sources(tiny_index)
    assert states(sources) == {"mine": "indexed", "musee": "indexed", "parc": "indexed"}
    assert problems(sources) == {}
    assert (sources.refused, sources.absent) == ((), ())


def test_each_state(tiny_index: Index, tmp_path: Path) -> None:
    """A document is as it was, changed, new or removed, whatever is done to the others."""
    corpus = tmp_path / "corpus"
    write_document(corpus, "parc", "Le parc couvre 46 hectares.")
    write_document(corpus, "terril", "Le terril est haut.", title="Terril")
    for suffix in ("txt", "yaml"):
        (corpus / f"mine.{suffix}").unlink()
    sources = list_sources(tiny_index)
    assert states(sources) == {
        "mine": "removed",
        "musee": "indexed",
        "parc": "changed",
        "terril": "new",
    }
    assert [source.passages for source in sources.documents] == [1, 1, 1, 0]
    assert problems(sources) == {}


def test_states_after_the_next_build(tiny_index: Index, tmp_path: Path) -> None:
    """What was changed, new or removed is indexed or gone once the index is up to date."""
    corpus = tmp_path / "corpus"
    write_document(corpus, "parc", "Le parc couvre 46 hectares.")
    write_document(corpus, "terril", "Le terril est haut.")
    for suffix in ("txt", "yaml"):
        (corpus / f"mine.{suffix}").unlink()
    assert states(list_sources(built(tmp_path))) == {
        "musee": "indexed",
        "parc": "indexed",
        "terril": "indexed",
    }


@pytest.mark.parametrize("change", ["title: Autre", "accessed: 2026-11-23", "licence: CC-BY"])
def test_new_metadata_alone_is_a_change(tiny_index: Index, tmp_path: Path, change: str) -> None:
    """A text is changed too when only something that is said about it is."""
    yaml = tmp_path / "corpus" / "parc.yaml"
    key = change.partition(":")[0]
    kept = [line for line in yaml.read_text().splitlines() if not line.startswith(key)]
    yaml.write_text("\n".join([*kept, change]) + "\n")
    assert states(list_sources(tiny_index))["parc"] == "changed"


def test_changed_document_is_listed_as_it_is_now(tiny_index: Index, tmp_path: Path) -> None:
    """Of a changed document the new title stands in the list, with the passages in the index."""
    write_document(tmp_path / "corpus", "parc", "Le parc est grand.", title="Le parc")
    (parc,) = [one for one in list_sources(tiny_index).documents if one.document_id == "parc"]
    assert (parc.title, parc.passages, parc.state) == ("Le parc", 1, State.CHANGED)


def test_document_that_is_refused_now_is_removed(tiny_index: Index, tmp_path: Path) -> None:
    """A document that lost its metadata still answers, and is both removed and refused."""
    (tmp_path / "corpus" / "parc.yaml").unlink()
    sources = list_sources(tiny_index)
    assert states(sources)["parc"] == "removed"
    assert [refusal.name for refusal in sources.refused] == ["parc.txt"]
    assert sources.refused[0].reason.startswith("parc.yaml is missing. ")


def test_refusals_are_those_of_the_folder(tmp_path: Path) -> None:
    """A file that was refused and is gone is not told any more; one that is refused now is."""
    corpus = tiny_corpus(tmp_path / "corpus")
    (corpus / "avant.odt").write_text("Rien.")
    index = built(tmp_path)
    (corpus / "avant.odt").unlink()
    (corpus / "après.odt").write_text("Rien.")
    assert [refusal.name for refusal in list_sources(index).refused] == ["après.odt"]


def test_problems_are_those_of_the_folder(tmp_path: Path) -> None:
    """What was odd at the last build and is mended is not told any more; what is odd now is."""
    corpus = tiny_corpus(tmp_path / "corpus")
    write_document(corpus, "parc", "Le parcJoli est vert.")
    write_document(corpus, "terril", "Le terrilJumeau est là.")
    index = built(tmp_path)
    assert set(problems(list_sources(index))) == {"terril", "parc"}
    write_document(corpus, "terril", "Le terril jumeau est là.")
    write_document(corpus, "mine", "La mineNoire a fermé en 1990.")
    assert problems(list_sources(index)) == {
        "mine": ("words that seem glued together: “mineNoire” (line 1)",),
        "parc": ("words that seem glued together: “parcJoli” (line 1)",),
    }


def test_folder_that_is_gone_leaves_states_unknown(tmp_path: Path) -> None:
    """Without its folder, the index tells what it knows: documents, refusals and problems."""
    corpus = tiny_corpus(tmp_path / "corpus")
    put_metadata(corpus, "seul")
    write_document(corpus, "colle", "Le terrilJumeau est là.")
    (corpus / "notes.odt").write_text("Rien.")
    index = built(tmp_path)
    shutil.rmtree(corpus)
    sources = list_sources(index)
    assert set(states(sources)) == {"colle", "mine", "musee", "parc", "seul"}
    assert set(states(sources).values()) == {"unknown"}
    assert problems(sources) == {
        "colle": ("words that seem glued together: “terrilJumeau” (line 1)",),
        "seul": ("url is missing",),
    }
    assert [source.passages for source in sources.documents] == [1, 1, 1, 1, 1]
    assert [refusal.name for refusal in sources.refused] == ["notes.odt"]
    assert sources.absent == ()


def test_folder_that_cannot_be_read_is_told(tiny_index: Index, tmp_path: Path) -> None:
    """A folder that is there and wrong as a whole is an error, as it is for a build."""
    glossary = tmp_path / "corpus" / "glossary.yaml"
    glossary.write_text("A:\n  fr: [B]\nC:\n  fr: [B]\n", encoding="utf-8")
    with pytest.raises(CorpusError) as caught:
        list_sources(tiny_index)
    assert caught.value.problem == "In glossary.yaml, “B” stands for A and for C."


def test_folder_without_documents_is_told(tiny_index: Index, tmp_path: Path) -> None:
    """A folder that lost all its documents is an error too."""
    for file in (tmp_path / "corpus").iterdir():
        file.unlink()
    with pytest.raises(CorpusError, match="No document in"):
        list_sources(tiny_index)


def test_questions_of_a_folder_that_is_gone_are_not_looked_for(
    tiny_index: Index, tmp_path: Path
) -> None:
    """Questions are compared with the texts of their folder as long as it is there."""
    write_questions(tmp_path / "corpus", "terril", [{"sentence": "dort", "fr": ["Quand ?"]}])
    problem, *_ = list_sources(tiny_index).questions
    assert problem == "terril.questions.yaml, line 1: there is no source called terril."
    shutil.rmtree(tmp_path / "corpus")
    assert list_sources(tiny_index).questions == ()


def test_another_folder_is_compared_with(tiny_index: Index, tmp_path: Path) -> None:
    """A folder that is named counts instead of the one that the index was built from."""
    other = tmp_path / "other"
    write_document(other, "parc", "Le parc couvre 45 hectares. Des arbres y poussent.")
    write_document(other, "neuf", "Un texte neuf.")
    assert states(list_sources(tiny_index, other)) == {
        "mine": "removed",
        "musee": "removed",
        "neuf": "new",
        "parc": "indexed",
    }


@pytest.mark.parametrize("which", ["corpus", "tables"])
def test_folder_that_was_named_must_be_there(tiny_index: Index, tmp_path: Path, which: str) -> None:
    """A wrong folder that was named is an error, not unknown."""
    absent = tmp_path / "absent"
    folders: dict[str, Path | None] = {"corpus": None, "tables": None, which: absent}
    with pytest.raises(CorpusError) as caught:
        list_sources(tiny_index, folders["corpus"], folders["tables"])
    assert str(absent) in caught.value.problem


def test_tables_of_the_build_are_compared_with(tmp_path: Path) -> None:
    """Rows are compared with the table in the folder that the index was built with."""
    corpus, tables = tiny_corpus(tmp_path / "corpus"), tmp_path / "tables"
    (corpus / "liste.table.yaml").write_text(MAPPING, encoding="utf-8")
    tables.mkdir()
    (tables / "liste.csv").write_text("Nom\nLe beau parc\nUn terril vert\n", encoding="utf-8")
    index = built(tmp_path, tables)
    rows = [name for name in index.documents if name.startswith("liste")]
    assert len(rows) == 2
    assert set(states(list_sources(index)).values()) == {"indexed"}
    (tables / "liste.csv").write_text("Nom\nLe beau parc\nUn musée\n", encoding="utf-8")
    now = states(list_sources(index))
    assert sorted(now[name] for name in now if name.startswith("liste")) == [
        "indexed",
        "new",
        "removed",
    ]
    other = tmp_path / "other"
    other.mkdir()
    (other / "liste.csv").write_text("Nom\nLe beau parc\n", encoding="utf-8")
    compared = states(list_sources(index, tables=other))
    assert sorted(compared[name] for name in rows) == ["indexed", "removed"]


def test_table_that_is_gone_is_absent(tmp_path: Path) -> None:
    """A mapping whose table is gone is told, and its rows are removed."""
    corpus = tiny_corpus(tmp_path / "corpus")
    (corpus / "liste.table.yaml").write_text(MAPPING, encoding="utf-8")
    (corpus / "liste.csv").write_text("Nom\nLe beau parc\n", encoding="utf-8")
    index = built(tmp_path)
    assert list_sources(index).absent == ()
    (corpus / "liste.csv").unlink()
    sources = list_sources(index)
    assert sources.absent == (ABSENT,)
    assert sources.refused == ()
    assert [state for name, state in states(sources).items() if name.startswith("liste")] == [
        "removed"
    ]


@pytest.mark.parametrize("gone", ["corpus", "tables"])
def test_either_folder_that_is_gone_leaves_states_unknown(tmp_path: Path, gone: str) -> None:
    """Without the folder of tables there is nothing to compare with either, unless it is named."""
    corpus, tables = tiny_corpus(tmp_path / "corpus"), tmp_path / "tables"
    (corpus / "liste.table.yaml").write_text(MAPPING, encoding="utf-8")
    tables.mkdir()
    (tables / "liste.csv").write_text("Nom\nLe beau parc\n", encoding="utf-8")
    index = built(tmp_path, tables)
    (tmp_path / gone).rename(tmp_path / "moved")
    assert set(states(list_sources(index)).values()) == {"unknown"}
    moved = tmp_path / "moved"
    named = list_sources(index, moved) if gone == "corpus" else list_sources(index, tables=moved)
    assert set(states(named).values()) == {"indexed"}


def test_named_tables_do_not_stand_for_the_corpus(tiny_index: Index, tmp_path: Path) -> None:
    """Where the corpus is gone, a folder of tables, as the settings may name one, is no help."""
    shutil.rmtree(tmp_path / "corpus")
    (tmp_path / "tables").mkdir()
    assert set(states(list_sources(tiny_index, tables=tmp_path / "tables")).values()) == {"unknown"}


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """A missing publisher or address is a problem, before what the checks of the corpus find."""
    corpus = tiny_corpus(tmp_path / "corpus")
    put_metadata(corpus, "seul")
    (corpus / "seul.txt").write_text("Le terrilJumeau est là.", encoding="utf-8")
    beir = tmp_path / "beir"
    beir.mkdir()
    (beir / "corpus.jsonl").write_text('{"_id": "d", "text": "Un texte."}\n', encoding="utf-8")
    index = built(tmp_path)
    assert problems(list_sources(index)) == {
        "seul": ("url is missing", "words that seem glued together: “terrilJumeau” (line 1)")
    }
    (other,) = [s for s in list_sources(index, beir).documents if s.document_id == "d"]
    assert other.problems == ("publisher is missing", "url is missing")


def test_sheet_with_sources_needs_no_address(tmp_path: Path) -> None:
    """A sheet whose sentences name their sources has addresses enough."""
    corpus = tiny_corpus(tmp_path / "corpus")
    (corpus / "fiche.md").write_text(
        "---\ntitle: Fiche\npublisher: Éditeur\nlanguage: fr\n"
        "sources:\n  a: https://example.org/a\n---\n\nLe musée a coûté cher.[^a]\n",
        encoding="utf-8",
    )
    assert problems(list_sources(built(tmp_path))) == {}


def test_document_without_a_sentence_is_told(tmp_path: Path) -> None:
    """A document of the index of which nothing can be quoted is a problem."""
    encoder = HashEncoder()
    documents = tuple(
        SourceDocument(name, name, text, "fr", publisher="Éditeur", url="https://example.org/")
        for name, text in (("parc", "Le parc est grand."), ("vide", "\n"))
    )
    corpus = Corpus(documents, (), folder=str(tmp_path / "gone"))
    build_index(
        corpus,
        tmp_path,
        encoder.identity,
        lambda: encoder,
        Settings(),
        lambda _: lambda _: None,
    )
    assert problems(list_sources(open_index(tmp_path))) == {"vide": ("holds no sentence",)}


def test_new_document_may_still_get_its_sentences(tiny_index: Index, tmp_path: Path) -> None:
    """A document that is not in the index yet has no passages there, and that is no problem."""
    write_document(tmp_path / "corpus", "neuf", "Un texte neuf.")
    (new,) = [one for one in list_sources(tiny_index).documents if one.document_id == "neuf"]
    assert (new.state, new.passages, new.problems) == (State.NEW, 0, ())


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize(
    ("day", "told"),
    [
        (None, set()),
        ("2016-07-11", {"sans"}),
        ("2016-07-12", {"sans", "publié"}),
        ("2026-11-22", {"sans", "publié"}),
        ("2026-11-23", {"sans", "publié", "vu"}),
    ],
)
def test_old_documents_are_told(
    tmp_path: Path, day: str | None, told: set[str], gone: bool
) -> None:
    """A document from before a day is a problem, by its publication or else by its access."""
    address = "url: https://example.org/"
    for name, lines in {
        "publié": ["published: 2016-07-11", "accessed: 2026-11-30"],
        "vu": ["accessed: 2026-11-22"],
        "sans": [],
    }.items():
        put_metadata(tmp_path / "corpus", name, address, *lines)
        (tmp_path / "corpus" / f"{name}.txt").write_text(f"Le texte {name} parle d’un terril.")
    index = built(tmp_path)
    if gone:
        shutil.rmtree(tmp_path / "corpus")
    days = {
        "publié": ("is from 2016-07-11",),
        "vu": ("is from 2026-11-22",),
        "sans": ("has neither a date nor a day of access",),
    }
    expected = {name: days[name] for name in told}
    assert problems(list_sources(index, older_than=day)) == expected
