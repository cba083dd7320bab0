"""The lexical side: the same thing typed in other ways gives the same terms; exact BM25 scores."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from assistant.domain import GlossaryEntry
from assistant.lexical import Analyser, FieldedIndex, Fields, LexicalIndex, analyse
from assistant.spelling import fold

CORPUS = ["Terril vert, terril.", "Le chevalement", "Un terril, une fosse, la mine, l’acier"]
"""Terms: terril vert terril (3); cheval (1); terril foss min aci (4). Mean length 8/3."""


@pytest.fixture
def lexical() -> LexicalIndex:
    """The three small texts, with the default parameters."""
    return LexicalIndex.build(map(analyse, CORPUS), k1=1.2, b=0.75)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ÉCOLE à Noël", "ecole a noel"),
        ("Œuvre, cœur, Æsope", "oeuvre, coeur, aesope"),
        ("l’île ʼ ‘ ´ `", "l'ile ' ' ' '"),
        ("e\u0301cole", "ecole"),
        ("12\u202f%\u00a0!", "12 % !"),
        ("Łódź", "lodz"),
    ],
)
def test_fold(typed: str, folded: str) -> None:
    """Case, accents, ligatures, typographic apostrophes and fixed blanks are levelled."""
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ÉCOLE", "école"),
        ("ecole", "école"),
        ("e\u0301cole", "\u00e9cole"),
        ("l’ancienne cokerie", "l'ancienne cokerie"),
        ("l’ancienne cokerie", "ancienne cokerie"),
        ("L’Ancienne cokerie", "ancienne cokerie"),
        ("d’entreprises", "entreprise"),
        ("qu'entreprises", "entreprise"),
        ("jusqu’Oignies", "Oignies"),
        ("lorsqu'Oignies", "Oignies"),
        ("œuvres", "oeuvre"),
        ("terrils", "terril"),
        ("U.E.", "UE"),
        ("l'U.E. finance", "L’UE finance"),
        ("R.S.A.", "RSA"),
        ("S.N.C.F.", "SNCF"),
        ("4 573 217,57", "4573217,57"),
        ("4\u202f573\u202f217,57", "4573217,57"),
        ("4\u00a0573\u00a0217,57", "4573217,57"),
        ("4.573.217,57", "4573217,57"),
        ("37 000 000", "37000000"),
        ("37\u202f000\u202f000", "37\u00a0000\u00a0000"),
        ("1 119", "1119"),
    ],
)
def test_typed_in_other_ways(one: str, other: str) -> None:
    """The same thing typed in another way gives the very same terms."""
    assert analyse(one) == analyse(other) != []


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("qu'il", []),
        ("jusqu’au", []),
        ("Quel est le ?", []),
        ("", []),
        (" \n…«»", []),
        ("l’ancienne", ["ancien"]),
        ("d’un terril", ["terril"]),
        ("Œuvre", ["oeuvr"]),
        ("4 573 217,57 €", ["4573217,57"]),
        ("37 000 000 d’euros", ["37000000", "euros"]),
        ("2,5 M€", ["2,5"]),
        ("terril et terrils", ["terril", "terril"]),
        ("U.E.", ["ue"]),
        ("en 2016", ["2016"]),
        ("en 2016 300 terrils", ["2016", "300", "terril"]),
        ("110 ha", ["110", "ha"]),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    """Function words give no term, every other word one, in order and as often as it stands."""
    assert analyse(text) == terms


def test_different_words_stay_different() -> None:
    """Words of different things do not share a term."""
    words = ["terril", "terre", "mine", "minier", "musée", "Lens", "Loos", "12", "120", "1,2"]
    terms = [analyse(word) for word in words]
    assert [len(found) for found in terms] == [1] * len(words)
    assert len({found[0] for found in terms}) == len(words)


@pytest.mark.parametrize(
    "typed",
    [
        "9-9 Bis",
        "9-9bis",
        "9/9 bis",
        "9/9bis",
        "9 9 bis",
        "9.9 bis",
        "9–9 bis",
        "9-9-bis",
        "99bis",
        "9-9\u00a0BIS",
        "9 / 9 bis",
        "le 9-9 Bis à Oignies",
        "Où est le 9 9 bis ?",
    ],
)
def test_code_with_suffix(typed: str) -> None:
    """A site code with its suffix has a term in common with every other way to type it."""
    assert "99bis" in analyse(typed)
    assert "99ter" not in analyse(typed)


@pytest.mark.parametrize("typed", ["9-9 Bis", "9/9bis", "9 9 bis", "9.9 bis", "9-9", "9/9"])
def test_code_is_found_without_its_suffix(typed: str) -> None:
    """A site code with a suffix is found when it is typed without."""
    assert "9/9" in analyse(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "11/19",
        "11-19",
        "11 19",
        "1119",
        "11–19",
        "11 / 19",
        "le 11/19.",
        "le 11/19, à Loos",
        "le 11 19, Loos",
        "le 11 19.",
        "(le 11 19)",
    ],
)
def test_code_without_suffix(typed: str) -> None:
    """A site code has a term in common with every other way to type it."""
    assert "1119" in analyse(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "11 19 ?",
        "Qu’est-ce que le 11 19 de Loos ?",
        "le 11 19",
        "le 11 19, Loos",
        "le 11 19.",
        "le 11\u00a019 !",
    ],
)
def test_code_with_a_blank_in_a_question(typed: str) -> None:
    """A site code typed with a blank is recognised before a word or any punctuation."""
    assert {"11/19", "1119"} <= set(analyse(typed))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("11/07/2016", ["11", "07", "2016"]),
        ("11-07-2016", ["11", "07", "2016"]),
        ("11.07.2016", ["11", "07", "2016"]),
        ("11 / 07 / 2016", ["11", "07", "2016"]),
        ("03.21.21.62.62", ["03", "21", "21", "62", "62"]),
        ("0321216262", ["0321216262"]),
        ("03 21 21 62 62", ["03", "21", "21", "62", "62"]),
        ("03\u00a021\u00a021\u00a062\u00a062", ["03", "21", "21", "62", "62"]),
        ("03-21-21-62-62", ["03", "21", "21", "62", "62"]),
        ("03/21/21/62/62", ["03", "21", "21", "62", "62"]),
        ("+33 3 21 21 62 62", ["33", "3", "21", "21", "62", "62"]),
        ("0800 11 19 20", ["0800", "11", "19", "20"]),
        ("Appelez le 03 21 21 62 62, à Loos", ["appel", "03", "21", "21", "62", "62", "loos"]),
        ("2016-07-11", ["2016", "07", "11"]),
        ("2016/07/11", ["2016", "07", "11"]),
        ("le 2016-07-11.", ["2016", "07", "11"]),
        ("11 19,5", ["11", "19,5"]),
        ("11 19 €", ["11", "19"]),
        ("10,5 ou 3,25", ["10,5", "3,25"]),
        ("11 19 %", ["11", "19"]),
        ("2011/2019", ["2011", "2019"]),
    ],
)
def test_dates_and_numbers_are_not_codes(text: str, terms: list[str]) -> None:
    """A date, a phone number or a measure is never taken for a site code."""
    assert analyse(text) == terms


def test_exact_scores(lexical: LexicalIndex) -> None:
    """The score of a term is BM25 in Lucene's form, to the last digit worked out by hand."""
    # idf(terril) = ln(1 + (3 - 2 + 0.5) / (2 + 0.5)) = ln 1.6.
    # Text 0: tf 2, length 3: 1.2 * (0.25 + 0.75 * 3 / (8/3)) = 1.3125; 2 / (2 + 1.3125).
    # Text 2: tf 1, length 4: 1.2 * (0.25 + 0.75 * 4 / (8/3)) = 1.65; 1 / (1 + 1.65).
    expected = [math.log(1.6) * 2 / 3.3125, 0, math.log(1.6) / 2.65]
    scores = lexical.scores(["terril"])
    assert scores.dtype == np.float32
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_scores_add_up_over_terms(lexical: LexicalIndex) -> None:
    """The score of several terms is the sum of theirs; a repeated one counts each time."""
    # idf(cheval) = ln(1 + 2.5 / 1.5) = ln(8/3); text 1: tf 1, length 1:
    # 1.2 * (0.25 + 0.75 * 1 / (8/3)) = 0.6375; 1 / 1.6375.
    terril = math.log(1.6)
    expected = [2 * terril * 2 / 3.3125, math.log(8 / 3) / 1.6375, 2 * terril / 2.65]
    np.testing.assert_allclose(
        lexical.scores(["terril", "cheval", "terril", "volcan"]), expected, rtol=1e-6
    )


