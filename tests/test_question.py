"""Understanding a question."""

from __future__ import annotations

import pytest

from assistant.conversation import Assistant
from assistant.errors import QuestionError
from assistant.index import Index
from assistant.language import detect_language
from assistant.question import MAX_CHARACTERS, Context, Form, clean, split, understand
from assistant.question.understanding import parts_of
from assistant.spelling import fold


@pytest.fixture(scope="module")
def index(assistant: Assistant) -> Index:
    """The index of the project's own corpus."""
    return assistant.index


# What can be a question.


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("\n\t", "empty"),
        ("\u00a0", "empty"),
        ("\x00\x01\x02", "unreadable"),
        ("\u200b\u200e", "unreadable"),
        ("???", "unreadable"),
        ("🙂🙂", "unreadable"),
        ("\ud800", "unreadable"),
        ("<>", "unreadable"),
        ("a" * 2_001, "too_long"),
        (" " * 2_001, "too_long"),
    ],
)
def test_what_cannot_be_a_question_is_refused(index: Index, text: str, code: str) -> None:
    """Nothing, nothing readable and far too much are refused, each for its reason."""
    with pytest.raises(QuestionError) as refused:
        understand(text, index)
    assert refused.value.code == code


def test_longest_question_is_two_thousand_characters() -> None:
    """2,000 characters pass; one more does not, and the visitor is told both numbers."""
    assert clean("a" * MAX_CHARACTERS) == "a" * 2_000
    with pytest.raises(QuestionError, match="2,001") as refused:
        clean("a" * 2_001)
    assert "2,000" in str(refused.value)


def test_signs_that_stand_for_many_letters_count_as_many() -> None:
    """« ﷺ » is eighteen letters to whoever looks for words in it; accents count once."""
    assert clean("é" * 2_000) == "é" * 2_000
    with pytest.raises(QuestionError, match="2,016"):
        clean("ﷺ" * 112)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Parc\x00des\tîles\u200b ?\n", "Parc des îles ?"),
        ("Où\r\nest\u2028le parc", "Où est le parc"),
        ("Ou\u0300 est l\u2019i\u0302le", "Où est l’île"),
        ("Le <b>Louvre</b>-Lens<br/> ?", "Le Louvre -Lens ?"),
        ("<p>Quand ?</p>", "Quand ?"),
        ("a < b et c > d", "a < b et c > d"),
        ("moins de <10 euros", "moins de <10 euros"),
        ("[sic] le parc (des îles)", "[sic] le parc (des îles)"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<br>", "<br>"),
        ("12", "12"),
    ],
)
def test_question_is_cleaned(typed: str, cleaned: str) -> None:
    """Control characters and markup go, signs that a visitor means stay."""
    assert clean(typed) == cleaned


@pytest.mark.parametrize("opening", ["<", "<a ", "[", "![", "[a"])
def test_markup_that_never_ends_is_kept(opening: str) -> None:
    """Hundreds of brackets that close nothing are not taken for markup."""
    typed = f"Quand ? {opening * 600}"
    assert clean(typed) == typed.strip()


def test_what_was_typed_is_kept_beside_what_is_searched(index: Index) -> None:
    """The text is the cleaned question; its correction is in the standalone question alone."""
    question = understand("  Quel est le <i>buget</i> de PROSPECTS ? ", index)
    assert question.text == "Quel est le buget de PROSPECTS ?"
    assert question.standalone == question.frame == "Quel est le budget de PROSPECTS ?"
    assert [topic.name for topic in question.topics] == ["PROSPECTS"]
    assert question.subjects == {"prospect"}
    assert (question.follows, question.readings, question.excused) == (False, (), False)


# Its language.


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Où le Parc des îles a-t-il été aménagé ?", "fr"),
        ("cest quoi le parc des iles", "fr"),
        ("terrils 9 9 bis", "fr"),
        ("ADITEC", "fr"),
        ("11/19", "fr"),
        ("tourisme", "fr"),
        ("Which European fund helps people get back to work?", "en"),
        ("Who finances the Louvre-Lens?", "en"),
        ("Welcher Fonds hilft Menschen bei der Rückkehr in die Arbeit?", "de"),
        ("Waar werd het Parc des îles aangelegd?", "nl"),
        ("Gdzie powstał park wysp?", "pl"),
        ("¿Qué museo se instaló en Lens?", "es"),
        ("Dove si trova il museo del Louvre-Lens?", "it"),
    ],
)
def test_language_is_the_visitors(index: Index, text: str, language: str) -> None:
    """The language of a question is recognised; a bare name counts as French."""
    assert detect_language(text) == language
    question = understand(text, index)
    assert (question.language, question.excused) == (language, False)


