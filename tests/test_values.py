"""What answers a question of a kind, in sentences of the sources."""

from __future__ import annotations

import re

import pytest

from assistant.lexical import analyse
from assistant.question.asked import KINDS
from assistant.values import OPTIONAL, counts, find_values, without_source
from tests.conftest import ROOT

_NOTES = re.compile(r"\[\^[\w-]+\]")


def _sentences(language: str) -> list[str]:
    """Returns the sentences of the corpus in a language, blanks as they are written."""
    found = []
    for file in sorted((ROOT / "corpus").glob(f"*.{language}.md")):
        body = file.read_text(encoding="utf-8").split("---\n", 2)[2]
        lines = [line for line in body.splitlines() if line and not line.startswith("#")]
        found += [part for line in lines for part in re.split(rf"(?:{_NOTES.pattern})+\s*", line)]
    return [sentence for sentence in found if sentence]


SENTENCES = [*_sentences("fr"), *_sentences("en")]
WRITTEN = {" ".join(sentence.split()): sentence for sentence in SENTENCES}


def _values(kind: str, sentence: str, question: str = "") -> list[str]:
    """Returns what is found in a sentence of the corpus, with plain blanks."""
    written = WRITTEN.get(sentence, sentence)
    return [
        " ".join(written[span.start : span.end].split())
        for span in find_values(kind, written, question)
    ]


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        (
            "amount",
            "Selon un portail de l’État, l’implantation du Louvre à Lens (2012-2013) a coûté au "
            "total 150 millions d’euros.",
            ["150 millions d’euros"],
        ),
        (
            "amount",
            "Selon la liste des opérations de l’État du 11 juillet 2016, le montant éligible de la "
            "tranche conditionnelle 2 de la reconversion du 9-9bis est de 4 573 217,57 euros.",
            ["4 573 217,57 euros"],
        ),
        (
            "amount",
            "Selon une page de la Région de 2021, les Hauts-de-France ont reçu 1,43 milliard "
            "d’euros de fonds européens pour 2014-2020.",
            ["1,43 milliard d’euros"],
        ),
        (
            "amount",
            "La centrale solaire du siège du Département du Pas-de-Calais a un coût de 683 360 "
            "euros hors taxes.",
            ["683 360 euros hors taxes"],
        ),
        (
            "amount",
            "Les quatre plus gros financeurs cités par Euralens réunissent 12,7 millions d’euros "
            "sur les 14,7 millions d’euros du budget de la Cité des Électriciens.",
            ["12,7 millions d’euros", "14,7 millions d’euros"],
        ),
        (
            "amount",
            "According to the State list of operations of 11 July 2016, the eligible amount of "
            "conditional tranche 2 of the 9-9bis redevelopment is €4,573,217.57.",
            ["€4,573,217.57"],
        ),
        (
            "amount",
            "According to a Region page from 2021, Hauts-de-France received €1.43 billion of "
            "European funds for 2014-2020.",
            ["€1.43 billion"],
        ),
        (
            "date",
            "Le Fonds pour la transition juste a été lancé dans les Hauts-de-France le 11 avril "
            "2023.",
            ["11 avril 2023"],
        ),
        (
            "date",
            "L’ADITEC a perdu le financement du Département du Pas-de-Calais à partir du 1er "
            "janvier 2017, selon la presse économique régionale.",
            ["1er janvier 2017"],
        ),
        (
            "date",
            "La Cité des Électriciens a été construite de 1856 à 1861.",
            ["de 1856 à 1861"],
        ),
        (
            "date",
            "The Drocourt coking plant, now the Parc des Îles, closed on 20 March 2002.",
            ["20 March 2002"],
        ),
        (
            "date",
            "Destination Terrils 2 runs from April 2024 to April 2028.",
            ["from April 2024 to April 2028"],
        ),
        (
            "number",
            "L’Engagement pour le renouveau du bassin minier (ERBM) concerne 250 communes.",
            ["250 communes"],
        ),
        (
            "number",
            "L’Engagement pour le renouveau du bassin minier (ERBM) concerne 1,2 million "
            "d’habitants.",
            ["1,2 million d’habitants"],
        ),
        (
            "number",
            "Dans les Hauts-de-France, 3 250 emplois directs sont espérés grâce au Fonds pour la "
            "transition juste.",
            ["3 250 emplois directs"],
        ),
        (
            "number",
            "The open geographical data of the Mission Bassin Minier on the inscription of the "
            "mining basin list 51 slag heaps.",
            ["51 slag heaps"],
        ),
        (
            "number",
            "According to the open geographical data of the Mission Bassin Minier, the territory "
            "of the Mission Bassin Minier has 1,201,615 inhabitants.",
            ["1,201,615 inhabitants"],
        ),
        ("quantity", "Le projet PROSPECTS compte 10 partenaires.", ["10"]),
        ("quantity", "The PROSPECTS project has 10 partners.", ["10"]),
        (
            "duration",
            "L’Engagement pour le renouveau du bassin minier (ERBM) est prévu sur dix ans.",
            ["dix ans"],
        ),
        (
            "duration",
            "Destination Terrils 2 se déroule d’avril 2024 à avril 2028.",
            ["d’avril 2024 à avril 2028"],
        ),
        (
            "duration",
            "The Engagement pour le renouveau du bassin minier (ERBM) is planned to run for ten "
            "years.",
            ["ten years"],
        ),
        ("area", "La Base 11/19 a une superficie de 110 hectares.", ["110 hectares"]),
        (
            "area",
            "Selon les données géographiques ouvertes de la Mission Bassin Minier, le territoire "
            "de la Mission Bassin Minier a une superficie de 1 790 km².",
            ["1 790 km²"],
        ),
        ("area", "Base 11/19 has an area of 110 hectares.", ["110 hectares"]),
        (
            "length",
            "Selon le site de la ville de Loos-en-Gohelle, la hauteur du terril de la Base 11/19 "
            "est de 186 mètres.",
            ["186 mètres"],
        ),
        (
            "length",
            "Le bassin minier inscrit au patrimoine mondial s’étend sur environ 120 kilomètres à "
            "travers le Nord et le Pas-de-Calais.",
            ["120 kilomètres"],
        ),
        (
            "length",
            "According to the website of the town of Loos-en-Gohelle, the height of the slag heap "
            "at Base 11/19 is 186 metres.",
            ["186 metres"],
        ),
        (
            "share",
            "Le financement du Département du Pas-de-Calais, perdu par l’ADITEC à partir du 1er "
            "janvier 2017, représentait 70 % du budget de l’ADITEC, selon la presse économique "
            "régionale.",
            ["70 %"],
        ),
        (
            "share",
            "Selon la page « Bassin Minier » du Département du Pas-de-Calais, le Fonds social "
            "européen (FSE) finance, à parité avec le Département, des projets d’insertion "
            "professionnelle des bénéficiaires du revenu de solidarité active (RSA).",
            ["à parité"],
        ),
        (
            "share",
            "The ERDF React-EU aid of €205,000 represents 30% of the cost excluding tax of the "
            "solar plant at the headquarters of the Department of Pas-de-Calais.",
            ["30%"],
        ),
        (
            "reason",
            "L’ADITEC a perdu le financement du Département du Pas-de-Calais, à partir du 1er "
            "janvier 2017, à la suite de la loi portant nouvelle organisation territoriale de la "
            "République (NOTRe).",
            ["à la suite"],
        ),
        (
            "reason",
            "ADITEC lost the funding of the Department of Pas-de-Calais, from 1 January 2017, "
            "following the act on the new territorial organisation of the Republic (NOTRe).",
            ["following"],
        ),
        (
            "place",
            "La Cité des Électriciens se trouve à Bruay-la-Buissière.",
            ["Bruay-la-Buissière"],
        ),
        (
            "place",
            "Le Parc des Îles s’étend sur Drocourt, Rouvroy et Hénin-Beaumont.",
            ["Drocourt, Rouvroy et Hénin-Beaumont"],
        ),
        (
            "place",
            "The Parc des Îles extends across Drocourt, Rouvroy and Hénin-Beaumont.",
            ["Drocourt, Rouvroy and Hénin-Beaumont"],
        ),
        ("body", "Le Parc des Îles a été conçu par Ilex.", ["Ilex"]),
        (
            "body",
            "La Base 11/19 a été sauvée par la ville de Loos-en-Gohelle.",
            ["la ville de Loos-en-Gohelle"],
        ),
    ],
)
def test_what_a_source_says_of_a_kind_is_found(
    kind: str, sentence: str, expected: list[str]
) -> None:
    """In French and English sentences of the corpus, exactly what answers a kind is found."""
    assert sentence in WRITTEN
    assert _values(kind, sentence) == expected


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        ("fee", "L’entrée du musée est gratuite.", ["gratuite"]),
        ("fee", "The tickets are sold at the door.", ["tickets"]),
        ("share", "The ERDF aid covers 40 per cent of the cost.", ["40 per cent"]),
        ("contact", "On joint l’accueil au 03 21 18 62 62.", ["03 21 18 62 62"]),
        ("contact", "Écrire à accueil@exemple.fr pour réserver.", ["accueil@exemple.fr"]),
        ("contact", "Le siège est au 12 rue Pasteur.", ["12 rue Pasteur"]),
        ("hours", "Le musée ouvre à 10 h et ferme à 18h30.", ["10 h", "18h30"]),
        ("hours", "The museum opens at 10 am.", ["10 am"]),
        ("person", "Le musée est dirigé par Mme Marie Dupont.", ["Mme Marie Dupont"]),
        ("purpose", "Le fonds vise à aider les mineurs.", ["vise à"]),
        ("purpose", "Le fonds finance, à parité, des projets.", ["finance,"]),
        ("purpose", "Un lieu destiné aux artistes.", ["destiné aux"]),
        ("purpose", "Des espaces sont repris pour réaliser des parcs, grâce au fonds.", []),
        ("purpose", "Le fonds aide les mineurs.", ["aide les"]),
        ("purpose", "L’aide du fonds à la halle est de 12 000 euros.", []),
        ("purpose", "The fund aims to train miners.", ["aims to"]),
        ("purpose", "Le fonds reçoit 228 millions d’euros.", []),
        ("purpose", "L’ADITEC a perdu le financement du Département.", []),
        ("purpose", "The use of European funds is watched.", []),
        ("person", "The museum is run by Mr John Smith.", ["Mr John Smith"]),
    ],
)
def test_what_the_corpus_lacks_would_be_found(
    kind: str, sentence: str, expected: list[str]
) -> None:
    """Fees, addresses, hours and people are found in the sentences of other corpora."""
    assert _values(kind, sentence) == expected


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("amount", "La Base 11/19 a une superficie de 110 hectares."),
        (
            "amount",
            "L’Engagement pour le renouveau du bassin minier (ERBM) concerne 1,2 million "
            "d’habitants.",
        ),
        ("date", "Le projet PROSPECTS compte 10 partenaires."),
        ("number", "La Cité des Électriciens a ouvert en 2019."),
        ("number", "La Base 11/19 a une superficie de 110 hectares."),
        (
            "number",
            "Selon Euralens, le budget de la Cité des Électriciens est de 14,7 millions d’euros.",
        ),
        ("quantity", "La Cité des Électriciens a ouvert en 2019."),
        ("quantity", "The Cité des Électriciens opened in 2019."),
        ("share", "Le projet PROSPECTS compte 10 partenaires."),
        ("area", "Le projet PROSPECTS compte 10 partenaires."),
        ("length", "La Base 11/19 a une superficie de 110 hectares."),
        ("place", "Le projet PROSPECTS compte 10 partenaires."),
        ("reason", "La Base 11/19 a une superficie de 110 hectares."),
        ("person", "Le Parc des Îles a été conçu par Ilex."),
    ],
)
def test_other_kinds_are_not_mistaken_for_one(kind: str, sentence: str) -> None:
    """A year is no number of things, inhabitants are no money, hectares no length."""
    assert sentence in WRITTEN
    assert _values(kind, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "dates"),
    [
        (
            "Le 9-9bis d’Oignies est monument historique depuis 1994, selon une page de la "
            "Commission européenne du 26 octobre 2017.",
            ["1994"],
        ),
        (
            "Selon la liste des opérations de l’État du 11 juillet 2016, le montant éligible pour "
            "la Cité des Électriciens est de 3 723 528,41 euros.",
            [],
        ),
        (
            "Les sources diffèrent sur l’année d’achat du 9-9bis par la communauté "
            "d’agglomération d’Hénin-Carvin : 2002 selon le Département du Pas-de-Calais, 2003 "
            "selon la Commission européenne.",
            ["2002", "2003"],
        ),
        (
            "According to a European Commission page of 26 October 2017, the Hénin-Carvin "
            "intermunicipal authority bought the 9-9bis site from Charbonnages in 2003.",
            ["2003"],
        ),
        (
            "The Métaphone, at the 9-9bis site in Oignies, opened in 2013, according to a European "
            "Commission page of 26 October 2017.",
            ["2013"],
        ),
    ],
)
def test_date_of_a_source_is_no_answer(sentence: str, dates: list[str]) -> None:
    """What only says when the source was written does not tell when something happened."""
    assert sentence in WRITTEN
    assert _values("date", sentence) == dates


