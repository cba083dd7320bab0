"""Sentences end where a French reader ends them, and passages keep their place and their name."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.corpus import read_text_document
from assistant.domain import Heading, Passage, SourceDocument, Span
from assistant.passages import HARD_LIMIT, cut_passages, split_sentences

PAGE = Path(__file__).parents[1] / "corpus" / "bassin-minier.txt"


def count_words(texts: Sequence[str]) -> list[int]:
    """Counts blank-separated words, for want of an encoder."""
    return [len(text.split()) for text in texts]


def sentences(text: str) -> list[str]:
    """Returns the words of every sentence that was found."""
    return [text[span.start : span.end] for span in split_sentences(text)]


def document(text: str, document_id: str = "page", headings: Sequence[str] = ()) -> SourceDocument:
    """Makes a document; `headings` are lines of it, all of level 2."""
    found = [
        Heading(Span(text.index(line), text.index(line) + len(line)), 2, line) for line in headings
    ]
    return SourceDocument(document_id, "Titre", text, "fr", headings=tuple(found))


def cut(text: str, max_tokens: int = 10, headings: Sequence[str] = ()) -> list[Passage]:
    """Cuts a text into passages of at most `max_tokens` words."""
    return cut_passages(document(text, headings=headings), count_words, max_tokens)


@pytest.mark.parametrize(
    "expected",
    [
        # Titles and initials.
        ["M. Dupont est là.", "Il part."],
        ["Mme Martin, MM. Petit et Roy, Mlle Roux et Mgr. Faye arrivent.", "Dr. Weil part."],
        ["J. Dupont et J.-P. Martin parlent.", "Fin."],
        ["L'U.E. finance le projet.", "Fin."],
        ["Le projet de l'U.E. L'Europe paie."],
        # Abbreviations before numbers, and others.
        ["Le n° 110 est ici.", "Fin."],
        ["Voir l'art. 5 du code, p. 12, fig. 3 et vol. 2.", "Fin."],
        ["Le site couvre env. 110 ha.", "Il est vert."],
        ["En 52 av. J.-C. César vint.", "Il vainquit."],
        ["Au 18 bd. Basly, tél. 03 21 00 00 00.", "Fin."],
        ["Une loi (cf. Annexe) du 3 janv. 2020.", "Fin."],
        ["Des terrils, des fosses, etc. et le reste.", "Fin."],
        ["Des terrils, des fosses, etc.", "Le reste suit."],
        # The same words where they do end a sentence.
        ["Voici un art.", "Il est beau."],
        ["Il a dit n.", "Elle aussi."],
        # Numbers, units, codes, ordinals, addresses.
        ["Coût : 2,5 M€.", "Suite."],
        ["Il reste 3.5 km.", "Suite."],
        ["Il reste 4.573.217 euros.", "Suite."],
        ["Le terril fait 186 m.", "Il domine la plaine."],
        ["Il date de 1990.", "Il est fermé."],
        ["Il y en a 5.", "12 sont là."],
        ["Les terrils du 9-9 Bis.", "Le 11/19.", "Fin."],
        ["Le 1er.", "Le 2e jour.", "La 3ème fois."],
        ["Voir www.x.fr, https://a.fr/b.html?c=d!e et a.b@c.fr.", "Puis partir."],
        # Quotations and brackets.
        ["« C'est beau. Vraiment ! »", "Il partit."],
        ["Il dit : « C'est beau. Vraiment ! » puis partit.", "Fin."],
        ["Il dit : “C'est beau. Vraiment !” puis partit.", "Fin."],
        ["« Rien. »", "Il partit."],
        ["Rien (hélas !).", "Il partit."],
        ["Le site (fermé en 1990. Rouvert depuis. Oui) est beau.", "Fin."],
        ["Le site (… fermé. Rouvert …) est beau.", "Fin."],
        ["Le site [fermé. Rouvert] est beau.", "Fin."],
        ['Il dit "oui."', "Elle dit non."],
        ['Il dit "C\'est beau. Vraiment." puis partit.', "Fin."],
        ['Il dit "Oui. Non."', "Elle part."],
        ["Le site (fermé [en 1990. Rouvert] depuis. Oui) est beau.", "Fin."],
        ["Le site [fermé (en 1990. Rouvert) depuis. Oui] est beau.", "Fin."],
        ["« Le site (fermé. Rouvert) est beau. Oui. »", "Fin."],
        # Numbers of list items.
        ["1. Premier point.", "2. Second point."],
        ["12. Dernier point.", "Fin."],
        # Other ends.
        ["Il hésita…", "Puis partit."],
        ["Il hésita...", "Puis partit."],
        ["Il hésita… puis partit.", "Fin."],
        ["Quoi ?!", "Non !!!", "Oui ?"],
        ["Il cria « oh ! » puis se tut.", "Fin."],
        ["Est-ce vrai ?", "« Oui. »"],
        ["Élan.", "Être.", "Œuvre."],
        ["Pas de point final"],
        # Blanks that do not break a line.
        ["Il dit\u00a0: «\u00a0Oui.\u00a0»", "Elle rit\u202f!", "Quoi\u00a0?", "Rien."],
        ["M.\u00a0Dupont a 12\u202f500\u00a0€.", "Fin."],
        # English.
        ["Mr. Smith and Mrs. Jones came.", "They left."],
        ["See No. 5 here.", "Then go."],
        ["Some sites, e.g. the old ones, are closed.", "Others are not."],
        ["Des villes, e.g. Lens et Loos.", "Fin."],
        ["Des villes, i.e. Lens et Loos.", "Fin."],
        ["The U.S. Army came.", "It left."],
    ],
    ids=lambda expected: str(expected[0]),
)
def test_sentences(expected: list[str]) -> None:
    """Sentences end at stops that end one, and at no stop of an abbreviation, number or aside."""
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un.\n\nDeux", ["Un.", "Deux"]),
        ("Un titre\n\nUne phrase.", ["Un titre", "Une phrase."]),
        ("Un titre\n \t\nUne phrase.", ["Un titre", "Une phrase."]),
        ("- un point\n- deux points", ["- un point", "- deux points"]),
        ("1. Un point.\n2. Deux points.", ["1. Un point.", "2. Deux points."]),
        ("Voici :\n• un point\n• deux points", ["Voici :", "• un point", "• deux points"]),
        ("Une ligne\ncoupée. Fin.", ["Une ligne\ncoupée.", "Fin."]),
        ("Le Pas-de-\nCalais. Fin.", ["Le Pas-de-\nCalais.", "Fin."]),
        ("\n\n  Un.  \n\n\n  Deux. \n", ["Un.", "Deux."]),
        ("« Un.\n\nDeux. »", ["« Un.", "Deux. »"]),
        ("", []),
        (" \n\u00a0\n ", []),
        ("…", ["…"]),
    ],
)
def test_layout(text: str, expected: list[str]) -> None:
    """An empty line and a list item end a sentence, a line break within a paragraph does not."""
    assert sentences(text) == expected


def test_spans_are_exact() -> None:
    """Spans are offsets of the whole text, without the blanks around a sentence."""
    assert split_sentences("  Un. \n\n Deux ! ") == [Span(2, 5), Span(9, 15)]


def test_part_of_a_text() -> None:
    """Only the part asked for is split, and its spans are still offsets of the whole text."""
    text = "Un deux. Trois quatre. Cinq six."
    assert split_sentences(text, 9, 25) == [Span(9, 22), Span(23, 25)]


def test_unclosed_quotation_ends_by_itself() -> None:
    """A quotation that is never closed does not swallow the rest of a long paragraph."""
    text = "Il dit « oui. " + "Une phrase de plus. " * 60
    first, *rest = sentences(text)
    assert 600 <= len(first) < 620
    assert set(rest) == {"Une phrase de plus."}
    assert len(rest) == 60 - first.count("Une phrase")


PIECES = [
    *"a Il é M Mme n° 9-9 Bis J.-C etc U.E 12 3.5 2,5 . ! ? … ?! « » “ ” ( ) [ ] ' ’ , ; :".split(),
    *(
        "•",
        '"',
        "😀",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\n- ",
        "\t",
        "\u00a0",
        "\u202f",
        "\u2028",
        "\u200b",
    ),
]


@settings(deadline=None, max_examples=500)
@given(
    text=st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=80),
    before=st.integers(0, 9),
    after=st.integers(0, 9),
)
def test_every_character_is_in_one_sentence(text: str, before: int, after: int) -> None:
    """Spans are in order, do not overlap, start and end on no blank, and leave out only blanks."""
    end = max(len(text) - after, 0)
    start = min(before, end)
    left = start
    for span in split_sentences(text, start, end):
        assert left <= span.start < span.end <= end
        assert text[left : span.start].strip() == ""
        assert text[span.start : span.end] == text[span.start : span.end].strip()
        left = span.end
    assert text[left:end].strip() == ""


def test_real_page_offsets() -> None:
    """On the real page, every passage is the slice of the text that its offsets name."""
    page = read_text_document(PAGE)
    passages = cut_passages(page, count_words, 64)
    assert len(passages) == 12
    left = 0
    for passage in passages:
        assert page.text[passage.start : passage.end] == passage.text
        assert (passage.sentences[0].start, passage.sentences[-1].end) == (
            passage.start,
            passage.end,
        )
        assert passage.start >= left
        left = passage.end
    assert passages[0].text.startswith("Avec l’inscription du bassin minier au patrimoine")
    assert passages[-1].text.endswith("de nombreux nouveaux partenariats.")


def test_real_page_sections() -> None:
    """On the real page, passages carry their section and no heading stands in a passage."""
    page = read_text_document(PAGE)
    passages = cut_passages(page, count_words, 64)
    assert list(dict.fromkeys(passage.section for passage in passages)) == [
        (),
        ("Dans sa dimension environnementale",),
        ("Dans sa dimension économique",),
        ("Dans sa dimension sociale",),
        ("Dans sa dimension touristique",),
    ]
    louvre = [passage.section for passage in passages if "Louvre" in passage.text]
    assert louvre == [("Dans sa dimension touristique",)]
    covered = "".join(passage.text for passage in passages)
    assert "Dans sa dimension" not in covered
    left_out = page.text
    for passage in passages:
        left_out = left_out.replace(passage.text, "", 1)
    assert [line for line in left_out.split("\n") if line.strip()] == [
        "Bassin Minier",
        "Dans sa dimension environnementale",
        "Dans sa dimension économique",
        "Dans sa dimension sociale",
        "Dans sa dimension touristique",
    ]


def test_nested_sections() -> None:
    """A section's path runs from the outermost title in, and a new title closes the deeper ones."""
    text = "T\nA\nun.\nB\ndeux.\nC\ntrois.\nD\nquatre."
    levels = {"T": 1, "A": 2, "B": 3, "C": 3, "D": 2}
    headings = tuple(
        Heading(Span(text.index(line), text.index(line) + 1), level, line)
        for line, level in levels.items()
    )
    nested = SourceDocument("d", "T", text, "fr", headings=headings)
    assert [(p.section, p.text) for p in cut_passages(nested, count_words, 20)] == [
        (("A",), "un."),
        (("A", "B"), "deux."),
        (("A", "C"), "trois."),
        (("D",), "quatre."),
    ]


