"""Answers as HTML, without a browser or a web framework."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from assistant.conversation import Assistant
from assistant.domain import Answer, Outcome
from assistant.journal import FeedbackReason
from ui.render import Extras, copied_text, note_html, question_html
from ui.render import answer_html as render_answer
from ui.texts import Words, load_words


class _Page(HTMLParser):
    """Collects tags, attributes and text, and checks that tags are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"br", "input"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def answer_html(answer: Answer, words: Words, extras: Extras | None = None) -> str:
    """Returns an answer on a French page."""
    return render_answer(answer, words, "fr", extras)


@pytest.fixture(scope="module")
def words() -> Words:
    """The French words."""
    return load_words("fr")


@pytest.fixture(scope="module")
def answer(page_assistant: Assistant) -> Answer:
    """A real answer with one citation."""
    return page_assistant.conversation().ask("Où le Parc des îles a-t-il été aménagé ?")


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '<img src=x onerror="x()">', "**gras** & `code`", "a < b"]
)
def test_question_is_ordinary_text(text: str, words: Words) -> None:
    """Markup in a question is shown, never made."""
    page = _Page(question_html(text, words))
    assert {tag for tag, _ in page.tags} == {"div", "h2"}
    assert page.text == text


def test_blocks_are_one_line(answer: Answer, page_assistant: Assistant, words: Words) -> None:
    """Nothing has a line end, after which the chat component would read Markdown."""
    assert "\n" not in answer_html(answer, words)
    assert "\n" not in question_html("a\n\n# b\r\n- c", words)
    assert "\n" not in note_html("Cherche")


def test_number_in_the_text_points_to_its_source(
    answer: Answer, page_assistant: Assistant, words: Words
) -> None:
    """[1] links to the passage of citation 1, within a card that is closed."""
    page = _Page(answer_html(answer, words))
    (marker,) = [a for a in page.all("a") if a.get("class") == "marker"]
    (quote,) = [div for div in page.all("div") if div.get("class") == "quote"]
    assert marker["href"] == f"#{quote['id']}" == "#source-1-1"
    assert "open" not in page.all("details")[0]


def test_quoted_words_are_marked_in_their_passage(
    answer: Answer, page_assistant: Assistant, words: Words
) -> None:
    """The source shows the sentence before, and the quote marked."""
    html = answer_html(answer, words)
    assert "<mark>D’autres espaces sont reconquis" in html
    assert "C’est le cas notamment des terrils" in html.split("<mark>")[0]
    assert "Dans sa dimension environnementale" in html
    assert "page non datée, consultée le 22/11/2026" in html