@pytest.mark.parametrize(
    "text",
    [
        "Quanto custou o museu do Louvre em Lens e quem pagou?",
        "Сколько стоил музей Лувр-Ланс?",
        "Πόσο κόστισε το μουσείο;",
        "Hur mycket kostade museet Louvre-Lens att bygga?",
    ],
)
def test_other_languages_are_answered_in_english_with_an_excuse(index: Index, text: str) -> None:
    """A language that the assistant does not speak is answered in English, and it says so."""
    question = understand(text, index, Context("fr", question="Où est le musée ?"))
    assert (question.language, question.excused) == ("en", True)
    assert question.standalone.endswith(text)


# What it asks for.


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Combien coûte le Louvre-Lens ?", {"amount"}),
        ("Quel est le budget de PROSPECTS ?", {"amount"}),
        ("Combien de millions l'Europe a-t-elle donnés au Louvre-Lens ?", {"amount"}),
        ("Combien d'argent l'Union européenne a-t-elle donné ?", {"amount"}),
        ("Quand le Louvre-Lens a-t-il ouvert ?", {"date"}),
        ("En quelle année la cokerie a-t-elle fermé ?", {"date"}),
        ("Combien de terrils y a-t-il ?", {"number"}),
        ("Combien de communes l'ERBM touche-t-il ?", {"number"}),
        ("Combien de personnes peut accueillir le Métaphone ?", {"number"}),
        ("Combien de temps a duré PROSPECTS ?", {"duration"}),
        ("Quelle était la superficie, et à quelle date ?", {"area"}),
        ("Quelle est la superficie du Parc des Îles ?", {"area"}),
        ("Quelle est la hauteur du terril de la Base 11/19 ?", {"length"}),
        ("Quel est le pourcentage de l'aide européenne ?", {"share"}),
        ("Quel est le prix d'entrée du musée ?", {"fee"}),
        ("À quoi sert le Fonds pour la transition juste ?", {"purpose"}),
        ("a quoi servaient les cavaliers", {"purpose"}),
        ("Quel est l'objectif du programme ?", {"purpose"}),
        ("Dans quel but le Département a-t-il acheté les terrils ?", {"purpose"}),
        ("What is the Just Transition Fund for?", {"purpose"}),
        ("What is the purpose of the fund?", {"purpose"}),
        ("Wozu dient der Fonds?", {"purpose"}),
        ("Waar dient het fonds voor?", {"purpose"}),
        ("Do czego służy ten fundusz?", {"purpose"}),
        ("¿Para qué sirve el fondo?", {"purpose"}),
        ("A cosa serve il fondo?", {"purpose"}),
        ("Quel est le numéro de téléphone du Parc des îles ?", {"contact"}),
        ("Quel est le numéro de la Mission Bassin Minier ?", {"contact"}),
        ("c'est quoi le numéro du musée", {"contact"}),
        ("Quel numéro appeler pour le Louvre-Lens ?", {"contact"}),
        ("Quel est le numéro de l'opération du FSE ?", set()),
        ("Quels sont les horaires du musée ?", {"hours"}),
        ("Le Louvre-Lens est-il ouvert le mardi ?", {"hours"}),
        ("combien ça coûte d'entrer au Louvre-Lens", {"fee"}),
        ("combien y a de terrils", {"number"}),
        ("quel âge a le Parc des Îles", {"date"}),
        ("c'est où la Base 11/19", {"place"}),
        ("comment on va au Parc des Îles", {"place"}),
        ("Comment se rendre au Louvre-Lens ?", {"place"}),
        ("Qui est le président de la Mission Bassin Minier ?", {"person"}),
        ("Pourquoi la cokerie a-t-elle fermé ?", {"reason"}),
        ("Où se trouve la Cité des Électriciens ?", {"place"}),
        ("Dans quelle ville est le Métaphone ?", {"place"}),
        ("Qui finance l'insertion ?", {"body"}),
        ("Parlez-moi du Louvre-Lens", set()),
        ("Le Parc des Îles est-il achevé ?", set()),
        ("How much did the museum cost?", {"amount"}),
        ("How many euros did the ERDF give?", {"amount"}),
        ("When did the mine close?", {"date"}),
        ("How many slag heaps are there?", {"number"}),
        ("How long did PROSPECTS run?", {"duration"}),
        ("What is the area of the Parc des Îles?", {"area"}),
        ("How high is the slag heap?", {"length"}),
        ("What percentage did the ERDF pay?", {"share"}),
        ("How much is the entry fee?", {"fee"}),
        ("Quel est le prix du menu au restaurant de la Cité ?", {"fee"}),
        ("C'est combien le parking ?", {"fee"}),
        ("How much is a meal there?", {"fee"}),
        ("What is the phone number of the museum?", {"contact"}),
        ("What are the opening hours of the Louvre-Lens?", {"hours"}),
        ("Who is the director of the Louvre-Lens?", {"person"}),
        ("Why did the coking plant close?", {"reason"}),
        ("Where is the Cité des Électriciens?", {"place"}),
        ("Who designed the Parc des Îles?", {"body"}),
        ("Wie viel hat das Louvre-Lens gekostet?", {"amount"}),
        ("Wann wurde das Museum eröffnet?", {"date"}),
        ("Wie viele Halden gibt es?", {"number"}),
        ("Wie groß ist der Parc des Îles?", {"area"}),
        ("Wie ist die Telefonnummer?", {"contact"}),
        ("Wer ist der Direktor des Louvre-Lens?", {"person"}),
        ("Warum wurde die Kokerei geschlossen?", {"reason"}),
        ("Wo liegt die Cité des Électriciens?", {"place"}),
        ("Wer hat den Parc des Îles entworfen?", {"body"}),
        ("Hoeveel kost het museum?", {"amount"}),
        ("Wanneer werd het museum geopend?", {"date"}),
        ("Hoeveel terrils zijn er?", {"number"}),
        ("Hoe lang duurde PROSPECTS?", {"duration"}),
        ("Hoe groot is het Parc des Îles?", {"area"}),
        ("Wat zijn de openingsuren?", {"hours"}),
        ("Waarom sloot de cokesfabriek?", {"reason"}),
        ("Ile kosztowało muzeum?", {"amount"}),
        ("Kiedy otwarto muzeum?", {"date"}),
        ("Ile jest hałd?", {"number"}),
        ("Jaki jest numer telefonu?", {"contact"}),
        ("Dlaczego zamknięto koksownię?", {"reason"}),
        ("Gdzie znajduje się Cité des Électriciens?", {"place"}),
        ("Kto zaprojektował Parc des Îles?", {"body"}),
        ("¿Cuánto cuesta el museo?", {"amount"}),
        ("¿Cuándo se abrió el museo?", {"date"}),
        ("¿Cuántos terrils hay?", {"number"}),
        ("¿Qué superficie tiene el parque?", {"area"}),
        ("¿Cuál es el teléfono del museo?", {"contact"}),
        ("¿Por qué cerró la planta de coque de Drocourt?", {"reason"}),
        ("¿Dónde está la Cité des Électriciens?", {"place"}),
        ("¿Quién diseñó el Parc des Îles?", {"body"}),
        ("Quanto costa il museo?", {"amount"}),
        ("Quando è stato aperto il museo?", {"date"}),
        ("Quanti terrils ci sono?", {"number"}),
        ("Quanto dura il progetto?", {"duration"}),
        ("Qual è la superficie del parco?", {"area"}),
        ("Chi è il presidente?", {"person"}),
        ("Perché la cokeria ha chiuso?", {"reason"}),
        ("Dove si trova la Cité des Électriciens?", {"place"}),
        ("Chi ha progettato il Parc des Îles?", {"body"}),
    ],
)
def test_kind_of_answer_is_recognised(index: Index, text: str, kinds: set[str]) -> None:
    """What a question asks for is read from its words, in each language."""
    assert understand(text, index).kinds == kinds


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("Combien de terrils y a-t-il ?", "terril"),
        ("combien d'emplois sont espérés", "emplois"),
        ("combien y a de terrils", "terril"),
        ("Quel est le nombre de communes ?", "commun"),
        ("How many partners does PROSPECTS have?", "partner"),
        ("Wie viele Halden gibt es?", "halden"),
        ("Hoeveel terrils zijn er?", "terril"),
        ("¿Cuántos terrils hay?", "terril"),
        ("Quanti terrils ci sono?", "terril"),
        ("Combien de millions a coûté le Louvre-Lens ?", None),
        ("Combien d'euros ?", None),
        ("How many euros did the ERDF give?", None),
        ("Combien coûte le Louvre-Lens ?", None),
        ("Quand le Louvre-Lens a-t-il ouvert ?", None),
    ],
)
def test_thing_that_is_counted_is_known(index: Index, text: str, counted: str | None) -> None:
    """« Combien de communes » counts communes; money is not counted but summed."""
    assert understand(text, index).counted == counted


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Quand le Louvre-Lens a-t-il ouvert ?", Form.FACT),
        ("quand a ouvert le louvre", Form.FACT),
        ("C'est quoi l'ERBM ?", Form.DEFINITION),
        ("Qu'est-ce que l'ADITEC ?", Form.DEFINITION),
        ("Que signifie FTJ ?", Form.DEFINITION),
        ("Quels sont les partenaires de PROSPECTS ?", Form.LIST),
        ("Citez les financeurs du Louvre-Lens", Form.LIST),
        ("Parlez-moi du Louvre-Lens", Form.SUMMARY),
        ("Résume le projet PROSPECTS", Form.SUMMARY),
        ("ADITEC", Form.SUMMARY),
        ("Je cherche des infos sur le Louvre-Lens", Form.SUMMARY),
        ("je voudrais des renseignements concernant le Parc des Îles", Form.SUMMARY),
        ("Tu peux me parler de la Base 11/19 ?", Form.SUMMARY),
        ("I'm looking for information on the Louvre-Lens", Form.SUMMARY),
        ("I would like to know more about PROSPECTS", Form.SUMMARY),
        ("Ich suche Informationen zum Louvre-Lens", Form.SUMMARY),
        ("Ik zoek informatie over het Louvre-Lens", Form.SUMMARY),
        ("Szukam informacji o Louvre-Lens", Form.SUMMARY),
        ("Busco información sobre el Louvre-Lens", Form.SUMMARY),
        ("Cerco informazioni sul Louvre-Lens", Form.SUMMARY),
        ("Lequel a coûté le plus cher, le Louvre-Lens ou le Métaphone ?", Form.COMPARISON),
        ("Compare le budget de PROSPECTS et de la Cité des Électriciens", Form.COMPARISON),
        ("Pourquoi lit-on deux montants pour le Louvre-Lens ?", Form.DIFFERENCE),
        ("D'où vient l'écart entre 150 et 175 millions ?", Form.DIFFERENCE),
        ("Le Parc des Îles est-il achevé ?", Form.YES_NO),
        ("Est-ce que le Parc des Îles est achevé ?", Form.YES_NO),
        ("le parc est achevé", Form.FACT),
        ("What is the ERBM?", Form.DEFINITION),
        ("What is the budget of PROSPECTS?", Form.FACT),
        ("Which partners are there?", Form.LIST),
        ("Tell me about PROSPECTS", Form.SUMMARY),
        ("Compare the Louvre-Lens and the Cité des Électriciens", Form.COMPARISON),
        ("Why are there two figures for the Louvre-Lens?", Form.DIFFERENCE),
        ("Is the Métaphone open?", Form.YES_NO),
        ("Was ist der ERBM?", Form.DEFINITION),
        ("Wann wurde das Museum eröffnet?", Form.FACT),
        ("Ist das Métaphone fertig?", Form.YES_NO),
        ("Wat is de ERBM?", Form.DEFINITION),
        ("Vertel iets over het Louvre-Lens", Form.SUMMARY),
        ("Co to jest ERBM?", Form.DEFINITION),
        ("¿Qué es el ERBM?", Form.DEFINITION),
        ("¿Cuáles son los socios de PROSPECTS?", Form.LIST),
        ("Che cos'è l'ERBM?", Form.DEFINITION),
        ("Mi parli del Louvre-Lens", Form.SUMMARY),
    ],
)
def test_form_of_the_answer_is_recognised(index: Index, text: str, form: Form) -> None:
    """How the answer is put is read from the question, in each language."""
    assert understand(text, index).form is form