def test_passages_are_filled_up_to_the_limit() -> None:
    """A passage takes whole sentences until the next would exceed the limit."""
    text = "Un deux trois. Quatre cinq six. Sept huit. Neuf dix onze douze. Fin."
    assert [passage.text for passage in cut(text, max_tokens=6)] == [
        "Un deux trois. Quatre cinq six.",
        "Sept huit. Neuf dix onze douze.",
        "Fin.",
    ]
    assert [passage.text for passage in cut(text, max_tokens=5)] == [
        "Un deux trois.",
        "Quatre cinq six. Sept huit.",
        "Neuf dix onze douze. Fin.",
    ]


def test_long_sentence_stays_whole() -> None:
    """A sentence longer than the limit is a passage of its own, whole."""
    long = " ".join(["Mot"] + ["mot"] * 30) + "."
    assert [passage.text for passage in cut(f"Avant. {long} Après.", max_tokens=5)] == [
        "Avant.",
        long,
        "Après.",
    ]


@pytest.mark.parametrize("limit", [5, 16, 64])
def test_limit_holds_on_real_page(limit: int) -> None:
    """No passage of several sentences is longer than the limit; in a paragraph, none is short."""
    page = read_text_document(PAGE)
    passages = cut_passages(page, count_words, limit)
    for passage in passages:
        if len(passage.sentences) > 1:
            assert count_words([passage.text])[0] <= limit
    for passage, following in pairwise(passages):
        same_paragraph = "\n\n" not in page.text[passage.end : following.start]
        if passage.section == following.section and same_paragraph:
            first = following.slice(following.sentences[0])
            assert sum(count_words([passage.text, first])) > limit


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"mot{number}" for number in range(2_000)) + ".",
        "Avant. " + " ".join(f"mot{number}" for number in range(HARD_LIMIT + 1)) + ". Après.",
    ],
)
def test_sentence_that_no_encoder_takes_is_cut(text: str) -> None:
    """A sentence above the hard limit is cut below it, and no word is lost or torn."""
    passages = cut(text, max_tokens=64)
    pieces = [passage.slice(span) for passage in passages for span in passage.sentences]
    assert max(count_words(pieces)) <= HARD_LIMIT
    assert " ".join(pieces) == text
    assert all(text[p.start : p.end] == p.text for p in passages)


