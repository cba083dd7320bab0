"""What is odd about a text is reported with an example, and never changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.corpus import checks, read_corpus
from tests.documents import SIDECAR, lines, pdf, put, put_table, shared_reader

FRENCH = (
    "Le bassin minier est inscrit au patrimoine mondial depuis 2012. Les terrils, les cités et "
    "les fosses y racontent trois siècles d’exploitation du charbon, à côté des écoles et des "
    "églises. L’Union européenne a soutenu la réhabilitation de plusieurs de ces lieux, où des "
    "visiteurs viennent désormais de toute l’Europe pour découvrir leur mémoire ouvrière. "
)
ENGLISH = (
    "The mining basin has been a world heritage site since 2012. Its slag heaps, its housing and "
    "its pits tell three centuries of coal mining, beside schools and churches. The European "
    "Union has supported the renovation of several of these places, where visitors now come from "
    "all over Europe in order to discover the memory of those who worked there. "
)


def _problems(folder: Path, text: str, sidecar: str = SIDECAR) -> list[str]:
    put(folder, "texte.txt", text, sidecar)
    read = read_corpus(folder, reader=shared_reader())
    assert (read.refused, read.documents[0].text) == ((), text)
    return list(read.problems.get("texte", ()))


@pytest.mark.parametrize(
    ("word", "problem"),
    [
        ("conseildépartementaldupasdecalais", "words that seem glued together"),
        ("territoireAprès", "words that seem glued together"),
        ("fin.Le", "words that seem glued together"),
        ("parc,Avec", "words that seem glued together"),
        ("commmune", "a letter three times in a row"),
        ("ééé", "a letter three times in a row"),
        ("AAAB", "a letter three times in a row"),
        ("rÃ©habilitation", "characters of a wrong encoding"),
        ("lâ€™Europe", "characters of a wrong encoding"),
        ("caf\ufffd", "characters of a wrong encoding"),
        ("v i l l a g e", "letters with blanks between them"),
        ("MMuussééee", "words that stand twice"),
        ("commune commune", "words that stand twice"),
        ("parc de la ville parc de la ville", "words that stand twice"),
        ("compagnie12", "numbers that seem to end with that of a note"),
    ],
)
def test_traces_of_converters_are_reported(tmp_path: Path, word: str, problem: str) -> None:
    """Glued, parted and doubled words and broken accents are named as they stand."""
    assert _problems(tmp_path, f"Le {word} est là.") == [f"{problem}: “{word}” (line 1)"]


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        "Au XVIIIe siècle, Louis XVIII et le XXIIIe, puis le XIIIème et le VIIIes, en MMXXIII.",
        "Voir www.mission-bassin-minier.org ou https://exemple.fr/PageDuProjet.Html?a=fin.Le",
        "Écrire à contact.Accueil@exemple.fr, le 1000000e visiteur, 45 000 000 €, n°000.",
        "Le Nord-Pas-de-Calais, l’eTwinning, le iPhone, la SNCF, YouTube et l’Agence (fin). Le",
        "Une créée, la zoologie, anticonstitutionnellement.",
    ],
)
def test_ordinary_texts_are_not_reported(tmp_path: Path, text: str) -> None:
    """Centuries, addresses, numbers and long words are nothing odd."""
    assert _problems(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Le prix coûte, dit-on, couˆt.", "accents apart from their letters: “uˆt” (line 1)"),
        (
            "Le puits\nouvre en 19232 à Lens.",
            "numbers that seem to end with that of a note: “19232” (line 2)",
        ),
        (
            "La salle coûte 150 000 €4 par an.",
            "numbers that seem to end with that of a note: “0 €4” (line 1)",
        ),
        (
            "le marché du jeudi ; la piscine rouvre en mai\n\n"
            "se tient sur la place ; après des travaux de deux ans\n\n"
            "avec tous ses étals ; que la ville a payés seule",
            "columns that seem mixed: “; la piscine rouvre en mai” (line 1), "
            "“; après des travaux de deux ans” (line 3), “; que la ville a payés seule” (line 5)",
        ),
    ],
)
def test_traces_within_a_text_are_reported(tmp_path: Path, text: str, problem: str) -> None:
    """With the line on which each stands."""
    assert _problems(tmp_path, text) == [problem]


@pytest.mark.parametrize(
    "text",
    [
        "Il y a 19232 habitants en 20120 exemplaires ; nous nous sommes vus.",
        "La commune ; la communauté de communes de la ville ; le Département.",
        "Le 1er mai, 45 m2, CO2, R2D2, €14 million, l’A21 et le plan B à l’an 2.",
    ],
)
def test_ordinary_numbers_and_lists_are_not_reported(tmp_path: Path, text: str) -> None:
    """Numbers of people, powers, roads and lists in a sentence."""
    assert _problems(tmp_path, text) == []


def test_words_of_no_language_are_reported(tmp_path: Path) -> None:
    """A font without a table of its characters gives letters that make no words."""
    rot = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
    text = FRENCH + (
        "Chaque commune entretient aussi des sentiers, des bancs et des fontaines, que les "
        "habitants empruntent souvent quand il fait beau, surtout pendant les vacances."
    )
    broken = text.translate(rot)
    (problem,) = [one for one in _problems(tmp_path, broken) if "dictionary" in one]
    assert re.match(r"\d+% of its words are in no dictionary: “\w+” \(line 1\), ", problem)
    assert not [one for one in _problems(tmp_path, text) if "dictionary" in one]


def test_page_is_named_where_there_are_pages(tmp_path: Path) -> None:
    """Of a PDF the page, as a reader of it counts, and the line of its text."""
    put(tmp_path, "texte.pdf", pdf(lines("Le parc est grand."), lines("Le commmun est là.")))
    (problem,) = read_corpus(tmp_path, reader=shared_reader()).problems["texte"]
    assert problem == "a letter three times in a row: “commmun” (page 2, line 3)"


def test_examples_are_few_and_different(tmp_path: Path) -> None:
    """Three examples of each kind are enough."""
    text = "aaa fin.Le aaa bbb ccc ddd."
    assert _problems(tmp_path, text) == [
        "words that seem glued together: “fin.Le” (line 1)",
        "a letter three times in a row: “aaa” (line 1), “bbb” (line 1), “ccc” (line 1)",
    ]


def test_accepted_words_are_not_reported(tmp_path: Path) -> None:
    """A word that staff say is right is no problem; the next one still is."""
    accepted = f"{SIDECAR}accepted: [OpenStreetMaps, bzzz]\n"
    text = "Le bzzz d’openStreet et le bzzzt."
    assert _problems(tmp_path, text, accepted) == [
        "words that seem glued together: “openStreet” (line 1)",
        "a letter three times in a row: “bzzzt” (line 1)",
    ]


def test_other_language_than_stated_is_reported(tmp_path: Path) -> None:
    """A text whose metadata name another language would be shown to the wrong visitors."""
    assert _problems(tmp_path, ENGLISH * 2) == [
        "reads like language “en”, but its metadata says “fr”"
    ]
    assert _problems(tmp_path, ENGLISH * 2, SIDECAR.replace("fr", "en")) == []
    assert _problems(tmp_path, ENGLISH[:200]) == []


def test_lost_accents_are_reported(tmp_path: Path) -> None:
    """A French text with hardly any accents has lost them on the way."""
    plain = FRENCH.translate(str.maketrans("éèàôùâ", "eeaoua"))
    assert _problems(tmp_path, plain * 2) == ["has hardly any accents"]
    assert _problems(tmp_path, plain[:200]) == []


def test_menu_is_reported_from_its_first_line(tmp_path: Path) -> None:
    """Five short lines in a row that are neither titles nor sentences look like a menu."""
    menu = "Accueil\n\nNos actions\nAgenda\nLe territoire\nNous contacter"
    expected = ["holds what looks like a menu, from “Accueil” on"]
    assert _problems(tmp_path, f"{FRENCH}\n{menu}\n{FRENCH}") == expected
    shorter = menu.removesuffix("Nous contacter")
    assert _problems(tmp_path, f"{FRENCH}\n{shorter}\n{FRENCH}") == []
    titles = f"{SIDECAR}headings: {{2: [Agenda]}}\n"
    assert _problems(tmp_path, f"{FRENCH}\n{menu}\n{FRENCH}", titles) == []
    sentences = menu.replace("\n", ".\n")
    assert _problems(tmp_path, f"{FRENCH}\n{sentences}\n{FRENCH}") == []


def test_near_duplicates_name_each_other(tmp_path: Path) -> None:
    """Both of two texts that share nearly all are reported, with how much; others are not."""
    put(tmp_path, "a.txt", FRENCH + "La page est de mars.")
    put(tmp_path, "b.txt", FRENCH + "La page est de juin.")
    put(tmp_path, "c.txt", FRENCH[:180] + "Le reste est tout autre, et la fin aussi.")
    read = read_corpus(tmp_path)
    assert read.problems == {
        "a": ("nearly the same text as b (97%); keep one of them",),
        "b": ("nearly the same text as a (97%); keep one of them",),
    }
    assert len(read.documents) == 3


def test_same_text_twice_is_a_duplicate(tmp_path: Path) -> None:
    """Case, accents of blanks and punctuation make no difference; short texts count too."""
    put(tmp_path, "a.txt", "Le musée, ouvert.")
    put(tmp_path, "b.txt", "LE MUSÉE\nouvert")
    put(tmp_path, "c.txt", "Le parc, ouvert.")
    assert read_corpus(tmp_path).problems == {
        "a": ("nearly the same text as b (100%); keep one of them",),
        "b": ("nearly the same text as a (100%); keep one of them",),
    }


def test_what_many_texts_share_makes_none_a_duplicate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A footer that all texts have says nothing about any two of them."""
    monkeypatch.setattr(checks, "_COMMON", 3)
    for name in "abcd":
        put(tmp_path, f"{name}.txt", FRENCH)
    assert read_corpus(tmp_path).problems == {}


def test_rows_of_tables_are_left_out(tmp_path: Path) -> None:
    """Rows are as alike as their list makes them; their cells stand as the State wrote them."""
    put_table(tmp_path, "liste.csv", "Nom,Montant\nProjettt un,1\nProjettt un,1\n")
    read = read_corpus(tmp_path)
    assert (len(read.documents), read.problems) == (2, {})
