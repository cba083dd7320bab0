"""Composing answers from sources' own sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.answer import (
    Composed,
    Part,
    cite,
    compose,
    decline,
    describe_source,
    refuse,
    small_talk,
)
from assistant.conversation import Assistant
from assistant.domain import Answer, Citation, Outcome, Span
from assistant.errors import CitationError
from assistant.index import Index
from assistant.question import Refusal, SmallTalk, split, understand
from assistant.scoring import Verdict
from assistant.settings import AnswerSettings
from assistant.testing import write_document
from assistant.texts import LANGUAGES, load_texts
from tests.documents import lines, pdf, put, put_table
from tests.small_indexes import found_of, index_in, index_of

QUOTED = re.compile(r"\[(\d+)\]")


def _index(folder: Path, text: str, *, max_tokens: int = 16, language: str = "fr") -> Index:
    return index_of(
        folder, {"doc": text}, titles={"doc": "Titre"}, language=language, max_tokens=max_tokens
    )


def _compose(index: Index, text: str, *positions: int, max_statements: int = 5) -> Composed:
    """Composes from the passages at `positions`, as if they were found and surely answered."""
    parts = []
    for question in split(understand(text, index), index, None):
        found = found_of(question, index, *positions)
        parts.append(Part(question, found, Verdict(0.9, found.candidates)))
    return compose(parts, index, AnswerSettings(max_statements=max_statements))


def _words(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _emphasised(answer: Answer | Composed) -> list[list[str]]:
    return [
        [_words(statement.text[start:end]) for start, end in statement.emphasis]
        for statement in answer.statements
    ]


# One fact.


def test_statement_is_the_sentence_that_answers(tmp_path: Path) -> None:
    """Of a passage, only the sentence that shares words with the question is quoted."""
    index = _index(tmp_path, "Le musée ouvre le mardi. Un café sert des gaufres. La rue est calme.")
    composed = _compose(index, "Où sont les gaufres ?", 0)
    assert composed.outcome is Outcome.ANSWERED
    assert composed.text == "Un café sert des gaufres. [1]"
    assert [statement.text for statement in composed.statements] == ["Un café sert des gaufres."]
    assert composed.reason is None


def test_quote_is_cut_from_the_source(tmp_path: Path) -> None:
    """A quote is source[start:end], and comes with all that a citation has to say."""
    text = "Le musée ouvre le mardi. Un café sert des gaufres."
    index = _index(tmp_path, text)
    (citation,) = _compose(index, "Où sont les gaufres ?", 0).citations
    assert (citation.start, citation.end) == (25, 50)
    assert citation.quote == text[25:50] == "Un café sert des gaufres."
    assert (citation.marker, citation.title, citation.publisher) == (1, "Titre", "Éditeur")
    assert citation.url == "https://example.org/doc"
    assert (citation.date, citation.accessed) == (None, "2026-11-22")
    assert citation.passage_id == index.passages[0].passage_id
    assert citation.content_hash == index.passages[0].content_hash


@pytest.mark.parametrize("opening", ["Ainsi", "En effet", "Par ailleurs", "However", "Thus"])
def test_opening_that_ties_to_the_text_before_is_dropped(tmp_path: Path, opening: str) -> None:
    """« Ainsi, » makes no sense at the start of an answer; the quote keeps it."""
    index = _index(tmp_path, f"{opening}, le café sert des gaufres.")
    composed = _compose(index, "Où sont les gaufres ?", 0)
    assert composed.statements[0].text == "Le café sert des gaufres."
    assert composed.citations[0].quote == f"{opening}, le café sert des gaufres."


def test_word_that_only_looks_like_an_opening_is_kept(tmp_path: Path) -> None:
    """« Ainsi » without its comma belongs to the sentence."""
    index = _index(tmp_path, "Ainsi va le café des gaufres.")
    assert _compose(index, "gaufres", 0).text == "Ainsi va le café des gaufres. [1]"


@pytest.mark.parametrize(
    "second",
    [
        "C’est le cas des terrils de Lens.",
        "Ils dominent les terrils voisins.",
        "Cette colline est plus haute que les terrils.",
        "Classée en 2012, elle domine les terrils.",
    ],
)
def test_sentence_that_leans_on_another_brings_it(tmp_path: Path, second: str) -> None:
    """A sentence whose subject stands in the one before is quoted with it, across passages too."""
    first = "La grande colline appartient désormais au Département."
    index = _index(tmp_path, f"{first} {second}")
    composed = _compose(index, "Où sont les terrils ?", len(index) - 1)
    assert composed.statements[0].text == f"{first} {second}"
    assert composed.citations[0].quote == f"{first} {second}"


@pytest.mark.parametrize("second", ["Il y a des terrils à Lens.", "Il faut voir les terrils."])
def test_impersonal_sentence_stands_alone(tmp_path: Path, second: str) -> None:
    """« Il y a » and « il faut » lean on nothing."""
    index = _index(tmp_path, f"La grande colline appartient désormais au Département. {second}")
    assert _compose(index, "les terrils", len(index) - 1).statements[0].text == second


def test_no_context_from_another_section(tmp_path: Path) -> None:
    """The first sentence of a section does not bring the end of the section before."""
    write_document(tmp_path / "corpus", "doc", "Le parc est grand.\n\nPartie B\n\nIl ouvre tôt.")
    yaml = tmp_path / "corpus" / "doc.yaml"
    yaml.write_text(yaml.read_text() + 'headings: {2: ["Partie *"]}\n')
    index = index_in(tmp_path)
    assert index.passages[1].section == ("Partie B",)
    assert _compose(index, "ouvre tôt", 1).statements[0].text == "Il ouvre tôt."


def test_same_words_are_not_quoted_twice(tmp_path: Path) -> None:
    """When the second sentence's context is the first one, it is one quote."""
    index = _index(
        tmp_path,
        "Quels terrils noirs et quelle colline grise on voit depuis longtemps ici. "
        "Ils sont les terrils de Lens et ceux de tous les alentours.",
    )
    assert len(index) == 2
    composed = _compose(index, "Quels sont les terrils ?", 1, 0)
    assert len(composed.citations) == 1
    assert composed.citations[0].quote == index.documents["doc"].text