def test_original_page_is_linked(answer: Answer, page_assistant: Assistant, words: Words) -> None:
    """The address of the source is a link."""
    page = _Page(answer_html(answer, words))
    (link,) = [a for a in page.all("a") if a.get("class") == "original"]
    assert link["href"] == (
        f"{answer.citations[0].url}#:~:text=D%E2%80%99autres%20espaces%20sont%20reconquis%20par"
        ",territoriale%20par%20le%20programme%20FEDER."
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://x", None])
def test_only_web_addresses_are_linked(
    answer: Answer, page_assistant: Assistant, words: Words, url: str | None
) -> None:
    """An address that is not of the web is no link."""
    citation = dataclasses.replace(answer.citations[0], url=url)
    changed = dataclasses.replace(answer, citations=(citation,))
    page = _Page(answer_html(changed, words))
    assert [a for a in page.all("a") if a.get("class") == "original"] == []


def test_source_text_is_escaped(answer: Answer, page_assistant: Assistant, words: Words) -> None:
    """Markup in a source's title, section, quote or the statement made of it stays text."""
    evil = '<img src=x onerror="alert(1)">'
    citation = dataclasses.replace(
        answer.citations[0], title=evil, section=(evil,), quote=evil, publisher=evil, language='"x'
    )
    changed = dataclasses.replace(
        answer,
        text=evil,
        language="fr",
        statements=(dataclasses.replace(answer.statements[0], text=evil),),
        citations=(citation,),
    )
    page = _Page(answer_html(changed, words))
    assert page.all("img") == []
    assert page.text.count(evil) == 5
    assert not any(name.startswith("on") for _, given in page.tags for name in given)


def test_quotation_in_another_language_is_marked_as_such(
    page_assistant: Assistant, words: Words
) -> None:
    """A screen reader is told which words of an English answer are French."""
    answer = page_assistant.conversation().ask("What is the Parc des îles?")
    html = answer_html(answer, words)
    assert '<div class="said" lang="en">' in html
    assert '<span lang="fr">D’autres espaces sont reconquis' in html


def test_abstention_opens_what_is_nearest(page_assistant: Assistant, words: Words) -> None:
    """Without an answer, the nearest passage is shown at once."""
    answer = page_assistant.conversation().ask("Combien d’habitants compte le bassin minier ?")
    page = _Page(answer_html(answer, words))
    assert "Ce qui s’en approche le plus" in page.text
    assert "open" in page.all("details")[0]
    assert [a for a in page.all("a") if a.get("class") == "marker"] == []


def test_number_without_citation_is_not_a_link(
    answer: Answer, page_assistant: Assistant, words: Words
) -> None:
    """[9] in a text that has no citation 9 stays text."""
    changed = dataclasses.replace(answer, text="Voir [9] et [1].")
    page = _Page(answer_html(changed, words))
    assert len([a for a in page.all("a") if a.get("class") == "marker"]) == 1
    assert "Voir [9]" in page.text


def test_addresses_behind_a_sheet_are_linked(
    answer: Answer, page_assistant: Assistant, words: Words
) -> None:
    """What a sheet was written from is a list of links: name, and address, shortened if long."""
    long = "https://example.org/" + "a" * 100
    origins = ("https://example.org/x", long, "javascript:alert(1)")
    citation = dataclasses.replace(
        answer.citations[0], url=None, origins=origins, origin_names=("France 3", None, None)
    )
    changed = dataclasses.replace(answer, citations=(citation,))
    html = answer_html(changed, words)
    page = _Page(html)
    links = [a["href"] for a in page.all("a") if a.get("class") == "original"]
    assert links == ["https://example.org/x", long]
    assert "Écrit d’après :" in page.text
    shown = re.findall(r"<li>(<a .*?</a>)</li>", html.partition("<blockquote")[2])
    assert [_Page(link).text for link in shown] == [
        "France 3 example.org/x",
        "example.org/" + "a" * 23 + "…" + "a" * 35,
    ]


def _sheet_answer(answer: Answer, *sources: tuple[str, str | None, str]) -> Answer:
    """Returns an answer whose citations are from these sheets: id, name, address."""
    citations = tuple(
        dataclasses.replace(
            answer.citations[0],
            marker=marker, document_id=sheet, title=f"Fiche {sheet}", url=None,
            date="2026-11-23", accessed=None, origins=(address,), origin_names=(name,),
        )
        for marker, (sheet, name, address) in enumerate(sources, 1)
    )  # fmt: skip
    return dataclasses.replace(answer, citations=citations)


def test_card_of_a_sheet_shows_who_said_it(answer: Answer, words: Words) -> None:
    """Who said it comes first, by the host where no name is known, and the sheet below."""
    changed = _sheet_answer(
        answer,
        ("a", "France 3", "https://france3.example/1"),
        ("a", None, "https://www.abamm.example:443/lexique"),
    )
    first, second = answer_html(changed, words).split("<details")[1:]
    assert '<span class="title">France 3</span>' in first
    assert (
        '<span class="by">d’après la fiche «\u00a0Fiche a\u00a0», publication du 23/11/2026</span>'
        in first
    )
    assert '<span class="title">abamm.example</span>' in second
    assert str(answer.citations[0].publisher) not in first + second


def test_cards_go_by_who_said_it_and_by_sheet(answer: Answer, words: Words) -> None:
    """Three sentences of one source are one card with three quotes, on whichever pages of it."""
    changed = _sheet_answer(
        answer,
        ("a", "France 3", "https://france3.example/1"),
        ("a", "Insee", "https://insee.example"),
        ("a", "France 3", "https://france3.example/2"),
        ("b", "France 3", "https://france3.example/1"),
        ("a", "France 3", "https://france3.example/1"),
    )
    cards = answer_html(changed, words).split("<details")[1:]
    numbers = [re.findall(r'id="source-1-(\d)"', card) for card in cards]
    assert numbers == [["1", "3", "5"], ["2"], ["4"]]
    assert [card.count("<blockquote") for card in cards] == [3, 1, 1]
    assert re.findall(r'href="(https://france3[^"]*)"', cards[0]) == [
        "https://france3.example/1", "https://france3.example/2", "https://france3.example/1",
    ]  # fmt: skip


def test_order_of_those_who_said_it_does_not_part_cards(answer: Answer, words: Words) -> None:
    """What the same two said is on one card."""
    (one,) = _sheet_answer(answer, ("a", "Insee", "https://a.example")).citations
    citations = tuple(
        dataclasses.replace(one, marker=marker, origins=origins, origin_names=names)
        for marker, origins, names in (
            (1, ("https://a.example", "https://b.example"), ("Insee", "UNESCO")),
            (2, ("https://b.example", "https://a.example"), ("UNESCO", "Insee")),
        )
    )
    html = answer_html(dataclasses.replace(answer, citations=citations), words)
    assert re.findall(r'class="title">(.*?)<', html) == ["Insee, UNESCO"]


def test_copied_sheet_says_who_said_it(answer: Answer) -> None:
    """Name, sheet and address; where several said it, each name stands with its address."""
    alone = _sheet_answer(answer, ("a", "France 3", "https://france3.example/1"))
    section = " › ".join(answer.citations[0].section)
    sheet = "d’après la fiche « Fiche a », publication du 23/11/2026"
    assert copied_text(alone).splitlines()[-1] == (
        f"[1] France 3, {sheet} – {section} – https://france3.example/1"
    )
    citation = dataclasses.replace(
        alone.citations[0],
        origins=("https://france3.example/1", "javascript:alert(1)", "https://b.example"),
        origin_names=("France 3", "X", None),
    )
    both = dataclasses.replace(alone, citations=(citation,))
    assert copied_text(both).splitlines()[-1] == (
        f"[1] France 3, X, b.example, {sheet} – {section} – "
        "France 3 https://france3.example/1 – https://b.example"
    )


def test_asked_for_words_stand_out(assistant: Assistant, words: Words) -> None:
    """The amount that was asked for is in bold, and nothing else."""
    html = answer_html(assistant.conversation().ask("Quel est le budget de PROSPECTS ?"), words)
    assert re.findall(r"<strong>(.*?)</strong>", html) == ["1 793 582 euros"]


def test_list_is_a_list(assistant: Assistant, words: Words) -> None:
    """Statements with hyphens become items, each with its number."""
    answer = assistant.conversation().ask("Parlez-moi de la Cité des Électriciens")
    html = answer_html(answer, words)
    items = re.findall(r"<li>(.*?)</li>", html.partition('class="sources"')[0])
    assert len(items) == len(answer.statements) == 4
    assert items[0].startswith("La Cité des Électriciens se trouve à Bruay-la-Buissière.")
    assert all(f"[{number}]</a>" in item for number, item in enumerate(items, start=1))


def test_citation_in_another_language_is_marked(page_assistant: Assistant, words: Words) -> None:
    """The mark stands with a source that is not in the visitor's language, in the page's words."""
    french = page_assistant.conversation().ask("Qu'est-ce que le Parc des îles ?")
    english = page_assistant.conversation().ask("What is the Parc des îles?")
    assert 'class="badge"' not in answer_html(french, words)
    assert '<span class="badge">en français</span>' in answer_html(english, words)


def test_without_an_exchange_nothing_can_be_said_of_an_answer(answer: Answer, words: Words) -> None:
    """Feedback and link come with the id under which the answer is kept, copy and print always."""
    alone = _Page(answer_html(answer, words))
    assert {name for b in alone.all("button") for name in b} & {
        "data-helpful", "data-link", "data-copy", "data-print",
    } == {"data-copy", "data-print"}  # fmt: skip
    kept = _Page(answer_html(answer, words, Extras("a" * 32, "visit", sharable=True)))
    assert {name for b in kept.all("button") for name in b} >= {"data-helpful", "data-link"}
    assert (
        "div",
        {"class": "exchange", "data-exchange": "a" * 32, "data-conversation": "visit"},
    ) in kept.tags
    unshared = _Page(answer_html(answer, words, Extras("a" * 32)))
    assert not any("data-link" in b for b in unshared.all("button"))


def test_unfinished_answer_has_neither_tools_nor_sources(answer: Answer, words: Words) -> None:
    """While it is said line by line, what it is said from and with comes last."""
    page = _Page(answer_html(answer, words, Extras(finished=False)))
    assert page.all("button") == page.all("details") == []
    assert "le Parc des îles" in page.text


def test_next_questions_are_buttons_that_ask(answer: Answer, words: Words) -> None:
    """Each carries its question, whatever is in it."""
    html = answer_html(answer, words, Extras(next_questions=('Où "x" <b> ?', "Quand ?")))
    asked = [b["data-ask"] for b in _Page(html).all("button") if "data-ask" in b]
    assert asked == ['Où "x" <b> ?', "Quand ?"]
    assert words.answer.next in html


def test_what_was_perhaps_meant_takes_the_place_of_next_questions(
    answer: Answer, words: Words
) -> None:
    """In the chat an answer's own suggestions can be asked; on a shared page nothing can."""
    partial = dataclasses.replace(answer, outcome=Outcome.PARTIAL, suggestions=("Où ?",))
    html = answer_html(partial, words, Extras("a" * 32, "visit", next_questions=("Quand ?",)))
    assert [b["data-ask"] for b in _Page(html).all("button") if "data-ask" in b] == ["Où ?"]
    assert words.answer.meant in html
    assert words.answer.next not in html
    assert "data-ask" not in answer_html(partial, words)


def test_changed_source_is_marked(answer: Answer, words: Words) -> None:
    """Only the citation whose source changed says so."""
    assert words.answer.changed not in answer_html(answer, words)
    html = answer_html(answer, words, Extras(changed=frozenset({1})))
    assert html.count(words.answer.changed) == 1


def test_every_reason_can_be_given(answer: Answer, words: Words) -> None:
    """The reasons on the page are those that the journal knows."""
    page = _Page(answer_html(answer, words, Extras("a" * 32)))
    values = {one["value"] for one in page.all("input")}
    assert values == {str(reason) for reason in FeedbackReason}


def test_copied_answer_stands_alone(assistant: Assistant, words: Words) -> None:
    """Its text, then each source with title, publisher, date, section and addresses."""
    answer = assistant.conversation().ask("Comment le bassin minier veut-il changer son image ?")
    text = copied_text(answer)
    assert text.startswith(answer.text + "\n\nSources\n[1] « Bassin Minier », Département du")
    assert "page non datée, consultée le 22/11/2026 – Dans sa dimension touristique – http" in text
    page = _Page(answer_html(answer, words))
    (button,) = [b for b in page.all("button") if "data-copy" in b]
    assert button["data-copy"] == text


def test_citations_of_one_source_share_a_card(answer: Answer, words: Words) -> None:
    """Its title once with all numbers, the passages below it in their order; another page apart."""
    first = answer.citations[0]
    second, third, paged = (
        dataclasses.replace(first, marker=number, **more)
        for number, more in ((2, {"document_id": "other"}), (3, {}), (4, {"page": 7}))
    )
    changed = dataclasses.replace(answer, citations=(first, second, third, paged))
    cards = answer_html(changed, words).split("<details")[1:]
    numbers = [re.findall(r'id="source-1-(\d)"', card) for card in cards]
    assert numbers == [["1", "3"], ["2"], ["4"]]
    assert all(card.count('class="title"') == 1 for card in cards)