# Its spelling.


@pytest.mark.parametrize(
    ("typed", "standalone"),
    [
        ("terils oignie", "terrils oignie"),
        ("leconomie", "l'economie"),
        ("lagglo", "l'agglomeration"),
        ("Que fait lagglo ?", "que fait l'agglomeration ?"),
        ("le mettaphone a ouvert quand", "le metaphone a ouvert quand"),
        ("Quel est le rôle de lunesco ?", "quel est le role de l'unesco ?"),
        ("superfisie du parc", "superficie du parc"),
        ("What is the buget of PROSPECTS?", "what is the budget of prospects?"),
        ("Qu'est-ce que l'unesko ?", "qu'est-ce que l'unesco ?"),
    ],
)
def test_misspelt_words_are_corrected(index: Index, typed: str, standalone: str) -> None:
    """Slips, glued articles and words cut short become words of the corpus."""
    question = understand(typed, index)
    assert fold(question.standalone) == standalone
    assert question.text == typed


def test_misspelt_names_are_subjects(index: Index) -> None:
    """« terils oignie » is about Oignies, as « terrils d'Oignies » is."""
    right = understand("terrils d'Oignies", index)
    assert "oign" in right.subjects
    assert understand("terils oignie", index).subjects == right.subjects


def test_kind_is_read_from_the_corrected_question(index: Index) -> None:
    """A slip in the word that asks hides nothing."""
    assert understand("superfisie du parc", index).kinds == {"area"}
    assert understand("quel est le montan de l'aide du feder ?", index).kinds == {"amount"}