def test_parameters_are_used() -> None:
    """With b = 0 the length of a text does not count, and k1 sets the saturation."""
    lexical = LexicalIndex.build(map(analyse, CORPUS), k1=2.0, b=0.0)
    expected = [math.log(1.6) * 2 / 4, 0, math.log(1.6) / 3]
    np.testing.assert_allclose(lexical.scores(["terril"]), expected, rtol=1e-6)


@pytest.mark.parametrize("terms", [[], ["volcan"], ["volcan", "océan"], analyse("Quel est le ?")])
def test_nothing_shared_scores_zero(lexical: LexicalIndex, terms: list[str]) -> None:
    """Unknown terms and an empty query score exactly 0 for every text."""
    assert lexical.scores(terms).tolist() == [0.0, 0.0, 0.0]


def test_idf(lexical: LexicalIndex) -> None:
    """The inverse document frequency is the formula's, and highest for a term never seen."""
    assert lexical.idf("terril") == pytest.approx(math.log(1 + 1.5 / 2.5), abs=1e-12)
    assert lexical.idf("cheval") == pytest.approx(math.log(1 + 2.5 / 1.5), abs=1e-12)
    assert lexical.idf("volcan") == pytest.approx(math.log(1 + 3.5 / 0.5), abs=1e-12)