def test_sentence_that_adds_a_word_of_the_question_is_quoted_too(tmp_path: Path) -> None:
    """A second sentence is quoted when it says what the first one lacks, else it is not."""
    text = "Le fonds aide les écoles. Le fonds aide les stades."
    index = _index(tmp_path, text, max_tokens=64)
    both = _compose(index, "Comment le fonds aide écoles et stades ?")
    assert [statement.citations for statement in both.statements] == [(1,), (2,)]
    assert both.text == "Le fonds aide les écoles. [1]\nLe fonds aide les stades. [2]"
    one = _compose(index, "Comment le fonds aide les écoles ?")
    assert one.text == "Le fonds aide les écoles. [1]"


# Values that differ.


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("Combien a coûté le Louvre-Lens ?", ("175 millions d’euros", "150 millions d’euros")),
        (
            "Combien le FEDER a-t-il apporté au Louvre-Lens ?",
            ("37 millions d’euros", "35 millions d’euros"),
        ),
        ("Qui a acheté le site du 9-9bis et quand ?", ("2002", "2003")),
        ("Quelle est la hauteur du terril de la Base 11/19 ?", ("186 mètres", "187 mètres")),
    ],
)
def test_sources_that_differ_are_both_told(
    assistant: Assistant, question: str, values: tuple[str, str]
) -> None:
    """Both values are quoted and emphasised, and it is said that the sources do not agree."""
    answer = assistant.conversation().ask(question)
    emphasised = [value for statement in _emphasised(answer) for value in statement]
    assert set(values) <= set(emphasised)
    assert answer.outcome is Outcome.ANSWERED
    said = load_texts("fr").answers.differ
    assert answer.text.startswith(said) or "Les sources diffèrent" in answer.text
    origins = {origin for citation in answer.citations for origin in citation.origins}
    assert len(origins) >= 2


def test_two_values_from_two_documents_are_introduced(tmp_path: Path) -> None:
    """What two sources say otherwise stands below a sentence that says so, the better one first."""
    index = index_of(
        tmp_path,
        {
            "a": "Le pont de Bray a coûté 12 000 euros.",
            "b": "Le pont de Bray a coûté 15 000 euros.",
        },
    )
    composed = _compose(index, "Combien a coûté le pont de Bray ?", 1, 0)
    assert composed.text == (
        "Les sources ne donnent pas la même valeur :\n"
        "Le pont de Bray a coûté 15 000 euros. [1]\n"
        "Le pont de Bray a coûté 12 000 euros. [2]"
    )
    assert _emphasised(composed) == [["15 000 euros"], ["12 000 euros"]]


def test_value_beside_two_of_another_source_is_told(tmp_path: Path) -> None:
    """One that gives two figures is contradicted by a third all the same, and not by its own."""
    index = index_of(
        tmp_path,
        {
            "a": "Le pont de Bray a coûté 12 000 euros, puis 15 000 euros.",
            "b": "Le pont de Bray a coûté 15 000 euros.",
            "c": "Le pont de Bray a coûté 19 000 euros.",
        },
    )
    composed = _compose(index, "Combien a coûté le pont de Bray ?", 0, 1, 2)
    assert composed.text == (
        "Les sources ne donnent pas la même valeur :\n"
        "Le pont de Bray a coûté 12 000 euros, puis 15 000 euros. [1]\n"
        "Le pont de Bray a coûté 19 000 euros. [2]"
    )


def test_two_values_of_one_source_are_not_said_to_differ(tmp_path: Path) -> None:
    """One source that gives two figures does not contradict itself for all one knows."""
    text = "Le pont de Bray a coûté 12 000 euros. Le pont de Bray a coûté 15 000 euros."
    composed = _compose(_index(tmp_path, text, max_tokens=64), "Combien a coûté le pont de Bray ?")
    assert composed.text == (
        "Le pont de Bray a coûté 12 000 euros. [1]\nLe pont de Bray a coûté 15 000 euros. [2]"
    )