@pytest.mark.parametrize(
    "text",
    [
        "plage",
        "piscine",
        "Y a-t-il une plage à Lens ?",
        "Y a-t-il une piscine au Louvre-Lens ?",
        "Est-ce que je peux venir avec mon chien ?",
        "loisirs randonnée vélo hôtel restaurant parking",
        "Quels métiers recrutent ?",
        "Is there a beach near the swimming pool?",
        "L’aéroport est-il loin de la gare ?",
        "Quand l'hôpital de Lille a-t-il ouvert ?",
        "Wie teuer war das Musuem?",
        "Dove è la piscinna?",
        "Parc des Îles 9-9bis 11/19 ERBM FTJ",
        "Quels terrils à Loos-en-Gohelle ?",
    ],
)
def test_words_that_exist_are_never_corrected(index: Index, text: str) -> None:
    """French and English words that the corpus lacks stay, and so do other languages."""
    assert understand(text, index).standalone == text


# Several questions in one.


@pytest.mark.parametrize(
    ("language", "text", "parts"),
    [
        (
            "fr",
            "Qui a conçu le Parc des Îles ? Quand a-t-il été achevé ?",
            ["Qui a conçu le Parc des Îles ?", "Quand a-t-il été achevé ?"],
        ),
        (
            "fr",
            "Quand la cokerie a-t-elle fermé, et combien d'ouvriers y travaillaient ?",
            ["Quand la cokerie a-t-elle fermé", "combien d'ouvriers y travaillaient ?"],
        ),
        (
            "fr",
            "Où se trouve la Cité des Électriciens et à quelle date a-t-elle ouvert ?",
            ["Où se trouve la Cité des Électriciens", "à quelle date a-t-elle ouvert ?"],
        ),
        (
            "en",
            "When did the Louvre-Lens open, and how much did it cost?",
            ["When did the Louvre-Lens open", "how much did it cost?"],
        ),
        (
            "de",
            "Wann wurde das Louvre-Lens eröffnet und wie viel hat es gekostet?",
            ["Wann wurde das Louvre-Lens eröffnet", "wie viel hat es gekostet?"],
        ),
        (
            "it",
            "Quando ha aperto il Louvre-Lens e quanto è costato?",
            ["Quando ha aperto il Louvre-Lens", "quanto è costato?"],
        ),
        (
            "fr",
            "Qui le gère ? Où est-il ? Combien a-t-il coûté ? Quand a-t-il ouvert ?",
            ["Qui le gère ?", "Où est-il ?", "Combien a-t-il coûté ?"],
        ),
    ],
)
def test_question_of_several_parts_is_taken_apart(
    language: str, text: str, parts: list[str]
) -> None:
    """Each sentence or clause that asks is a question, of which three at most are answered."""
    found = parts_of(text, language)
    assert len(found) == len(parts)
    for one, expected in zip(found, parts, strict=True):
        assert one.startswith(expected)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Quand le Louvre-Lens a-t-il ouvert ?"),
        ("fr", "Le Nord et le Pas-de-Calais sont-ils inscrits ?"),
        ("fr", "Bonjour. Qui a conçu le Parc des Îles ?"),
        ("fr", "Je visite Lens. Où est le musée ?"),
        ("fr", "Quand ? Qui a conçu le Parc des Îles ?"),
        ("fr", "Quels sont les puits et les terrils inscrits ?"),
        ("fr", "La Région et le Département : qui a financé quoi ?"),
        ("fr", ""),
        ("en", "Which towns and villages does the Parc des Îles cover?"),
        ("de", "Was finanzieren die Region und das Département?"),
    ],
)
def test_one_question_stays_whole(language: str, text: str) -> None:
    """A greeting, an explanation and two things tied by « et » make no second question."""
    assert parts_of(text, language) == [text]


