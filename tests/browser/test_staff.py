"""A reviewer's walk: from a visitor's exchange to a judgement, a test, a mended source, closed."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from assistant.evaluation import read_gold
from assistant.journal import Feedback, FeedbackReason, ReviewState
from assistant.settings import Settings
from tests.conftest import ASSISTANT
from tests.staff_sites import PASSWORD, READER, REVIEWER, StaffSite, running_site

PICTURES = os.environ.get("STAFF_PICTURES")
"""Folder that takes the pictures of the guide; `docs` renews them."""
QUESTION = "Quand le Louvre-Lens a-t-il ouvert ?"
POOL = "La piscine de Drocourt a ouvert en 1932, selon la commune de Drocourt."


@pytest.fixture(scope="module")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffSite]:
    """A server with a corpus of its own."""
    with running_site(settings, tmp_path_factory.mktemp("staff")) as found:
        yield found


@pytest.fixture
def visitor(browser: Browser, site: StaffSite) -> Iterator[Page]:
    """Somebody's page of the chat."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(site.address)
    page.wait_for_selector("#question textarea")
    yield page
    context.close()


@pytest.fixture
def reviewer(browser: Browser, site: StaffSite) -> Iterator[Page]:
    """A reviewer's page, signed in; whatever goes wrong in it fails the test."""
    context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("console", lambda one: errors.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: errors.append(str(one)))
    sign_in(page, site, REVIEWER)
    yield page
    # Gradio complains of its own connections when the page is left.
    left = ("AbortError", "Connection errored out", "net::ERR_ABORTED")
    assert [one for one in errors if not any(words in one for words in left)] == []
    context.close()


def sign_in(page: Page, site: StaffSite, name: str) -> None:
    """Signs in, as the log-in page asks for it."""
    page.goto(f"{site.address}/equipe")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    picture(page, "connexion")
    page.click("button")
    page.wait_for_selector("#head form")


def ask(page: Page, question: str) -> None:
    """Asks the chat, and waits for the answer."""
    answers = page.locator("#thread .answer").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator("#thread .answer")).to_have_count(answers + 1)
    expect(page.locator("#thread .answer").last).not_to_be_empty()


def picture(page: Page, name: str) -> None:
    """Takes a picture for the guide, where one is asked for."""
    if PICTURES:
        file = Path(PICTURES) / f"equipe-{name}.png"
        page.wait_for_timeout(500)  # until what moves has come to rest
        page.screenshot(path=file)
        Image.open(file).convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(
            file, optimize=True
        )
        assert file.stat().st_size < 150_000


def choose(page: Page, name: str, label: str) -> None:
    """Chooses from a list by what is read there."""
    page.click(f"#{name} input")
    page.get_by_role("option", name=label, exact=True).click()


def told(page: Page, text: str | re.Pattern[str]) -> None:
    """Waits for what the page says."""
    expect(page.locator("#told [role=status]")).to_contain_text(text)