def test_same_value_is_told_once(tmp_path: Path) -> None:
    """Two sources that agree are no contradiction, and one of them is enough."""
    text = "Le pont de Bray a coûté 12 000 euros."
    index = index_of(tmp_path, {"a": text, "b": text})
    composed = _compose(index, "Combien a coûté le pont de Bray ?")
    assert composed.text == "Le pont de Bray a coûté 12 000 euros. [1]"


def test_value_of_something_else_is_no_contradiction(tmp_path: Path) -> None:
    """Another figure in a sentence about something else does not contradict the first."""
    index = index_of(
        tmp_path,
        {
            "a": "Le pont de Bray a coûté 12 000 euros.",
            "b": "À Bray, chaque arbre planté le long du chemin revient à 15 euros.",
        },
    )
    composed = _compose(index, "Combien a coûté le pont de Bray ?")
    assert composed.text == "Le pont de Bray a coûté 12 000 euros. [1]"


def test_value_of_another_of_its_kind_is_no_contradiction(tmp_path: Path) -> None:
    """What another bridge has cost does not contradict what this one has."""
    index = index_of(
        tmp_path,
        {
            "a": "Le pont de Bray a coûté 12 000 euros.",
            "b": "Le pont de Zuydcoote a coûté 15 000 euros.",
            "c": "Le pont de Bray est vert.",
        },
    )
    composed = _compose(index, "Combien a coûté le pont de Bray ?")
    assert composed.text == "Le pont de Bray a coûté 12 000 euros. [1]"


def test_value_of_another_year_is_no_contradiction(tmp_path: Path) -> None:
    """Of two counts, that of the year asked about is the answer."""
    index = index_of(
        tmp_path,
        {
            "a": "En 1998, le phare de Bray comptait 8 gardiens.",
            "b": "En 2004, le phare de Bray comptait 3 gardiens.",
        },
    )
    composed = _compose(index, "Combien de gardiens comptait le phare de Bray en 2004 ?")
    assert composed.text == "En 2004, le phare de Bray comptait 3 gardiens. [1]"


@pytest.mark.parametrize("first", ["du parc proprement dit", "de l’ensemble du site du parc"])
def test_sentence_that_sets_values_side_by_side_is_no_third_value(
    tmp_path: Path, first: str
) -> None:
    """Whichever of the values is meant, the sentence that has both is the whole answer."""
    both = (
        "Les deux superficies du parc n’ont pas le même périmètre : 160 hectares pour l’ensemble "
        "du site, 45 hectares pour le parc proprement dit."
    )
    text = (
        "L’ensemble du site du parc a une superficie de 160 hectares. "
        f"Le parc proprement dit a une superficie de 45 hectares. {both}"
    )
    index = _index(tmp_path, text, max_tokens=64)
    assert _compose(index, f"Quelle est la superficie {first} ?").text == f"{both} [1]"


def test_sentence_of_a_source_on_the_difference_is_enough(assistant: Assistant) -> None:
    """Where a source itself sets two figures side by side, that one sentence is the answer."""
    answer = assistant.conversation().ask("Quelle est la superficie du Parc des Îles ?")
    assert len(answer.statements) == 1
    assert "n’ont pas le même périmètre" in answer.statements[0].text
    assert _emphasised(answer) == [["160 hectares", "45 hectares"]]


# How it is asked.


def test_definition(assistant: Assistant) -> None:
    """Asked what something is, the answer begins with what it is and what it is not."""
    answer = assistant.conversation().ask("C'est quoi l'ERBM ?")
    assert (
        "L’Engagement pour le renouveau du bassin minier (ERBM) est un programme de l’État et des "
        "collectivités locales."
    ) in [statement.text for statement in answer.statements[:2]]
    assert {citation.document_id for citation in answer.citations} == {"erbm.fr"}
    assert _emphasised(answer) == [[]] * len(answer.statements)


@pytest.mark.parametrize("kind", ["Qu'est-ce que le moulin ?", "C'est quoi le moulin ?"])
def test_definition_is_preferred_to_any_other_sentence(tmp_path: Path, kind: str) -> None:
    """The sentence beside which staff wrote such a question comes before one that only names it."""
    text = "On voit le moulin depuis la route. Le moulin est une ferme."
    entry = {"sentence": "Le moulin est une ferme", "fr": ["Le moulin, c'est quoi au juste ?"]}
    index = index_of(tmp_path, {"doc": text}, questions={"doc": [entry]})
    assert _compose(index, kind).statements[0].text == "Le moulin est une ferme."


# What staff wrote.


