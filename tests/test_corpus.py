"""The corpus is read verbatim, and what cannot be read is refused by name without stopping."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from assistant.corpus import Refusal, files, read_corpus, read_text_document
from assistant.domain import Heading, SourceDocument, Span
from assistant.errors import CorpusError, DocumentError

CORPUS = Path(__file__).parents[1] / "corpus"
METADATA = "title: Titre\npublisher: Éditeur\nlanguage: fr\n"
NO_ADDRESS = "`metadata.url` is no web address. Correct or remove it."
NO_LANGUAGE = "`metadata.lang` is no code of two letters."


def put(folder: Path, name: str, text: str | bytes, metadata: str | bytes | None) -> None:
    """Writes a text and, unless it is None, the metadata beside it."""
    for suffix, content in ((".txt", text), (".yaml", metadata)):
        if content is not None:
            data = content if isinstance(content, bytes) else content.encode()
            (folder / f"{name}{suffix}").write_bytes(data)


def put_beir(folder: Path, *lines: object) -> None:
    """Writes a collection; what is not a string becomes a line of JSON."""
    written = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    (folder / "corpus.jsonl").write_text("\n".join(written) + "\n", encoding="utf-8")


def refusal(folder: Path, text: str | bytes = "Texte.", metadata: str | bytes | None = "") -> str:
    """Reads a corpus of one good text and one bad; returns why the bad one was refused."""
    put(folder, "bon", "Bon.", METADATA)
    put(folder, "autre", text, metadata)
    read = read_corpus(folder)
    assert [document.document_id for document in read.documents] == ["bon"]
    assert read.documents[0].text == "Bon."
    assert [refused.name for refused in read.refused] == ["autre.txt"]
    return read.refused[0].reason


def beir_refusal(folder: Path, line: object) -> str:
    """Reads a collection with one bad line between two good ones; returns why it was refused."""
    put_beir(folder, {"_id": "a", "text": "A."}, line, {"_id": "c", "text": "C."})
    read = read_corpus(folder)
    assert [(document.document_id, document.text) for document in read.documents] == [
        ("a", "A."),
        ("c", "C."),
    ]
    assert [refused.name for refused in read.refused] == ["corpus.jsonl:2"]
    return read.refused[0].reason


def test_real_page_is_read_verbatim() -> None:
    """The text of the real page is its file, byte for byte."""
    read = read_corpus(CORPUS)
    assert read.refused == ()
    (page,) = (doc for doc in read.documents if doc.document_id == "bassin-minier")
    assert page.text.encode() == (CORPUS / "bassin-minier.txt").read_bytes()


def test_real_page_has_its_metadata() -> None:
    """The real page is undated, was accessed on a day, and is cited by title and address."""
    page = read_text_document(CORPUS / "bassin-minier.txt")
    written = yaml.safe_load((CORPUS / "bassin-minier.yaml").read_text(encoding="utf-8"))
    assert page.title == "Bassin Minier"
    assert page.publisher == "Département du Pas-de-Calais"
    assert page.url == written["url"]
    assert str(page.url).startswith("http://www.echo62.com/Europe/")
    assert page.language == "fr"
    assert page.published is None
    assert page.accessed == "2026-11-22"
    assert written["accessed"] == date(2026, 11, 22)
    assert page.licence is None


def test_real_page_has_its_headings() -> None:
    """The headings of the real page are the lines that the metadata describe, in order."""
    page = read_text_document(CORPUS / "bassin-minier.txt")
    assert [(heading.level, heading.text) for heading in page.headings] == [
        (1, "Bassin Minier"),
        (2, "Dans sa dimension environnementale"),
        (2, "Dans sa dimension économique"),
        (2, "Dans sa dimension sociale"),
        (2, "Dans sa dimension touristique"),
    ]
    for heading in page.headings:
        assert page.text[heading.span.start : heading.span.end] == heading.text


def test_all_metadata_are_taken(tmp_path: Path) -> None:
    """Everything that the sidecar file says is in the document, dates in ISO form."""
    put(
        tmp_path,
        "page-1.2",
        "Titre\n  Partie un \nTexte.",
        METADATA + "url: https://exemple.fr/a?b=1#c\npublished: 2016-07-11\n"
        "accessed: 2026-11-22\nlicence: CC-BY 4.0\nheadings: {1: [Titre], 2: ['Partie *']}\n",
    )
    assert read_corpus(tmp_path).documents == (
        SourceDocument(
            document_id="page-1.2",
            title="Titre",
            text="Titre\n  Partie un \nTexte.",
            language="fr",
            publisher="Éditeur",
            url="https://exemple.fr/a?b=1#c",
            published="2016-07-11",
            accessed="2026-11-22",
            licence="CC-BY 4.0",
            headings=(
                Heading(Span(0, 5), 1, "Titre"),
                Heading(Span(6, 18), 2, "Partie un"),
            ),
        ),
    )


def test_documents_come_in_order_of_their_ids(tmp_path: Path) -> None:
    """Documents are sorted by id, whatever the order of their files."""
    for name in ("b", "a-1", "a"):
        put(tmp_path, name, f"Texte {name}.", METADATA)
    read = read_corpus(tmp_path)
    assert [document.document_id for document in read.documents] == ["a", "a-1", "b"]
    assert read.refused == ()


def test_file_that_no_reader_takes_is_refused(tmp_path: Path) -> None:
    """A file of another kind is refused by its name, and what it may be saved as is said."""
    put(tmp_path, "a", "Texte.", METADATA)
    (tmp_path / "notes.odt").write_text("Rien.")
    (tmp_path / ".cache").write_text("Rien.")
    read = read_corpus(tmp_path)
    assert [document.document_id for document in read.documents] == ["a"]
    assert read.refused == (
        Refusal(
            "notes.odt",
            ".odt cannot be read. Save it as one of .docx, .htm, .html, .md, .pdf, .txt.",
        ),
    )


@pytest.mark.parametrize(
    ("metadata", "parts"),
    [
        (None, ["autre.yaml is missing", "title, publisher and language"]),
        ("title: [\nlanguage: fr", ["autre.yaml is not valid YAML (line 2)", "Correct that line"]),
        ("title: 'a\n\n\n", ["autre.yaml is not valid YAML (line 4)"]),
        ("a: b\nc: d: e\n", ["autre.yaml is not valid YAML (line 2)"]),
        (
            'title: !!python/object/apply:os.system ["false"]',
            ["title: Input should be a valid string"],
        ),
        (METADATA + "author: moi\n", ["autre.yaml: author: Extra inputs are not permitted"]),
        ("publisher: P\nlanguage: fr\n", ["autre.yaml: title: Field required"]),
        ("title: T\nlanguage: fr\n", ["autre.yaml: publisher: Field required"]),
        ("title: T\npublisher: P\n", ["autre.yaml: language: Field required"]),
        ("title: ''\npublisher: P\nlanguage: fr\n", ["title: String should have at least 1"]),
        (METADATA + "url: ftp://exemple.fr\n", ["autre.yaml: url: String should match"]),
        (METADATA + "url: 'javascript:alert(1)'\n", ["autre.yaml: url: String should match"]),
        (METADATA + "url: http://exemple.fr/a b\n", ["autre.yaml: url: String should match"]),
        ("title: T\npublisher: P\nlanguage: fra\n", ["autre.yaml: language: String should match"]),
        ("title: T\npublisher: P\nlanguage: FR\n", ["autre.yaml: language: String should match"]),
        (METADATA + "published: hier\n", ["autre.yaml: published: Value error, write the date as"]),
        (METADATA + "headings: {un: [A]}\n", ["autre.yaml: headings.un"]),
        (METADATA + "headings: {1: A}\n", ["autre.yaml: headings.1: Input should be a valid list"]),
        (METADATA + "headings:\n  2:\n  - A\n  - [B]\n", ["headings.2.1: ", "string (line 7)."]),
        ("title: T\nx: 1\n", ["publisher: Field required", "language: Field required", "x: Extra"]),
        ("", ["autre.yaml: the file: Input should be a valid dictionary"]),
        ("- a\n- b\n", ["autre.yaml: the file: Input should be a valid dictionary"]),
        (b"title: caf\xe9\n", ["This is not UTF-8 text (byte 10)", "Save it as UTF-8"]),
        (METADATA + "published: 2016-02-30\n", ["published: Input should be a valid date"]),
        (METADATA + "published: 2016-13-01\n", ["published: Input should be a valid date"]),
        (METADATA + "published: '2016-02-30'\n", ["published: Input should be a valid date"]),
        (METADATA + "published: 2016\n", ["published: ", "write the date as YYYY-MM-DD"]),
        (METADATA + "published: 2016.5\n", ["published: ", "write the date as YYYY-MM-DD"]),
        (METADATA + "published: true\n", ["published: ", "write the date as YYYY-MM-DD"]),
        (METADATA + "accessed: 20161122\n", ["accessed: ", "write the date as YYYY-MM-DD"]),
        (METADATA + f"licence: {'[' * 3_000}\n", ["autre.yaml is nested too deep."]),
        (METADATA + f"licence: {'[' * 3_000}{']' * 3_000}\n", ["autre.yaml is nested too deep."]),
        (METADATA + f"licence: {'{a: ' * 3_000}\n", ["autre.yaml is nested too deep."]),
        (METADATA + 'licence: "\\ud800"\n', ["autre.yaml: licence: Input should be a valid"]),
        ("title: ' '\npublisher: P\nlanguage: fr\n", ["title: String should have at least 1"]),
        ('title: "\\u00a0"\npublisher: P\nlanguage: fr\n', ["title: String should have at"]),
        ("title: T\npublisher: ' '\nlanguage: fr\n", ["publisher: String should have at least 1"]),
        (METADATA + "headings: {0: [A]}\n", ["headings.0", "greater than or equal to 1"]),
        (METADATA + "headings: {-1: [A]}\n", ["headings.-1", "greater than or equal to 1"]),
        (METADATA + "headings: {7: [A]}\n", ["headings.7", "less than or equal to 6"]),
    ],
)
def test_bad_metadata_are_refused(
    tmp_path: Path, metadata: str | bytes | None, parts: list[str]
) -> None:
    """Metadata that are missing, malformed or incomplete are refused by file and key or line."""
    reason = refusal(tmp_path, metadata=metadata)
    for part in parts:
        assert part in reason


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"Le caf\xe9.", "This is not UTF-8 text (byte 6). Save it as UTF-8."),
        (b"x" * 9_000 + b"\xff", "This is not UTF-8 text (byte 9000)."),
        ("Texte.".encode("utf-16"), "This is not UTF-8 text (byte 0)."),
        ("", "The file has no text. Fill it or remove it."),
        (" \n\u00a0\n\t", "The file has no text."),
        ("\ufeff", "The file has no text."),
    ],
)
def test_bad_texts_are_refused(tmp_path: Path, text: str | bytes, part: str) -> None:
    """A text that is not UTF-8 is refused with the place in it, an empty one as empty."""
    assert part in refusal(tmp_path, text, METADATA)


def test_titles_alone_are_no_text(tmp_path: Path) -> None:
    """A text of which every line is a heading is refused as empty."""
    metadata = METADATA + "headings: {1: [Titre], 2: ['Partie *']}\n"
    assert refusal(tmp_path, "Titre\n\nPartie un\n\nPartie deux\n", metadata) == (
        "The file has no text. Fill it or remove it."
    )


def test_size_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of the largest size is read, one byte more is refused with both sizes."""
    monkeypatch.setattr(files, "MAX_BYTES", 1_000)
    put(tmp_path, "long", "x" * 1_000, METADATA)
    assert len(read_corpus(tmp_path).documents[0].text) == 1_000
    put(tmp_path, "long", "x" * 1_001, METADATA)
    with pytest.raises(DocumentError) as caught:
        read_text_document(tmp_path / "long.txt")
    assert caught.value.problem == "The file has 1,001 bytes, more than 1,000."
    assert caught.value.remedy == "Split it into several documents."