def test_word_that_no_encoder_takes_is_cut() -> None:
    """Even one endless word is cut below the hard limit, and no character is lost."""
    text = "x" * 5_000
    passages = cut_passages(document(text), lambda texts: [len(part) for part in texts], 64)
    assert max(len(passage.text) for passage in passages) <= HARD_LIMIT
    assert "".join(passage.text for passage in passages) == text


THREE = "Le terril est haut.\n\nLe Louvre est à Lens.\n\nLa cokerie est à Drocourt."


def ids(passages: Sequence[Passage]) -> dict[str, str]:
    """Returns the id of every passage by its text."""
    return {passage.text: passage.passage_id for passage in passages}


def test_ids_name_the_document() -> None:
    """An id is the document's, a colon and twelve hexadecimal digits."""
    for passage in cut(THREE, max_tokens=5):
        assert passage.document_id == "page"
        name, _, digits = passage.passage_id.partition(":")
        assert name == "page"
        assert len(digits) == 12
        assert set(digits) <= set("0123456789abcdef")


def test_ids_are_the_same_when_cut_again() -> None:
    """Cutting the same text again gives the same passages, ids included."""
    assert cut(THREE, max_tokens=5) == cut(THREE, max_tokens=5)
    assert len(set(ids(cut(THREE, max_tokens=5)).values())) == 3