def test_sentences_that_answer_together_stand_in_the_order_of_reading(tmp_path: Path) -> None:
    """All sentences of the known question are told, wherever they stand and rank."""
    texts = {
        "moulin": "Le moulin est vieux. Il a ouvert en 1998. Un chat y dort.",
        "phare": "Le phare veille sur le port. On y monte à pied.",
    }
    entry = {
        "together": [
            "Il a ouvert en 1998",
            "Le moulin est vieux",
            {"source": "phare", "words": "On y monte à pied"},
        ],
        "fr": ["Que faut-il savoir pour la visite ?"],
    }
    index = index_of(tmp_path, texts, titles={"moulin": "Le moulin"}, questions={"moulin": [entry]})
    composed = _compose(index, "Que faut-il savoir avant la visite ?", 0)
    # A quote whose subject stands in the sentence before brings that one, which is told once.
    assert [citation.quote for citation in composed.citations] == [
        "Le moulin est vieux. Il a ouvert en 1998.",
        "On y monte à pied.",
    ]
    assert [citation.document_id for citation in composed.citations] == ["moulin", "phare"]
    (best,) = _compose(
        index, "Que faut-il savoir avant la visite ?", 0, max_statements=1
    ).statements
    assert best.text == "Le moulin est vieux. Il a ouvert en 1998."


def test_sentence_that_answers_by_far_is_told_without_the_others(tmp_path: Path) -> None:
    """A question about one of the things that are told together is answered by that one."""
    text = "Le moulin est vieux. Le moulin a ouvert en 1998. Un chat y dort."
    together = ["Le moulin est vieux", "a ouvert en 1998", "Un chat y dort"]
    entry = {"together": together, "fr": ["Que sait-on du moulin ?"]}
    index = index_of(tmp_path, {"moulin": text}, questions={"moulin": [entry]})
    (one,) = _compose(index, "Quand le moulin a-t-il ouvert ?").statements
    assert one.text == "Le moulin a ouvert en 1998."
    assert len(_compose(index, "Que sait-on de ce moulin ?").statements) == 3


def test_known_question_with_one_sentence_is_answered_by_it(tmp_path: Path) -> None:
    """One sentence is one statement, though the question shares no word with it."""
    texts = {"moulin": "Un chat y dort. On y entre par la cour. Le moulin est rouge."}
    entry = {"sentence": "On y entre par la cour", "fr": ["Où est la porte ?"]}
    index = index_of(tmp_path, texts, questions={"moulin": [entry]})
    composed = _compose(index, "Elle est où, la porte ?", 0)
    assert composed.text == "On y entre par la cour. [1]"


def test_list_is_shown_as_bullets(tmp_path: Path) -> None:
    """Sentences that say the same of three things are three lines of a list, in their order."""
    text = (
        "Le fonds finance les écoles de Bray. Le fonds finance les stades de Bray. "
        "Le fonds finance les gares de Bray."
    )
    index = _index(tmp_path, text, max_tokens=64)
    composed = _compose(index, "Quels projets le fonds finance-t-il ?")
    assert composed.text == (
        "- Le fonds finance les écoles de Bray. [1]\n"
        "- Le fonds finance les stades de Bray. [2]\n"
        "- Le fonds finance les gares de Bray. [3]"
    )
    two = _compose(index, "Quels projets le fonds finance-t-il ?", max_statements=2)
    assert two.text == (
        "Le fonds finance les écoles de Bray. [1]\nLe fonds finance les stades de Bray. [2]"
    )


@pytest.mark.parametrize(
    ("question", "most"),
    [
        *(("Parlez-moi du Louvre-Lens", most) for most in (1, 2, 3)),
        *(("Quels projets le FEDER a-t-il financés ?", most) for most in (1, 2, 3)),
        *(("C'est quoi l'ERBM ?", most) for most in (2, 3)),
    ],
)
def test_never_more_statements_than_are_set(assistant: Assistant, question: str, most: int) -> None:
    """However broad the question, an answer has at most the statements that a deployer allows."""
    index = assistant.index
    asked = understand(question, index)
    passages = index.passages_of("louvre-lens.fr") + index.passages_of("erbm.fr")
    positions = [index.passages.index(passage) for passage in passages]
    found = found_of(asked, index, *positions, scores=(0.8,) * len(positions))
    assert len(found.candidates) > most
    settings = AnswerSettings(max_statements=most)
    composed = compose([Part(asked, found, Verdict(0.9, found.candidates))], index, settings)
    assert 1 <= len(composed.statements) <= most


def test_summary_is_what_staff_wrote_beside_it(assistant: Assistant) -> None:
    """Asked to tell about something, the answer is what the likest known overview is made of."""
    answer = assistant.conversation().ask("Parlez-moi du Parc des Îles")
    wanted = next(
        entry.answers
        for entry in assistant.index.questions.entries
        if "Parlez-moi du Parc des Îles." in entry.wordings["fr"]
    )
    quoted = [
        passage.slice(span)
        for passage, span in (assistant.index.sentence(key, "fr") for key in wanted)
    ]
    assert len(quoted) > 2
    assert [citation.quote for citation in answer.citations] == quoted[:5]
    assert {citation.document_id for citation in answer.citations} == {"parc-des-iles.fr"}
    assert {line[:2] for line in answer.text.splitlines()} == {"- "}