@pytest.mark.parametrize("name", ["deux mots", "a#b", "a:b", "a\\b"])
def test_names_that_cannot_be_ids_are_refused(tmp_path: Path, name: str) -> None:
    """A file name with a blank, or a sign that has a meaning in an id, is refused by name."""
    put(tmp_path, "bon", "Bon.", METADATA)
    put(tmp_path, name, "Texte.", METADATA)
    assert read_corpus(tmp_path).refused == (
        Refusal(
            f"{name}.txt",
            f"“{name}” cannot name a document. "
            "Use letters, digits, dots and hyphens, without spaces.",
        ),
    )


def test_folder_called_like_a_text_is_refused(tmp_path: Path) -> None:
    """A folder whose name ends in .txt is refused like a text that cannot be read."""
    put(tmp_path, "bon", "Bon.", METADATA)
    (tmp_path / "autre.yaml").write_text(METADATA)
    (tmp_path / "autre.txt").mkdir()
    read = read_corpus(tmp_path)
    assert len(read.documents) == 1
    assert "autre.txt" in read.refused[0].name
    assert read.refused[0].reason.startswith("The file cannot be read (Is a directory).")


def test_every_bad_document_is_listed(tmp_path: Path) -> None:
    """Several bad documents are refused one by one, and all good ones are read."""
    put(tmp_path, "a", b"\xff", METADATA)
    put(tmp_path, "b", "Bon.", METADATA)
    put(tmp_path, "c", "", METADATA)
    put(tmp_path, "d", "Bon aussi.", METADATA)
    put(tmp_path, "e", "Texte.", None)
    read = read_corpus(tmp_path)
    assert [document.document_id for document in read.documents] == ["b", "d"]
    assert [refused.name for refused in read.refused] == ["a.txt", "c.txt", "e.txt"]


