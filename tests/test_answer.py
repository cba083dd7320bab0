"""Composing answers from sources' own sentences."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.abstention import Verdict
from assistant.answer import Composed, cite, compose, describe_source, small_talk
from assistant.corpus import read_corpus
from assistant.domain import Citation, Outcome, Ranking, ScoredPassage, Span
from assistant.errors import CitationError
from assistant.index import Index, build_index, open_index
from assistant.question import SmallTalk, understand
from assistant.settings import AnswerSettings, PassageSettings, Settings
from assistant.testing import HashEncoder, write_document
from tests.documents import lines, pdf, put, put_table


def _index(folder: Path, text: str, *, max_tokens: int = 16, language: str = "fr") -> Index:
    write_document(folder / "corpus", "doc", text, title="Titre", language=language)
    fake = HashEncoder()
    build_index(
        read_corpus(folder / "corpus"),
        folder / "index",
        fake.identity,
        lambda: fake,
        Settings(passages=PassageSettings(max_tokens=max_tokens)),
        lambda _: lambda _: None,
    )
    return open_index(folder / "index")


def _compose(
    index: Index,
    question: str,
    *positions: int,
    scores: tuple[float, ...] = (),
    max_statements: int = 3,
) -> Composed:
    """Composes from the passages at `positions`, as if they had been found in that order."""
    scored = tuple(
        ScoredPassage(
            index.passages[position], scores[rank] if scores else 0.8 - 0.2 * rank, 0.9, 0.15, 0.5
        )
        for rank, position in enumerate(positions)
    )
    ranking = Ranking(question, scored)
    return compose(
        understand(question),
        ranking,
        Verdict(0.9, scored),
        index,
        AnswerSettings(max_statements=max_statements),
    )


def test_statement_is_the_sentence_that_answers(tmp_path: Path) -> None:
    """Of a passage, only the sentence that shares words with the question is quoted."""
    index = _index(tmp_path, "Le musée ouvre le mardi. Un café sert des gaufres. La rue est calme.")
    composed = _compose(index, "Où sont les gaufres ?", 0)
    assert composed.outcome is Outcome.ANSWERED
    assert composed.text == "Un café sert des gaufres. [1]"
    assert [statement.text for statement in composed.statements] == ["Un café sert des gaufres."]


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


def test_opening_that_ties_to_the_text_before_is_dropped(tmp_path: Path) -> None:
    """« Ainsi, » makes no sense at the start of an answer; the quote keeps it."""
    index = _index(tmp_path, "Ainsi, le café sert des gaufres.")
    composed = _compose(index, "Où sont les gaufres ?", 0)
    assert composed.statements[0].text == "Le café sert des gaufres."
    assert composed.citations[0].quote == "Ainsi, le café sert des gaufres."


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
    fake = HashEncoder()
    corpus = read_corpus(tmp_path / "corpus")
    build_index(
        corpus, tmp_path / "i", fake.identity, lambda: fake, Settings(), lambda _: lambda _: None
    )
    index = open_index(tmp_path / "i")
    assert index.passages[1].section == ("Partie B",)
    assert _compose(index, "ouvre tôt", 1).statements[0].text == "Il ouvre tôt."


def test_passage_nearly_as_good_is_quoted_too(tmp_path: Path) -> None:
    """A second passage within 7 % of the best is a second statement with its own number."""
    index = _index(tmp_path, "Un " * 15 + "fonds paie.\n\n" + "Le " * 15 + "fonds aide.")
    close = _compose(index, "Que fait le fonds ?", 0, 1, scores=(0.8, 0.78))
    assert [statement.citations for statement in close.statements] == [(1,), (2,)]
    assert close.text.count("\n") == 1
    apart = _compose(index, "Que fait le fonds ?", 0, 1, scores=(0.8, 0.7))
    assert len(apart.statements) == 1
    one = _compose(index, "Que fait le fonds ?", 0, 1, scores=(0.8, 0.78), max_statements=1)
    assert len(one.statements) == 1


def test_same_words_are_not_quoted_twice(tmp_path: Path) -> None:
    """When the second passage's context is the first passage, it is one quote."""
    index = _index(
        tmp_path,
        "La colline est grise et les terrils noirs depuis longtemps ici. "
        "C’est le cas des terrils de Lens et de ceux qui sont autour.",
    )
    assert len(index) == 2
    composed = _compose(index, "les terrils", 1, 0, scores=(0.8, 0.79))
    assert len(composed.citations) == 1