def test_summary_goes_through_the_source(tmp_path: Path) -> None:
    """Where no overview was written, it has a sentence of each section, in their order."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "moulin.md").write_text(
        "---\ntitle: Le moulin de Bray\npublisher: P\nlanguage: fr\n---\n\n"
        "## Le site\n\nLa colline est haute. Le moulin de Bray est rouge.\n\n"
        "## Les travaux\n\nUn chantier a duré deux ans. Le vent y souffle.\n",
        encoding="utf-8",
    )
    composed = _compose(index_in(tmp_path), "Parlez-moi du moulin de Bray")
    assert composed.text == "La colline est haute. [1]\nUn chantier a duré deux ans. [2]"


def test_same_statement_is_given_in_the_visitors_language(assistant: Assistant) -> None:
    """The French page says best which fund it is; the English sheet says the same in English."""
    answer = assistant.conversation().ask("Which European fund helps people get back to work?")
    assert answer.citations[0].document_id == "fse-et-rsa.en"
    assert "the European Social Fund (ESF) finances" in answer.citations[0].quote


def test_comparison_cites_both(assistant: Assistant) -> None:
    """Of two things that are compared, what is asked is told of each, from its own source."""
    question = "Compare la superficie du Parc des Îles et de la Base 11/19"
    answer = assistant.conversation().ask(question)
    assert answer.outcome is Outcome.ANSWERED
    assert [citation.document_id for citation in answer.citations] == [
        "parc-des-iles.fr",
        "base-11-19.fr",
    ]
    assert _emphasised(answer) == [["160 hectares", "45 hectares"], ["110 hectares"]]


# Yes and no.


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("L'ERBM est-il un fonds européen ?", "Non."),
        ("Le Parc des Îles a-t-il été achevé en 2013 ?", "Oui."),
        ("Le Louvre-Lens a-t-il ouvert en 2012 ?", "Oui."),
        ("L'ERBM concerne-t-il 250 communes ?", "Oui."),
    ],
)
def test_yes_and_no_come_first(assistant: Assistant, question: str, lead: str) -> None:
    """A sentence that says the very thing, or its contrary, is quoted below a yes or a no."""
    answer = assistant.conversation().ask(question)
    first, second = answer.text.splitlines()
    assert first == lead
    assert second == f"{answer.statements[0].text} [1]"


@pytest.mark.parametrize(
    "question",
    [
        "Le Parc des Îles s'étend-il sur Lille ?",
        "La Base 11/19 n'est-elle pas un écopôle ?",
        "Quand le Parc des Îles a-t-il été achevé ?",
    ],
)
def test_no_yes_and_no_no_when_unsure(assistant: Assistant, question: str) -> None:
    """What no sentence says, what is asked in the negative or asks for a date gets neither."""
    answer = assistant.conversation().ask(question)
    assert answer.text
    assert not answer.text.startswith(("Oui", "Non"))


def test_sentence_in_another_language_is_neither_yes_nor_no(tmp_path: Path) -> None:
    """Words of another language say too little to be sure."""
    index = _index(tmp_path, "The mill of Bray is red.", language="en")
    composed = _compose(index, "Bray mill red ?")
    assert composed.outcome is Outcome.ANSWERED
    assert not composed.text.startswith(("Oui", "Non"))


# Several questions in one text.


def test_two_questions_are_answered_in_their_order(assistant: Assistant) -> None:
    """Each question of a text gets its own statement, with its own number."""
    answer = assistant.conversation().ask(
        "Quand a ouvert le Louvre-Lens ? Quand a fermé la cokerie de Drocourt ?"
    )
    assert answer.outcome is Outcome.ANSWERED
    assert [citation.document_id for citation in answer.citations] == [
        "louvre-lens.fr",
        "parc-des-iles.fr",
    ]
    assert _emphasised(answer) == [["2012"], ["20 mars 2002"]]
    assert QUOTED.findall(answer.text) == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "unanswered"),
    [
        (
            "Quand a ouvert le Louvre-Lens ? Combien coûte le billet ?",
            "Combien coûte le billet ?",
        ),
        (
            "Quel est le numéro de téléphone du Louvre-Lens ? Quand a-t-il ouvert ?",
            "Quel est le numéro de téléphone du Louvre-Lens ?",
        ),
    ],
)
def test_part_that_is_not_answered_is_told(
    assistant: Assistant, text: str, unanswered: str
) -> None:
    """When one of two questions has no answer, the other is answered and the lack is told."""
    answer = assistant.conversation().ask(text)
    assert (answer.outcome, answer.reason) == (Outcome.PARTIAL, "asked_kind_missing")
    assert [statement.text for statement in answer.statements] == [
        "Le Louvre-Lens a ouvert en 2012, selon un blog personnel consacré aux projets européens."
    ]
    assert answer.text.splitlines()[-1] == (
        f"Je n’ai pas trouvé dans mes sources de réponse à la question « {unanswered} »."
    )


# Other languages.


def test_visitor_is_told_of_a_source_in_another_language(tmp_path: Path) -> None:
    """An English question gets the French sentence as a quotation, introduced in English."""
    index = _index(tmp_path, "Le café sert des gaufres.")
    composed = _compose(index, "Where are the gaufres sold?", 0)
    assert composed.text == (
        "The source is in French. “Titre” (Éditeur) says:\n“Le café sert des gaufres.” [1]"
    )


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Was ist der ERBM?", "de"),
        ("Wat is het ERBM?", "nl"),
        ("Czym jest ERBM?", "pl"),
        ("¿Qué es el ERBM?", "es"),
    ],
)
def test_foreign_source_is_introduced_in_the_visitors_language(
    assistant: Assistant, question: str, language: str
) -> None:
    """The source is named once, and every sentence stands between the marks of the language."""
    answer = assistant.conversation().ask(question)
    texts = load_texts(language)
    introduction, *quotations = answer.text.splitlines()
    bullet = "- " if len(quotations) > 2 else ""
    first = answer.citations[0]
    assert (answer.language, first.language) == (language, "en")
    assert introduction == texts.answers.foreign_source.format(
        language=texts.languages["en"], title=first.title, publisher=first.publisher
    )
    assert quotations == [
        f"{bullet}{texts.answers.quotation.format(quote=statement.text)} [{statement.citations[0]}]"
        for statement in answer.statements
    ]


def test_own_language_is_not_introduced(assistant: Assistant) -> None:
    """A sentence in the visitor's language needs neither marks nor an introduction."""
    answer = assistant.conversation().ask("What was the budget of PROSPECTS?")
    assert answer.text == f"{answer.statements[0].text} [1]"
    assert answer.citations[0].language == "en"
    assert _emphasised(answer) == [["€1,793,582"]]