def test_text_without_terms_keeps_its_place() -> None:
    """A text of function words alone scores 0 and leaves the others at their position."""
    lexical = LexicalIndex.build(map(analyse, ["Est-ce que ?", "Le terril", ""]), k1=1.2, b=0.75)
    assert len(lexical) == 3
    # Each text counts as one term long: ln(8/3) / (1 + 1.2).
    expected = [0, math.log(8 / 3) / 2.2, 0]
    np.testing.assert_allclose(lexical.scores(["terril"]), expected, rtol=1e-6)


def test_saved_index_scores_the_same(lexical: LexicalIndex, tmp_path: Path) -> None:
    """An index that was saved and loaded gives the same scores and frequencies, bit for bit."""
    lexical.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical")
    assert len(loaded) == len(lexical) == 3
    for terms in (["terril"], ["cheval", "min"], ["volcan"], []):
        assert loaded.scores(terms).tolist() == lexical.scores(terms).tolist()
    assert loaded.scores(["terril"])[0] == pytest.approx(math.log(1.6) * 2 / 3.3125, rel=1e-6)
    for term in ("terril", "cheval", "volcan"):
        assert loaded.idf(term) == lexical.idf(term)


def test_nothing_is_pickled(lexical: LexicalIndex, tmp_path: Path) -> None:
    """Every saved file is JSON or an array that loads without unpickling."""
    lexical.save(tmp_path / "lexical")
    files = sorted((tmp_path / "lexical").iterdir())
    assert {file.suffix for file in files} == {".json", ".npy"}
    for file in files:
        if file.suffix == ".npy":
            assert np.load(file, allow_pickle=False).ndim == 1
        else:
            assert isinstance(json.loads(file.read_text(encoding="utf-8")), dict)
        assert file.read_bytes()[:1] != b"\x80"


def test_shares(lexical: LexicalIndex) -> None:
    """A share is the score over the sum of the terms' idf, terms never seen included."""
    terril, unseen = math.log(1.6), math.log(8)
    expected = [terril * 2 / 3.3125, 0, terril / 2.65]
    np.testing.assert_allclose(
        lexical.shares(["terril"]), [value / terril for value in expected], rtol=1e-6
    )
    np.testing.assert_allclose(
        lexical.shares(["terril", "volcan"]),
        [value / (terril + unseen) for value in expected],
        rtol=1e-6,
    )
    assert lexical.shares([]).tolist() == [0.0, 0.0, 0.0]


def test_share_never_exceeds_one() -> None:
    """However often a term is repeated, its share stays below 1."""
    lexical = LexicalIndex.build(map(analyse, ["terril " * 10_000, "fosse"]), k1=0.1, b=0.0)
    shares = lexical.shares(["terril"])
    assert 0.9999 < shares[0] < 1
    assert shares[1] == 0


@pytest.fixture
def fielded() -> FieldedIndex:
    """Two passages; the second knows of the terril from its neighbour only."""
    return FieldedIndex.build(
        [Fields("terril", "terril fosse"), Fields("fosse", "terril fosse")],
        Analyser(),
        k1=1.2,
        b=0.75,
    )


@pytest.mark.parametrize(
    ("own_weight", "expected"),
    [
        # Both fields have texts of mean length, so a term that stands once has 1 / (1 + 1.2).
        (1.0, [1 / 2.2, 0]),
        (0.0, [1 / 2.2, 1 / 2.2]),
        (0.25, [1 / 2.2, 0.75 / 2.2]),
    ],
)
def test_fields_are_weighted(
    fielded: FieldedIndex, own_weight: float, expected: list[float]
) -> None:
    """The share of a passage is its own words' and its context's, by the given weight."""
    np.testing.assert_allclose(fielded.shares(["terril"], own_weight), expected, rtol=1e-6)


def test_fielded_idf_is_that_of_own_words(fielded: FieldedIndex) -> None:
    """A term that every context has is still rare when one passage only says it."""
    assert fielded.idf("terril") == pytest.approx(math.log(1 + 1.5 / 1.5))