def test_one_question_is_not_split(index: Index) -> None:
    """Most questions are answered as they are."""
    question = understand("Quand le Louvre-Lens a-t-il ouvert ?", index)
    assert split(question, index, None) == [question]


@pytest.mark.parametrize(
    ("text", "kinds", "second"),
    [
        (
            "Quand le Louvre-Lens a-t-il ouvert et combien a-t-il coûté ?",
            [{"date"}, {"amount"}],
            "Louvre-Lens : combien a-t-il coûté ?",
        ),
        (
            "Qui a conçu le Parc des Îles ? Quand a-t-il été achevé ?",
            [{"body"}, {"date"}],
            "Parc des Îles : Quand a-t-il été achevé ?",
        ),
        (
            "When did the Louvre-Lens open, and how much did it cost?",
            [{"date"}, {"amount"}],
            "Louvre-Lens : how much did it cost?",
        ),
        (
            "Quando ha aperto il Louvre-Lens e quanto è costato?",
            [{"date"}, {"amount"}],
            "Louvre-Lens : quanto è costato?",
        ),
    ],
)
def test_second_question_is_about_what_the_first_named(
    index: Index, text: str, kinds: list[set[str]], second: str
) -> None:
    """Each of two questions has its own kind, and the second one gets the first one's subject."""
    whole = understand(text, index)
    first, last = split(whole, index, None)
    assert first.kinds == kinds[0]
    assert not first.follows
    assert last.standalone == second
    assert last.follows
    assert last.kinds == kinds[1]
    assert {first.language, last.language} == {whole.language}