def test_visitor_is_told_of_a_source_in_another_language(tmp_path: Path) -> None:
    """An English question gets the French sentence as a quotation, introduced in English."""
    index = _index(tmp_path, "Le café sert des gaufres.")
    composed = _compose(index, "Where are the waffles sold?", 0)
    assert composed.text == (
        "The source is in French. “Titre” (Éditeur) says:\n“Le café sert des gaufres.” [1]"
    )


def test_every_marker_has_its_citation(tmp_path: Path) -> None:
    """Numbers in the text are those of the citations, from 1."""
    index = _index(tmp_path, "Un " * 15 + "fonds paie.\n\n" + "Le " * 15 + "fonds aide.")
    composed = _compose(index, "Que fait le fonds ?", 0, 1, scores=(0.8, 0.78))
    assert [citation.marker for citation in composed.citations] == [1, 2]
    assert "[1]" in composed.text
    assert "[2]" in composed.text
    assert "[3]" not in composed.text


def _abstain(index: Index, verdict: Verdict, **settings: object) -> Composed:
    scored = tuple(
        ScoredPassage(passage, 0.5 - 0.2 * rank, 0.8, 0.05, 0.2)
        for rank, passage in enumerate(index.passages)
    )
    question = understand("Combien coûte le parc ?")
    options = AnswerSettings.model_validate(settings)
    return compose(question, Ranking("q", scored), verdict, index, options)


def test_abstention_says_so_and_shows_what_is_near(tiny_index: Index) -> None:
    """An abstention has no statement, a reason in one code, and the passages nearly as good."""
    composed = _abstain(tiny_index, Verdict(0.1, (), reason="no_evidence"))
    assert composed.outcome is Outcome.ABSTAINED
    assert composed.text == "Je n’ai pas trouvé la réponse dans les sources dont je dispose."
    assert (composed.statements, composed.citations) == ((), ())
    assert composed.reason == "no_evidence"
    # Scores 0.5, 0.3 and 0.1: only the first reaches three quarters of the best.
    assert [near.quote for near in composed.nearby] == [tiny_index.passages[0].text]


def test_abstention_names_what_is_missing(tiny_index: Index) -> None:
    """When the subject is there but the amount is not, the answer says that."""
    verdict = Verdict(0.1, (), reason="asked_kind_missing", missing="amount")
    composed = _abstain(tiny_index, verdict)
    assert composed.text == "Mes sources parlent de ce sujet, mais sans donner ce montant."


def test_far_question_shows_nothing_near(tiny_index: Index) -> None:
    """What has nothing to do with the sources gets no passage beside it."""
    composed = _abstain(tiny_index, Verdict(0.01, (), reason="out_of_scope"))
    assert composed.nearby == ()
    assert composed.text.startswith("Cette question ne porte pas sur")


def test_contact_is_named_only_when_set(tiny_index: Index) -> None:
    """The deployer's address ends an abstention; there is none by default."""
    verdict = Verdict(0.1, (), reason="no_evidence")
    composed = _abstain(tiny_index, verdict, contact="l’accueil du Département")
    assert composed.text.endswith("Vous pouvez aussi vous adresser à l’accueil du Département.")


def test_citation_that_points_to_nothing_raises(tiny_index: Index) -> None:
    """A citation beyond its document is an error, not a citation less."""
    passage = tiny_index.passages[0]
    with pytest.raises(CitationError):
        cite(passage, Span(0, 10_000), 1, tiny_index)


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
    fake = HashEncoder()
    build_index(
        read_corpus(folder / "corpus"),
        folder / "index",
        fake.identity,
        lambda: fake,
        Settings(),
        lambda _: lambda _: None,
    )
    index = open_index(folder / "index")
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


def test_small_talk_is_answered_in_its_language() -> None:
    """A greeting gets a greeting, thanks get thanks, without citations."""
    assert small_talk(SmallTalk.GREETING, "fr").text.startswith("Bonjour !")
    assert small_talk(SmallTalk.THANKS, "de").text.startswith("Gern geschehen.")
    assert small_talk(SmallTalk.THANKS, "de").outcome is Outcome.SMALL_TALK