def test_ids_do_not_depend_on_title_or_metadata() -> None:
    """A new title or address leaves the ids as they are."""
    changed = replace(document(THREE), title="Autre", url="https://exemple.fr")
    assert ids(cut_passages(changed, count_words, 5)) == ids(cut(THREE, max_tokens=5))


def test_ids_do_not_depend_on_other_documents() -> None:
    """The same words in two documents have ids that differ in the document's name only."""
    here = cut_passages(document(THREE, "ici"), count_words, 5)
    there = cut_passages(document("Avant tout.\n\n" + THREE, "ailleurs"), count_words, 5)
    assert [p.passage_id.removeprefix("ici") for p in here] == [
        p.passage_id.removeprefix("ailleurs") for p in there if p.text != "Avant tout."
    ]


def test_ids_survive_a_paragraph_inserted_before() -> None:
    """A paragraph inserted before moves the offsets of a passage but not its id."""
    before = cut(THREE, max_tokens=5)
    after = cut("Un paragraphe de plus ici.\n\n" + THREE, max_tokens=5)
    assert ids(before).items() < ids(after).items()
    assert [p.start for p in after[1:]] == [p.start + 28 for p in before]


@pytest.mark.parametrize("gap", ["\n\n", "\n \t\n", "\n\n\n"])
def test_passages_end_with_their_paragraph(gap: str) -> None:
    """A passage never spans two paragraphs, however much room it has left."""
    text = f"Le terril est haut.\nIl est vert.{gap}Le Louvre est à Lens. Il est beau."
    assert [passage.text for passage in cut(text, max_tokens=100)] == [
        "Le terril est haut.\nIl est vert.",
        "Le Louvre est à Lens. Il est beau.",
    ]