def test_saved_fields_give_the_same_shares(fielded: FieldedIndex, tmp_path: Path) -> None:
    """Both fields are saved, and loaded each in its place."""
    fielded.save(tmp_path)
    loaded = FieldedIndex.load(tmp_path)
    assert len(loaded) == len(fielded) == 2
    for weight in (0.0, 0.25, 1.0):
        expected = fielded.shares(["terril", "foss"], weight).tolist()
        assert loaded.shares(["terril", "foss"], weight).tolist() == expected
    assert loaded.shares(["terril"], 1.0).tolist() != loaded.shares(["terril"], 0.0).tolist()


GLOSSARY = (
    GlossaryEntry("FEDER", ("FEDER", "Fonds européen de développement régional", "ERDF")),
    GlossaryEntry("FSE", ("FSE", "Fonds social européen", "Fonds social européen plus", "FSE+")),
    GlossaryEntry("ICI", ("=ICI", "Itinéraire de la culture industrielle")),
    GlossaryEntry("terril", ("terril", "terrils", "slag heap")),
)


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("FEDER", ["=FEDER"]),
        ("feder", ["=FEDER"]),
        ("F.E.D.E.R.", ["=FEDER"]),
        ("l’ERDF", ["=FEDER"]),
        ("fonds europeen de developpement regional", ["=FEDER"]),
        ("Fonds europe\u0301en\nde développement régional", ["=FEDER"]),
        ("le Fonds européen de développement régional (FEDER)", ["=FEDER"]),
        ("FEDER, FEDER", ["=FEDER"]),
        ("le FEDER et le FEDER", ["=FEDER", "=FEDER"]),
        ("FEDER et FSE", ["=FEDER", "=FSE"]),
        ("Fonds social européen plus", ["=FSE"]),
        ("FSE+ 2021", ["=FSE", "2021"]),
        ("ICI", ["=ICI"]),
        ("ici", ["ici"]),
        ("Ici", ["ici"]),
        ("itineraire de la culture industrielle", ["=ICI"]),
        ("slag heaps", ["slag", "heap"]),
        ("Fonds social (bien) européen", ["fond", "social", "bien", "europeen"]),
        ("Fonds social        européen", ["fond", "social", "europeen"]),
        ("social européen", ["social", "europeen"]),
        ("FEDERs", ["feder"]),
        ("", []),
    ],
)
def test_names_of_the_glossary_are_one_term(typed: str, terms: list[str]) -> None:
    """Whatever a thing is called, a question asks for one term; other words stay words."""
    assert Analyser(GLOSSARY).question(typed) == terms


def test_longest_name_counts() -> None:
    """Of two names that begin alike, the longer one is meant where it stands whole."""
    park = GlossaryEntry("parc", ("parc",))
    islands = GlossaryEntry("îles", ("parc des îles",))
    for glossary in ([park, islands], [islands, park]):
        assert Analyser(glossary).question("Le parc des îles") == ["=îles"]
        assert Analyser(glossary).question("Le parc des terrils") == ["=parc", "terril"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Le FEDER finance.", ["=FEDER", "fed", "financ"]),
        ("Fonds social européen", ["=FSE", "fond", "social", "europeen"]),
        ("Les terrils ici", ["=terril", "terril", "ici"]),
    ],
)
def test_text_keeps_the_words_of_a_name(text: str, terms: list[str]) -> None:
    """A text is found by the name, by its variants and by its words."""
    assert Analyser(GLOSSARY).text(text) == terms


@pytest.mark.parametrize(
    "text", ["Le 9-9 bis", "l’U.E. en 2016", "4 573 217,57 €", "Quel est le ?"]
)
def test_without_a_glossary_nothing_changes(text: str) -> None:
    """An analyser without names gives the terms of every text and question as before."""
    assert Analyser().text(text) == Analyser().question(text) == analyse(text)
    assert Analyser(GLOSSARY).question(text) == analyse(text)


def test_passage_is_found_by_another_name(tmp_path: Path) -> None:
    """A question in English finds the French text, before and after the index was saved."""
    analyser = Analyser(GLOSSARY)
    fields = [Fields(text, text) for text in ("Le FSE aide.", "Le terril est vert.", "Le FEDER.")]
    built = FieldedIndex.build(fields, analyser, k1=1.2, b=0.75)
    built.save(tmp_path)
    loaded = FieldedIndex.load(tmp_path)
    assert loaded.analyser.glossary == GLOSSARY
    for index in (built, loaded):
        shares = index.shares(index.analyser.question("Is there a slag heap?"), 1.0)
        assert (shares > 0).tolist() == [False, True, False]