@pytest.mark.parametrize(
    ("kind", "sentence", "question", "expected"),
    [
        (
            "number",
            "Destination Terrils 2 concerne 15 ensembles de terrils.",
            "Combien d'ensembles de terrils Destination Terrils 2 concerne-t-il ?",
            ["15 ensembles de terrils"],
        ),
        (
            "number",
            "Destination Terrils 2 est un projet franco-wallon.",
            "Combien de terrils Destination Terrils 2 concerne-t-il ?",
            [],
        ),
        (
            "date",
            "Le Louvre-Lens a ouvert en 2012, selon un blog personnel consacré aux projets "
            "européens.",
            "Qu'est-ce qui a ouvert à Lens en 2012 ?",
            [],
        ),
        (
            "place",
            "Le Parc des Îles s’étend sur Drocourt, Rouvroy et Hénin-Beaumont.",
            "Le Parc des Îles est-il à Drocourt, Rouvroy et Hénin-Beaumont ?",
            [],
        ),
        (
            "area",
            "Base 11/19 has an area of 110 hectares.",
            "How large is Base 11/19?",
            ["110 hectares"],
        ),
    ],
)
def test_what_the_question_says_itself_is_no_answer(
    kind: str, sentence: str, question: str, expected: list[str]
) -> None:
    """The « 2 » of « Destination Terrils 2 » and a year that the visitor named answer nothing."""
    assert sentence in WRITTEN
    assert _values(kind, sentence, question) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_words_of_the_sentence(kind: str) -> None:
    """In the whole corpus, each value lies in its sentence, in order, without blanks around it."""
    for sentence in SENTENCES:
        spans = find_values(kind, sentence)
        assert [span.start for span in spans] == sorted({span.start for span in spans})
        for span in spans:
            value = sentence[span.start : span.end]
            assert value == value.strip()
            assert 0 < span.end <= len(sentence)
            assert analyse(value)