@pytest.mark.parametrize("place", range(4))
def test_ids_survive_a_paragraph_inserted_anywhere(place: int) -> None:
    """A paragraph inserted anywhere leaves every other passage its id, even with room to fill."""
    paragraphs = THREE.split("\n\n")
    longer = "\n\n".join([*paragraphs[:place], "Un mot de plus.", *paragraphs[place:]])
    before, after = ids(cut(THREE, max_tokens=100)), ids(cut(longer, max_tokens=100))
    assert list(before) == paragraphs
    assert after.keys() - before.keys() == {"Un mot de plus."}
    assert before.items() < after.items()


def test_ids_survive_an_insertion_in_an_earlier_section() -> None:
    """What is inserted into one section leaves the passages of the next ones as they are."""
    text = "Un\nLe terril.\nDeux\nLe Louvre est à Lens. La cokerie est à Drocourt."
    longer = text.replace("Le terril.", "Le terril. Une fosse. Encore une autre fosse.")
    before = cut(text, headings=["Un", "Deux"])[-1]
    after = cut(longer, headings=["Un", "Deux"])[-1]
    assert before.text == after.text == "Le Louvre est à Lens. La cokerie est à Drocourt."
    assert before.passage_id == after.passage_id
    assert before.start < after.start


@pytest.mark.parametrize(
    "edited",
    [
        "Le Louvre est à Lens",
        "Le Louvre est à Lens !",
        "Le Louvre est à Lens…",
        "Le Louvre, est à Lens.",
        "LE LOUVRE « est » à Lens…",
        "« Le Louvre est à Lens. »",
        "«\u00a0Le Louvre est à Lens\u00a0».",
        '"Le Louvre est à Lens."',
        "“Le Louvre est à Lens”",
        "(Le Louvre est à Lens.)",
    ],
)
def test_punctuation_and_case_change_the_hash_only(edited: str) -> None:
    """An edit of punctuation or case keeps the id of a passage and changes its content hash."""
    before, after = cut("Le Louvre est à Lens.")[0], cut(edited)[0]
    assert before.passage_id == after.passage_id
    assert before.content_hash != after.content_hash


@pytest.mark.parametrize(
    "edited", ["Le Louvre est à Liévin.", "Le Louvre est a Lens.", "Le Louvre est à Lens 2."]
)
def test_other_words_have_another_id(edited: str) -> None:
    """An edit of a word, an accent or a number gives the passage another id."""
    assert cut("Le Louvre est à Lens.")[0].passage_id != cut(edited)[0].passage_id


def test_repeated_sentences_have_their_own_ids() -> None:
    """The same sentence standing several times in a document has an id each time."""
    passages = cut("Le terril est haut.\n\n" * 3, max_tokens=5)
    first = passages[0].passage_id
    assert [passage.passage_id for passage in passages] == [first, f"{first}.2", f"{first}.3"]
    assert [passage.start for passage in passages] == [0, 21, 42]


def test_headings_alone_give_no_passage() -> None:
    """A document of titles only has no passages."""
    assert cut("Un\nDeux", headings=["Un", "Deux"]) == []