def test_language_that_is_not_spoken_gets_english_with_an_excuse(assistant: Assistant) -> None:
    """Who writes in Russian is answered in English, and told so first."""
    answer = assistant.conversation().ask("Сколько стоил проект PROSPECTS?")
    excuse, *rest = answer.text.splitlines()
    assert answer.language == "en"
    assert excuse == "I am sorry, I cannot answer in your language, so I answer in English."
    assert rest == [f"{answer.statements[0].text} [1]"]
    assert answer.citations[0].document_id == "prospects.en"


def test_excuse_comes_before_an_abstention_too(assistant: Assistant) -> None:
    """Without an answer, the excuse still comes first, in English."""
    answer = assistant.conversation().ask("Какая столица Японии?")
    assert (answer.outcome, answer.language) == (Outcome.ABSTAINED, "en")
    assert answer.text.startswith(load_texts("en").answers.excuse + " ")


# Markers, citations and emphasis.

ASKED = [
    (
        "Combien a coûté le Louvre-Lens ?",
        [
            ["150 millions d’euros"],
            ["175 millions d’euros"],
            ["150 millions d’euros", "175 millions d’euros"],
        ],
    ),
    ("Quand la cokerie de Drocourt a-t-elle fermé ?", [["20 mars 2002"]]),
    ("Combien de communes l'ERBM concerne-t-il ?", [["250 communes"]]),
    ("Quelle est la superficie de la Base 11/19 ?", [["110 hectares"]]),
    ("Qui est le chef de file de PROSPECTS ?", [["l’Association des communes minières de France"]]),
    ("What was the budget of PROSPECTS?", [["€1,793,582"]]),
    ("Parlez-moi du Parc des Îles", [[]] * 5),
]


@pytest.mark.parametrize(("question", "emphasised"), ASKED)
def test_emphasis_is_on_the_asked_for_words(
    assistant: Assistant, question: str, emphasised: list[list[str]]
) -> None:
    """Exactly the amount, the date or the name is emphasised, and nothing when none is asked."""
    assert _emphasised(assistant.conversation().ask(question)) == emphasised


@pytest.mark.parametrize("question", [question for question, _ in ASKED] + ["Was ist der ERBM?"])
def test_every_marker_resolves_to_its_quote(assistant: Assistant, question: str) -> None:
    """Each number in the text is a citation, from 1, whose quote stands in the source there."""
    answer = assistant.conversation().ask(question)
    markers = [citation.marker for citation in answer.citations]
    assert markers == list(range(1, len(markers) + 1))
    assert [int(marker) for marker in QUOTED.findall(answer.text)] == markers
    assert [statement.citations for statement in answer.statements] == [(one,) for one in markers]
    for citation, statement in zip(answer.citations, answer.statements, strict=True):
        document = assistant.index.documents[citation.document_id]
        assert citation.quote == document.text[citation.start : citation.end]
        assert " ".join(citation.quote.split()).endswith(statement.text[1:])
        assert document.text[: citation.start].endswith(citation.before)
        assert document.text[citation.end :].startswith(citation.after)
        passage = assistant.index.passage(citation.passage_id)
        assert passage is not None
        assert citation.content_hash == passage.content_hash
        assert set(citation.origins) <= {
            address for reference in document.references for address in reference.addresses
        }