def test_kinds_that_need_no_value_are_kinds() -> None:
    """A place and a body may be told without a pattern finding where; all other kinds may not."""
    assert {"place", "body"} == OPTIONAL
    assert set(KINDS) > OPTIONAL


@pytest.mark.parametrize(
    ("sentence", "things"),
    [
        (
            "Les données géographiques ouvertes de la Mission Bassin Minier sur l’inscription du "
            "bassin minier recensent 51 terrils.",
            "terrils",
        ),
        ("Le projet PROSPECTS compte 10 partenaires.", "partenaires"),
        (
            "L’Engagement pour le renouveau du bassin minier (ERBM) concerne 1,2 million "
            "d’habitants.",
            "habitants",
        ),
        (
            "Dans les Hauts-de-France, 3 250 emplois directs sont espérés grâce au Fonds pour la "
            "transition juste.",
            "emplois directs",
        ),
        (
            "The open geographical data of the Mission Bassin Minier list 636 former mine shafts.",
            "former mine shafts",
        ),
        ("La Cité des Électriciens a ouvert en 2019.", ""),
        ("La Base 11/19 est un écopôle du développement durable.", ""),
    ],
)
def test_things_that_a_sentence_counts(sentence: str, things: str) -> None:
    """The words after a number are what it counts; a date counts nothing."""
    assert sentence in WRITTEN
    assert counts(WRITTEN[sentence]) == set(analyse(things))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Selon une actualité du Département du Pas-de-Calais de 2011 consacrée au 9-9bis "
            "d’Oignies, la dernière mine a fermé en 1990.",
            "la dernière mine a fermé en 1990",
        ),
        (
            "Le 9-9bis d’Oignies est monument historique depuis 1994, selon une page de la "
            "Commission européenne du 26 octobre 2017.",
            "Le 9-9bis d’Oignies est monument historique depuis 1994",
        ),
        (
            "According to Euralens, the Region contributed €3.7 million to the Cité des "
            "Électriciens.",
            "the Region contributed €3.7 million to the Cité des Électriciens",
        ),
        (
            "The Louvre-Lens opened in 2012, according to a personal blog about European projects.",
            "The Louvre-Lens opened in 2012",
        ),
        (
            "Le Parc des Îles a été conçu par Ilex.",
            "Le Parc des Îles a été conçu par Ilex",
        ),
    ],
)
def test_sentence_without_its_source(sentence: str, expected: str) -> None:
    """What names the source goes, at either end of a sentence; all else stays."""
    assert sentence in WRITTEN
    shown = " ".join(without_source(WRITTEN[sentence]).split()).removesuffix(".")
    assert shown == expected