def test_missing_folder(tmp_path: Path) -> None:
    """A folder that does not exist is named."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path / "absent")
    assert caught.value.problem == f"There is no corpus folder at {tmp_path / 'absent'}."
    assert "--corpus" in caught.value.remedy


def test_file_is_no_folder(tmp_path: Path) -> None:
    """A file named as corpus folder is refused like a missing folder."""
    put(tmp_path, "page", "Texte.", METADATA)
    with pytest.raises(CorpusError, match="There is no corpus folder at"):
        read_corpus(tmp_path / "page.txt")


def test_empty_folder(tmp_path: Path) -> None:
    """A folder without documents is refused."""
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path)
    assert caught.value.problem == f"No document in {tmp_path} can be read."


def test_all_refused(tmp_path: Path) -> None:
    """A folder of which every document is refused is refused with the first reason."""
    put(tmp_path, "a", "Texte.", None)
    put(tmp_path, "b", "", METADATA)
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path)
    assert caught.value.problem.startswith(
        f"No document in {tmp_path} can be read (a.txt: a.yaml is missing."
    )
    assert not isinstance(caught.value, DocumentError)


@pytest.mark.parametrize(
    "text", [b"\xef\xbb\xbfUn.\r\nDeux.\r\n", b"Un.\r\nDeux.\r\n", b"Un.\rDeux.\r", b"Un.\nDeux.\n"]
)
def test_line_ends_are_levelled(tmp_path: Path, text: bytes) -> None:
    """Whatever the line ends, and with or without a byte order mark, the text is the same."""
    put(tmp_path, "page", text, METADATA)
    assert read_text_document(tmp_path / "page.txt").text == "Un.\nDeux.\n"


def test_byte_order_mark_of_metadata_is_dropped(tmp_path: Path) -> None:
    """Metadata saved with a byte order mark are read as without."""
    put(tmp_path, "page", "Texte.", b"\xef\xbb\xbf" + METADATA.encode())
    read = read_text_document(tmp_path / "page.txt")
    assert read == SourceDocument("page", "Titre", "Texte.", "fr", publisher="Éditeur")


@pytest.mark.parametrize("level", [1, 6])
def test_outermost_and_innermost_level(tmp_path: Path, level: int) -> None:
    """Headings may have the levels 1 to 6."""
    put(tmp_path, "page", "Partie\nTexte.", METADATA + f"headings: {{{level}: [Partie]}}\n")
    read = read_text_document(tmp_path / "page.txt")
    assert read.headings == (Heading(Span(0, 6), level, "Partie"),)


def test_headings_are_found_behind_crlf(tmp_path: Path) -> None:
    """Headings of a text with CRLF have offsets of the levelled text."""
    put(tmp_path, "page", b"Titre\r\n\r\nPartie\r\nTexte.", METADATA + "headings: {2: [Partie]}\n")
    read = read_text_document(tmp_path / "page.txt")
    assert read.headings == (Heading(Span(7, 13), 2, "Partie"),)


MARKUP = "<script>alert('x')</script> <b>Gras</b> &amp; ${PATH} {{ x }} \x00 Fin."


def test_markup_is_ordinary_text(tmp_path: Path) -> None:
    """Markup in a text is text like any other, neither run, removed nor decoded."""
    put(tmp_path, "page", MARKUP, METADATA)
    assert read_text_document(tmp_path / "page.txt").text == MARKUP


def test_beir_documents(tmp_path: Path) -> None:
    """A collection is read with `_id` or `id`, and with or without title, language and address."""
    put_beir(
        tmp_path,
        {"_id": "b", "title": "Titre", "text": "Un.", "metadata": {"lang": "en"}},
        {"id": "a", "text": "Deux.\r\nTrois.", "metadata": {"url": "http://x.fr", "autre": 1}},
        {"_id": "c", "id": "z", "title": "", "text": MARKUP, "metadata": {}},
    )
    read = read_corpus(tmp_path)
    assert read.refused == ()
    assert read.documents == (
        SourceDocument("a", "a", "Deux.\nTrois.", "fr", url="http://x.fr"),
        SourceDocument("b", "Titre", "Un.", "en"),
        SourceDocument("c", "c", MARKUP, "fr"),
    )


def test_beir_is_preferred_to_texts(tmp_path: Path) -> None:
    """A folder with a collection is read as one, whatever else lies in it."""
    put(tmp_path, "page", "Texte.", METADATA)
    put_beir(tmp_path, {"_id": "a", "text": "A."})
    assert [document.document_id for document in read_corpus(tmp_path).documents] == ["a"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"_id": "b", "text"', "The line is not JSON ("),
        ("texte", "The line is not JSON ("),
        (["b", "B."], "The line is not a JSON object."),
        ('"b"', "The line is not a JSON object."),
        ("null", "The line is not a JSON object."),
        ({"_id": "b"}, "The line lacks `_id` or `text`."),
        ({"_id": "b", "text": ""}, "The line lacks `_id` or `text`."),
        ({"_id": "b", "text": " \n"}, "The line lacks `_id` or `text`."),
        ({"_id": "b", "text": None}, "The line lacks `_id` or `text`."),
        ({"_id": "b", "text": ["B."]}, "The line lacks `_id` or `text`."),
        ({"text": "B."}, "The line lacks `_id` or `text`."),
        ({"_id": 2, "text": "B."}, "The line lacks `_id` or `text`."),
        ({"_id": "b", "text": "B.", "metadata": "fr"}, "`metadata` is not a JSON object."),
        ({"_id": "b c", "text": "B."}, "“b c” cannot name a document."),
        ({"_id": "", "text": "B."}, "“” cannot name a document."),
        ({"_id": "a", "text": "B."}, "Another document is already called a. Rename one."),
        (f'{{"_id": "b", "text": "B.", "n": {"9" * 5_000}}}', "The line is not JSON (Exceeds"),
        (f'{{"_id": "b", "text": "B.", "n": {"[" * 99_000}}}', "The line is nested too deep."),
        (
            f'{{"_id": "b", "text": "B.", "n": {"[" * 99_000}{"]" * 99_000}}}',
            "The line is nested too deep.",
        ),
        ({"_id": "b", "text": "B\ud800."}, "The line holds half a character (\\ud800…)."),
        ({"_id": "b", "text": "B.", "title": "\udfff"}, "The line holds half a character"),
        ({"_id": "b\udc00", "text": "B."}, "The line holds half a character"),
        ({"_id": "b", "text": "B.", "\udc00": 1}, "The line holds half a character"),
        ({"_id": "b", "text": "B.", "metadata": {"url": "ftp://x.fr"}}, NO_ADDRESS),
        ({"_id": "b", "text": "B.", "metadata": {"url": "javascript:alert(1)"}}, NO_ADDRESS),
        ({"_id": "b", "text": "B.", "metadata": {"url": "http://x.fr/a b"}}, NO_ADDRESS),
        ({"_id": "b", "text": "B.", "metadata": {"url": 3}}, NO_ADDRESS),
        ({"_id": "b", "text": "B.", "metadata": {"url": ["http://x.fr"]}}, NO_ADDRESS),
        ({"_id": "b", "text": "B.", "metadata": {"lang": "fra"}}, NO_LANGUAGE),
        ({"_id": "b", "text": "B.", "metadata": {"lang": "FR"}}, NO_LANGUAGE),
        ({"_id": "b", "text": "B.", "metadata": {"lang": None}}, NO_LANGUAGE),
        ({"_id": "b", "text": "B.", "metadata": {"lang": 3}}, NO_LANGUAGE),
    ],
)
def test_bad_lines_of_beir_are_refused(tmp_path: Path, line: object, reason: str) -> None:
    """A line that is no document is refused by its number; the lines around it are read."""
    assert beir_refusal(tmp_path, line).startswith(reason)


def test_line_of_beir_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """One line that is not UTF-8 is refused with the place in it; the lines around it are read."""
    lines = [b'{"_id": "a", "text": "A."}', b'{"_id": "caf\xe9"}', b'{"_id": "c", "text": "C."}']
    (tmp_path / "corpus.jsonl").write_bytes(b"\n".join(lines))
    read = read_corpus(tmp_path)
    assert [document.document_id for document in read.documents] == ["a", "c"]
    assert read.refused == (
        Refusal("corpus.jsonl:2", "This is not UTF-8 text (byte 12). Save it as UTF-8."),
    )


def test_beir_with_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    """A collection saved with a byte order mark and CRLF is read as without."""
    lines = b'\xef\xbb\xbf{"_id": "a", "text": "A."}\r\n{"_id": "b", "text": "B."}\r\n'
    (tmp_path / "corpus.jsonl").write_bytes(lines)
    read = read_corpus(tmp_path)
    assert read.documents == (
        SourceDocument("a", "a", "A.", "fr"),
        SourceDocument("b", "b", "B.", "fr"),
    )
    assert read.refused == ()


def test_pair_of_surrogates_is_a_character(tmp_path: Path) -> None:
    """A character that JSON escapes as two halves is read as one."""
    put_beir(tmp_path, r'{"_id": "a", "text": "\ud83d\ude00"}')
    assert [document.text for document in read_corpus(tmp_path).documents] == ["😀"]


def test_first_of_two_with_the_same_id_is_kept(tmp_path: Path) -> None:
    """Of two documents with the same id the first is read, and empty lines are counted."""
    put_beir(tmp_path, {"_id": "a", "text": "Un."}, "", "  ", {"id": "a", "text": "Deux."})
    read = read_corpus(tmp_path)
    assert [document.text for document in read.documents] == ["Un."]
    assert [refused.name for refused in read.refused] == ["corpus.jsonl:4"]


def test_beir_of_bad_lines_only(tmp_path: Path) -> None:
    """A collection without one good line is refused with the first reason."""
    put_beir(tmp_path, "{", "[]")
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path)
    assert "(corpus.jsonl:1: The line is not JSON (" in caught.value.problem


@pytest.mark.parametrize(
    ("line", "title", "licence"),
    [
        ("title: No", "No", None),
        ("title: 2012", "2012", None),
        ("title: !!int abc", "abc", None),
        ("title: T\nlicence: !!bool abc", "T", "abc"),
        ("title: T\nlicence: !!timestamp abc", "T", "abc"),
        ("title: T\nlicence:", "T", None),
    ],
)
def test_sidecar_values_are_words(
    tmp_path: Path, line: str, title: str, licence: str | None
) -> None:
    """YAML's own types, explicit ones too, turn nothing into a number, a truth or an error."""
    (tmp_path / "a.txt").write_text("Une phrase.", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(f"{line}\npublisher: P\nlanguage: fr\n", encoding="utf-8")
    (document,) = read_corpus(tmp_path).documents
    assert (document.title, document.licence) == (title, licence)


def test_quoted_number_is_no_date(tmp_path: Path) -> None:
    """A number is refused as a date in quotes as well."""
    (tmp_path / "a.txt").write_text("Une phrase.", encoding="utf-8")
    (tmp_path / "a.yaml").write_text(
        "title: T\npublisher: P\nlanguage: fr\naccessed: '1468195200'\n", encoding="utf-8"
    )
    with pytest.raises(CorpusError, match="write the date as YYYY-MM-DD"):
        read_corpus(tmp_path)