def test_small_talk_is_no_part_of_a_question(index: Index) -> None:
    """A « ça va ? » between two questions is not answered as a third one."""
    text = "Qui a conçu le Parc des Îles ? Ça va ? Quand a-t-il été achevé ?"
    parts = split(understand(text, index), index, None)
    assert [part.text for part in parts] == [
        "Qui a conçu le Parc des Îles ?",
        "Quand a-t-il été achevé ?",
    ]


@pytest.mark.parametrize(
    ("text", "names", "shared"),
    [
        (
            "Lequel a coûté le plus cher, le Louvre-Lens ou la Cité des Électriciens ?",
            ["Louvre-Lens", "Cité des Électriciens"],
            "coûté",
        ),
        (
            "Compare le budget de PROSPECTS et de la Cité des Électriciens",
            ["PROSPECTS", "Cité des Électriciens"],
            "budget",
        ),
        (
            "Qui a donné le plus au Louvre-Lens, la Région ou le Département ?",
            ["Région", "Département"],
            "Louvre-Lens",
        ),
        (
            "Which is larger, the Parc des Îles or Base 11/19?",
            ["Parc des Îles", "Base 11/19"],
            "larger",
        ),
        (
            "Was ist größer, der Parc des Îles oder die Base 11/19?",
            ["Parc des Îles", "Base 11/19"],
            "größer",
        ),
    ],
)
def test_comparison_asks_about_each_thing(
    index: Index, text: str, names: list[str], shared: str
) -> None:
    """The same is asked about each thing compared, and of the others nothing is left."""
    whole = understand(text, index)
    parts = split(whole, index, None)
    assert [part.text for part in parts] == names
    for part in parts:
        others = [name for name in names if name != part.text]
        assert part.text in part.standalone
        assert shared in part.standalone
        assert not any(name in part.standalone for name in others)
        assert part.kinds == whole.kinds
        assert part.form is not Form.COMPARISON
        assert [topic.name for topic in part.topics] == [part.text]


def test_comparison_of_nothing_known_stays_whole(index: Index) -> None:
    """What names no two things is asked as it is."""
    question = understand("Compare les aides", index)
    assert question.form is Form.COMPARISON
    assert split(question, index, None) == [question]