def test_one_exchange_through_the_whole_loop(
    site: StaffSite, visitor: Page, reviewer: Page
) -> None:
    """Asked, marked unhelpful, found, judged, turned into a test, evaluated, closed."""
    ask(visitor, QUESTION)
    mark_unhelpful(visitor)
    reviewer.goto(f"{site.address}/equipe/")
    first = reviewer.locator("table.queue tbody tr").first
    expect(first).to_contain_text(QUESTION)
    expect(first).to_contain_text("jugée inutile")
    choose(reviewer, "feedback", "inutile")
    expect(reviewer.locator("table.queue tbody tr")).to_have_count(1)
    picture(reviewer, "file")
    reviewer.click("table.queue a")

    expect(reviewer.locator("#thread .question")).to_contain_text(QUESTION)
    expect(reviewer.locator("#thread .said")).to_contain_text("2012")
    expect(reviewer.locator("#thread .opinion")).to_contain_text("incomplet")
    # Ten passages, and those that only a known question led to.
    expect(reviewer.locator("#found table.found tbody tr").nth(9)).to_be_visible()
    picture(reviewer, "echange")
    name = reviewer.url.partition("id=")[2]
    judge(reviewer)
    shown = site.journal.recorded(name)
    assert shown.feedback == Feedback(False, frozenset({FeedbackReason.INCOMPLETE}))

    make_test(reviewer)
    gold = site.folder / "gold.jsonl"
    (conversation,) = read_gold(gold).conversations
    assert conversation.turns[0].must == (("2012",),)

    index = ["--index", str(site.settings.index_folder)]
    run = site.folder / "runs" / "premier"
    evaluated = subprocess.run(
        [ASSISTANT, "evaluate", "--gold", gold, *index, "--out", run],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "right" in evaluated.stdout
    choose(reviewer, "state", "clos")
    reviewer.fill("#mended-in textarea, #mended-in input", shown.index_version)
    reviewer.click("#save-follow")
    expect(reviewer.locator("#said")).to_contain_text("suivi")

    reviewer.goto(f"{site.address}/equipe/evaluations")
    expect(reviewer.locator("#runs svg")).to_have_attribute("aria-label", re.compile("justes"))
    reviewer.click("#runs summary")
    expect(reviewer.locator("#runs tbody tr")).to_contain_text("premier")
    picture(reviewer, "evaluations")
    reviewer.goto(f"{site.address}/equipe/")
    expect(reviewer.locator("#position")).to_contain_text("échanges")
    expect(reviewer.locator("table.queue")).to_have_count(0)
    choose(reviewer, "queue-state", "clos")
    expect(reviewer.locator("table.queue tbody tr")).to_contain_text(QUESTION)
    choose(reviewer, "queue-assignee", REVIEWER)
    expect(reviewer.locator("table.queue")).to_have_count(0)
    choose(reviewer, "queue-assignee", "Personne")
    expect(reviewer.locator("table.queue tbody tr")).to_contain_text(QUESTION)
    listed = subprocess.run(
        [ASSISTANT, "review", "show", name, "--settings", settings_of(site), *index],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "closed" in listed
    assert ReviewState.CLOSED in listed


def mark_unhelpful(visitor: Page) -> None:
    """Says of the last answer that it is incomplete."""
    visitor.wait_for_selector("[data-helpful=no]")
    visitor.click("[data-helpful=no]")
    visitor.click(".why [value=incomplete]")
    with visitor.expect_response("**/feedback"):
        visitor.click("[data-opinion]")


def judge(reviewer: Page) -> None:
    """Judges the first statement and the first citation, with a better passage."""
    reviewer.locator("#statement-1").get_by_label("incomplète").check()
    reviewer.locator("#citation-1").get_by_label("en partie").check()
    reviewer.fill("#passage-search textarea, #passage-search input", "inauguration du Louvre-Lens")
    reviewer.click("#find-passages")
    told(reviewer, "passages trouvés")
    reviewer.click("#better-1 input")
    reviewer.get_by_role("option").first.click()
    picture(reviewer, "jugement")
    reviewer.click("#save-judgement")
    told(reviewer, "Enregistré")
    expect(reviewer.locator("#said")).to_contain_text("incomplète")


def make_test(reviewer: Page) -> None:
    """Makes a test of what happened."""
    reviewer.click("#case button.label-wrap")
    expect(reviewer.locator("#case-question textarea")).to_have_value(QUESTION)
    expect(reviewer.locator("#case-quotes input:checked")).not_to_have_count(0)
    choose(reviewer, "case-theme", "tourisme")
    reviewer.fill("#case-must textarea", "2012")
    picture(reviewer, "test")
    reviewer.click("#make-case")
    told(reviewer, "assistant evaluate --gold")


def settings_of(site: StaffSite) -> Path:
    """Returns the settings file that the server was started with."""
    return next(site.settings.index_folder.parent.glob("index-chat-*.toml"))


def test_source_is_added_tried_published_and_taken_back(
    site: StaffSite, visitor: Page, reviewer: Page, tmp_path: Path
) -> None:
    """Visitors meet a new text when it is live, not before, and no more once it is taken back."""
    question = "Quand la piscine de Drocourt a-t-elle ouvert ?"
    ask(visitor, question)
    expect(visitor.locator("#thread .answer").last).not_to_contain_text("1932")
    file = tmp_path / "piscine-de-drocourt.txt"
    file.write_text(POOL, encoding="utf-8")

    reviewer.goto(f"{site.address}/equipe/sources")
    expect(reviewer.locator("#draft")).to_contain_text("vide")
    reviewer.click("#add button.label-wrap")
    reviewer.set_input_files("#upload input[type=file]", file)
    expect(reviewer.locator("#upload")).to_contain_text("piscine")
    for name, value in (
        ("title", "La piscine de Drocourt"), ("publisher", "Commune de Drocourt"),
        ("published", "24/11/2026"), ("accessed", "2026-11-24"),
    ):  # fmt: skip
        reviewer.fill(f"#add-{name} textarea, #add-{name} input", value)
    reviewer.click("#add-source")
    told(reviewer, "écrivez la date AAAA-MM-JJ")
    reviewer.fill("#add-published textarea, #add-published input", "2026-11-24")
    reviewer.click("#add-source")
    told(reviewer, "est dans le brouillon")
    expect(reviewer.locator("#draft tbody tr")).to_contain_text("ajouté")
    reviewer.click("#check")
    expect(reviewer.locator("#results")).to_contain_text("Aucune remarque")
    reviewer.click("#results summary")
    expect(reviewer.locator("#results details")).to_contain_text(POOL)
    picture(reviewer, "sources")
    reviewer.click("#try-out")
    told(reviewer, "1 réponses changent")
    changed = reviewer.locator("#results tbody tr").first
    expect(changed).to_contain_text("1932")
    picture(reviewer, "essai")

    ask(visitor, question)
    expect(visitor.locator("#thread .answer").last).not_to_contain_text("1932")
    reviewer.click("#publish")
    told(reviewer, "C’est en ligne")
    ask(visitor, question)
    expect(visitor.locator("#thread .answer").last).to_contain_text("1932")
    reviewer.click("#roll-back")
    told(reviewer, "annulée")
    ask(visitor, question)
    expect(visitor.locator("#thread .answer").last).not_to_contain_text("1932")
    assert not (site.settings.corpus / file.name).exists()


def test_text_is_corrected_and_withdrawn_in_the_draft(site: StaffSite, reviewer: Page) -> None:
    """A text is opened, changed, dated, withdrawn; thrown away, all is as it was."""
    before = (site.settings.corpus / "erbm.fr.md").read_text(encoding="utf-8")
    reviewer.goto(f"{site.address}/equipe/sources")
    reviewer.click("#correct button.label-wrap")
    choose(reviewer, "document", "erbm.fr")
    reviewer.click("#load-source")
    text = reviewer.locator("#source-text textarea")
    expect(text).to_have_value(before)
    text.fill(f"{before}\nUne phrase de plus, pour essayer.\n")
    reviewer.fill("#correct-published textarea, #correct-published input", "2026-11-25")
    reviewer.click("#correct-source")
    told(reviewer, "est dans le brouillon")
    expect(reviewer.locator("#draft tbody tr")).to_contain_text("corrigé")
    draft = (site.folder / "draft" / "files" / "erbm.fr.md").read_text(encoding="utf-8")
    assert "Une phrase de plus" in draft
    assert "2026-11-25" in draft
    reviewer.click("#withdraw-source")
    told(reviewer, "sera retiré")
    expect(reviewer.locator("#draft tbody tr")).to_contain_text("retiré")
    reviewer.click("#discard")
    told(reviewer, "abandonné")
    assert (site.settings.corpus / "erbm.fr.md").read_text(encoding="utf-8") == before


def test_dashboard_and_gaps_are_pictures_with_numbers(
    site: StaffSite, visitor: Page, reviewer: Page
) -> None:
    """Each picture is named and has its numbers; what was left unanswered is grouped."""
    for question in ("Où prendre le bus pour Lens ?", "Quel bus prendre pour Lens ?", "Merci"):
        ask(visitor, question)
    reviewer.goto(f"{site.address}/equipe/tableau")
    pictures = reviewer.locator("#dashboard figure")
    expect(pictures).to_have_count(6)
    for number in range(6):
        figure = pictures.nth(number)
        assert figure.locator("svg").get_attribute("aria-label")
        figure.locator("summary").first.click()
        expect(figure.locator("table").first).to_be_visible()
    reviewer.reload()
    expect(pictures).to_have_count(6)
    picture(reviewer, "tableau")
    reviewer.goto(f"{site.address}/equipe/manques")
    expect(reviewer.locator("#gaps tbody")).to_contain_text("bus")
    picture(reviewer, "manques")
    reviewer.locator("#gaps a").first.click()
    expect(reviewer.locator("#thread .question")).to_be_visible()


def test_reader_sees_and_has_no_forms(browser: Browser, site: StaffSite, visitor: Page) -> None:
    """An account that may only read gets the same pages without what changes something."""
    ask(visitor, QUESTION)
    page = browser.new_page()
    sign_in(page, site, READER)
    page.wait_for_selector("table.queue a")
    page.click("table.queue a")
    expect(page.locator("#found table.found")).to_be_visible()
    expect(page.locator("#save-judgement")).to_be_hidden()
    page.goto(f"{site.address}/equipe/sources")
    expect(page.locator("#draft")).to_contain_text("brouillon")
    expect(page.locator("#publish")).to_be_hidden()
    page.close()


def test_words_of_a_visitor_are_text(site: StaffSite, visitor: Page, reviewer: Page) -> None:
    """Markup in a question is shown as typed in every page, and nothing of it runs."""
    odd = "<img src=x onerror=\"document.title='pris'\"> **gras** [lien](https://exemple.invalid)"
    ask(visitor, odd)
    reviewer.goto(f"{site.address}/equipe/")
    reviewer.fill("#search textarea, #search input", "onerror")
    reviewer.click("#show")
    link = reviewer.locator("table.queue a")
    expect(link).to_have_count(1)
    expect(link).to_contain_text(odd)
    link.click()
    expect(reviewer.locator("#thread .question h2")).to_have_text(odd)
    assert "pris" not in reviewer.title()
    assert reviewer.locator("#thread img, #found img").count() == 0


def test_pages_speak_french_and_stay_apart_from_the_chat(site: StaffSite, reviewer: Page) -> None:
    """Whatever the browser asks for: French, their own title, nothing of the chat’s script."""
    assert reviewer.evaluate("document.documentElement.lang") == "fr"
    expect(reviewer).to_have_title(re.compile("^File d’attente – Équipe"))
    page = site.client(REVIEWER).get("/").text
    assert "chat.js" not in page
    assert "/equipe" not in httpx.get(site.address).text


@pytest.mark.parametrize("path", ["", "tableau", "manques", "sources", "evaluations"])
def test_page_is_usable_by_keyboard_and_fits(site: StaffSite, reviewer: Page, path: str) -> None:
    """The first key skips to the content; every field has a name; nothing is cut on a phone."""
    reviewer.goto(f"{site.address}/equipe/{path}")
    reviewer.wait_for_selector("#head form")
    reviewer.keyboard.press("Tab")
    assert reviewer.evaluate("document.activeElement.className") == "skip"
    unnamed = reviewer.evaluate(
        """[...document.querySelectorAll("input:not([type=file]):not([type=hidden]), textarea")]
        .filter(one => one.offsetParent && !one.labels?.length && !one.ariaLabel
                       && !one.getAttribute("aria-labelledby"))
        .map(one => one.outerHTML)"""
    )
    assert unnamed == []
    reviewer.set_viewport_size({"width": 360, "height": 800})
    assert reviewer.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