# No answer.


def _decline(
    index: Index, verdict: Verdict, text: str = "Combien coûte le parc ?", /, **settings: object
) -> Composed:
    question = understand(text, index)
    part = Part(question, found_of(question, index, scores=(0.5, 0.4, 0.1)), verdict)
    return decline(part, index, AnswerSettings.model_validate(settings))


def test_abstention_says_so_and_shows_what_is_near(tiny_index: Index) -> None:
    """An abstention has no statement, a reason in one code, and the passages nearly as good."""
    composed = _decline(tiny_index, Verdict(0.1, (), reason="no_evidence"))
    assert composed.outcome is Outcome.ABSTAINED
    assert composed.text == "Je n’ai pas trouvé la réponse dans les sources dont je dispose."
    assert (composed.statements, composed.citations) == ((), ())
    assert composed.reason == "no_evidence"
    # Of the scores 0.5, 0.4 and 0.1, the first two reach three quarters of the best.
    assert [near.quote for near in composed.nearby] == [
        passage.text for passage in tiny_index.passages[:2]
    ]
    assert [near.marker for near in composed.nearby] == [1, 2]


@pytest.mark.parametrize(("nearby", "shown"), [(0, 0), (1, 1), (3, 2)])
def test_passages_nearby_are_as_many_as_set(tiny_index: Index, nearby: int, shown: int) -> None:
    """A deployer says how many passages are shown instead of an answer, at most."""
    composed = _decline(tiny_index, Verdict(0.1, (), reason="no_evidence"), nearby=nearby)
    assert len(composed.nearby) == shown


@pytest.mark.parametrize("kind", sorted(load_texts("fr").answers.kind_missing))
def test_abstention_names_what_is_missing(tiny_index: Index, kind: str) -> None:
    """When the subject is there but the amount is not, the answer says that."""
    verdict = Verdict(0.1, (), reason="asked_kind_missing", missing=kind)
    composed = _decline(tiny_index, verdict)
    assert composed.text == load_texts("fr").answers.kind_missing[kind]
    assert composed.nearby


def test_abstention_names_who_is_missing(tiny_index: Index) -> None:
    """A name that no source has is told as the visitor wrote it."""
    verdict = Verdict(0.0, (), reason="entity_missing", missing="Tour Eiffel")
    assert _decline(tiny_index, verdict).text == "Mes sources ne parlent pas de « Tour Eiffel »."


def test_far_question_shows_nothing_near(tiny_index: Index) -> None:
    """What has nothing to do with the sources gets no passage beside it."""
    composed = _decline(tiny_index, Verdict(0.01, (), reason="out_of_scope"))
    assert composed.nearby == ()
    assert composed.text.startswith("Cette question ne porte pas sur")


def test_contact_is_named_only_when_set(tiny_index: Index) -> None:
    """The deployer's address ends an abstention; there is none by default."""
    verdict = Verdict(0.1, (), reason="no_evidence")
    without = _decline(tiny_index, verdict)
    composed = _decline(tiny_index, verdict, contact="l’accueil du Département")
    assert composed.text == (
        f"{without.text} Vous pouvez aussi vous adresser à l’accueil du Département."
    )


def test_question_without_evidence_is_declined(tiny_index: Index) -> None:
    """When no question of a text is answered, the first one is declined."""
    question = understand("Combien coûte le parc ?", tiny_index)
    found = found_of(question, tiny_index)
    parts = [
        Part(question, found, Verdict(0.1, (), "asked_kind_missing", "amount")),
        Part(question, found, Verdict(0.1, (), "no_evidence")),
    ]
    settings = AnswerSettings(contact="l’accueil")
    assert compose(parts, tiny_index, settings) == decline(parts[0], tiny_index, settings)


def test_what_is_not_answered_is_followed_by_known_questions_near_it(tmp_path: Path) -> None:
    """Also where another part of the text is answered, but not where it is on another subject."""
    known = {"sentence": "a ouvert en 2012", "fr": ["Quand le musée a-t-il ouvert ?"]}
    texts = {"musee": "Le musée a ouvert en 2012. Il a coûté 3 millions."}
    index = index_of(tmp_path, texts, questions={"musee": [known]})
    question = understand("Quand le musée a-t-il fermé ?", index)
    found = found_of(question, index)
    answered = Part(question, found, Verdict(0.9, found.candidates[:1]))
    for reason, expected in (
        ("no_evidence", ("Quand le musée a-t-il ouvert ?",)),
        ("out_of_scope", ()),
    ):
        missing = Part(question, found, Verdict(0.1, (), reason))
        alone = compose([missing], index, AnswerSettings())
        partial = compose([answered, missing], index, AnswerSettings())
        assert (alone.outcome, partial.outcome) == (Outcome.ABSTAINED, Outcome.PARTIAL)
        assert alone.suggestions == partial.suggestions == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Refusal)
def test_refusal_says_what_is_not_done(language: str, kind: Refusal) -> None:
    """Each kind of refusal has its sentence in every language, and its name as the reason."""
    composed = refuse(kind, language)
    assert (composed.outcome, composed.reason) == (Outcome.REFUSED, kind.value)
    assert composed.text == load_texts(language).refusals[kind.value]
    assert (composed.statements, composed.citations, composed.nearby) == ((), (), ())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SmallTalk)
def test_small_talk_is_answered_in_its_language(language: str, kind: SmallTalk) -> None:
    """A greeting gets a greeting, thanks get thanks, without citations."""
    composed = small_talk(kind, language)
    assert (composed.outcome, composed.reason) == (Outcome.SMALL_TALK, None)
    assert composed.text == load_texts(language).small_talk[kind.value]
    assert (composed.statements, composed.citations, composed.nearby) == ((), (), ())


def test_greeting_and_thanks_are_themselves() -> None:
    """A greeting opens with « Bonjour », thanks are taken in German as in French."""
    assert small_talk(SmallTalk.GREETING, "fr").text.startswith("Bonjour !")
    assert small_talk(SmallTalk.THANKS, "de").text.startswith("Gern geschehen.")


# Citations.


def test_citation_that_points_to_nothing_raises(tiny_index: Index) -> None:
    """A citation beyond its document is an error, not a citation less."""
    passage = tiny_index.passages[0]
    for span in (Span(0, 10_000), Span(-1, 5), Span(5, 5)):
        with pytest.raises(CitationError):
            cite(passage, span, 1, tiny_index)


def test_source_is_described_in_the_visitors_language(tmp_path: Path) -> None:
    """Title, publisher and that the page is undated."""
    index = _index(tmp_path, "Le café sert des gaufres.")
    (citation,) = _compose(index, "gaufres", 0).citations
    assert describe_source(citation, "fr") == (
        "« Titre », Éditeur, page non datée, consultée le 22/11/2026"
    )
    assert describe_source(citation, "en") == "“Titre”, Éditeur, undated page, seen 2026-11-22"


def _citations(folder: Path) -> list[Citation]:
    """Builds an index of a corpus folder and cites every sentence of it."""
    index = index_in(folder)
    return [
        cite(passage, span, 1, index) for passage in index.passages for span in passage.sentences
    ]


def test_citation_of_a_pdf_names_its_page(tmp_path: Path) -> None:
    """The page is the one on which the quote begins, also of a sentence over two pages."""
    (tmp_path / "corpus").mkdir()
    data = pdf(
        lines("Le parc est grand. Il ouvre le"), lines("mardi. Le musée est petit."), lines("Fin.")
    )
    put(tmp_path / "corpus", "rapport.pdf", data)
    citations = _citations(tmp_path)
    assert [(citation.quote, citation.page) for citation in citations] == [
        ("Le parc est grand.", 1),
        ("Il ouvre le mardi.", 1),
        ("Le musée est petit.", 2),
        ("Fin.", 3),
    ]
    assert {(citation.row, citation.part_of) for citation in citations} == {(None, None)}
    described = [describe_source(citations[3], language) for language in ("fr", "en", "de")]
    assert described == [
        "« Titre », page 3, Éditeur, page non datée",
        "“Titre”, page 3, Éditeur, undated page",
        "„Titre“, Seite 3, Éditeur, Seite ohne Datum",
    ]


def test_citation_of_a_row_names_the_list_and_the_row(tmp_path: Path) -> None:
    """Every sentence of a row is of that row of the list."""
    (tmp_path / "corpus").mkdir()
    put_table(tmp_path / "corpus", "liste.csv", "Nom,Montant\n\nLe parc,5\n")
    (citation,) = _citations(tmp_path)
    assert citation.quote == "L’opération « Le parc » reçoit 5\u00a0€."
    assert (citation.row, citation.page, citation.part_of) == (3, None, "La liste")
    assert describe_source(citation, "fr") == (
        "« Le parc », « La liste », ligne 3, Éditeur, page non datée"
    )


def test_citation_of_a_text_has_neither_page_nor_row(tmp_path: Path) -> None:
    """A page on the web has no pages."""
    index = _index(tmp_path, "Le café sert des gaufres.")
    (citation,) = _compose(index, "gaufres", 0).citations
    assert (citation.page, citation.row, citation.part_of) == (None, None, None)


def test_citations_hold_the_text_around_the_quote(tmp_path: Path) -> None:
    """Before, quote and after make up one piece of the source."""
    text = "Le musée ouvre le mardi. Un café sert des gaufres. La rue est calme."
    index = _index(tmp_path, text)
    (citation,) = _compose(index, "gaufres", 0).citations
    assert citation.before + citation.quote + citation.after == text
