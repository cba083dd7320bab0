"""Our own addresses beside the chat, over HTTP."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.conversation import Assistant
from assistant.domain import Turn
from assistant.journal import Recorder, open_journal
from assistant.settings import ChatSettings, DeployerSettings, JournalSettings, Settings
from tests.journal_databases import SqliteFile
from ui.chat import Service
from ui.health import Health
from ui.routes import add_routes
from ui.visits import Visits

CONVERSATION = "visit"
QUESTION = "Où le Parc des îles a-t-il été aménagé ?"


def _service(assistant: Assistant, address: str, folder: Path, days: int = 90) -> Service:
    settings = Settings(
        journal=JournalSettings(address=address, retention_days=days),
        chat=ChatSettings(notice=folder / "notice.txt"),
    )
    journal = open_journal(settings)
    return Service(
        assistant=assistant,
        journal=journal,
        recorder=Recorder(journal, 5.0),
        visits=Visits(assistant, journal, 10),
        settings=settings,
    )


def _client(service: Service) -> TestClient:
    app = FastAPI()
    add_routes(app, service)
    return TestClient(app, base_url="http://127.0.0.1")


@pytest.fixture
def service(
    page_assistant: Assistant, sqlite_file: SqliteFile, tmp_path: Path
) -> Iterator[Service]:
    """All that answers visitors, with a journal of its own."""
    service = _service(page_assistant, sqlite_file.address, tmp_path)
    yield service
    service.recorder.close(5)
    service.journal.close()


@pytest.fixture
def client(service: Service) -> TestClient:
    """A browser's side of it."""
    return _client(service)


@pytest.fixture
def exchange_id(service: Service) -> str:
    """An exchange in the journal."""
    exchange_id = service.recorder.record(_asked(service, CONVERSATION), "v").exchange_id
    assert exchange_id is not None
    return exchange_id


def _asked(service: Service, conversation_id: str) -> Turn:
    conversation = service.assistant.conversation(conversation_id)
    conversation.ask(QUESTION)
    return conversation.turns[-1]


def _named(exchange_id: str, conversation: str = CONVERSATION) -> dict[str, str]:
    """Returns what names an exchange in what a page sends."""
    return {"conversation": conversation, "exchange": exchange_id}


def test_feedback_is_stored(client: TestClient, service: Service, exchange_id: str) -> None:
    """204 says that it is in the database."""
    opinion = _named(exchange_id) | {"helpful": False, "reasons": ["wrong"], "text": "Non."}
    assert client.post("/feedback", json=opinion).status_code == 204
    (exchange,) = service.journal.conversation(CONVERSATION)
    assert exchange.feedback is not None
    assert (exchange.feedback.helpful, exchange.feedback.text) == (False, "Non.")


def test_feedback_on_nothing_is_told(client: TestClient) -> None:
    """404, and no record is said to be lost."""
    opinion = _named("0" * 32) | {"helpful": False}
    assert client.post("/feedback", json=opinion).status_code == 404
    assert client.get("/health").json()["records_lost"] == 0


def test_who_does_not_know_the_conversation_acts_for_nobody(
    client: TestClient, service: Service, exchange_id: str
) -> None:
    """Staff see the ids of exchanges: with another conversation, or none, it is an unknown one."""
    service.recorder.record(_asked(service, "another"), "v")
    unknown = _named("0" * 32)
    for path, more in (("/feedback", {"helpful": False}), ("/share", {})):
        expected = client.post(path, json=unknown | more)
        assert expected.status_code == 404
        for conversation in ("another", "no-such", exchange_id):
            refused = client.post(path, json=_named(exchange_id, conversation) | more)
            assert (refused.status_code, refused.text) == (404, expected.text)
        assert client.post(path, json={"exchange": exchange_id} | more).status_code == 422
    assert service.journal.conversation(CONVERSATION)[0].feedback is None
    assert service.journal.export(CONVERSATION)["shared_links"] == []


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", '{"conversation": "visit", "exchange": "x", "helpful": true}',
        '{%s, "helpful": "maybe"}',
        '{%s, "helpful": false, "reasons": ["ugly"]}',
        '{%s, "helpful": false, "more": 1}',
        '{%s, "helpful": false, "text": "' + "a" * 2001 + '"}',
        '{"conversation": "visit", "exchange": {%s}, "helpful": true}',
        '{%s, "conversation": null, "helpful": true}',
    ],
)  # fmt: skip
def test_wrong_feedback_is_refused(
    client: TestClient, service: Service, exchange_id: str, body: str
) -> None:
    """422, and nothing is stored."""
    content = body.replace("%s", json.dumps(_named(exchange_id))[1:-1])
    response = client.post(
        "/feedback", content=content, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert service.journal.conversation(CONVERSATION)[0].feedback is None


def test_other_sites_cannot_send_forms(client: TestClient, exchange_id: str) -> None:
    """What a form of another site can send without asking is not taken for feedback."""
    opinion = json.dumps(_named(exchange_id) | {"helpful": False})
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        response = client.post("/feedback", content=opinion, headers={"Content-Type": kind})
        assert response.status_code == 422


def test_link_is_made_once_and_opens(client: TestClient, exchange_id: str) -> None:
    """The same exchange has one link; it opens in the asked-for language, and is not indexed."""
    path = client.post("/share", json=_named(exchange_id)).json()["path"]
    assert client.post("/share", json=_named(exchange_id)).json()["path"] == path
    page = client.get(f"/{path}?lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    assert QUESTION.replace("'", "&#39;") in page.text
    assert '<meta name="robots" content="noindex">' in page.text
    assert '<base href="../">' in page.text


def test_link_to_nothing(client: TestClient) -> None:
    """An unknown exchange has no link, an unknown link no conversation."""
    assert client.post("/share", json=_named("0" * 32)).status_code == 404
    assert client.get("/e/unknown").status_code == 404


def test_text_that_is_not_kept_has_no_link(
    page_assistant: Assistant, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    """With retention 0 there is nothing that a link could open."""
    service = _service(page_assistant, sqlite_file.address, tmp_path, days=0)
    exchange_id = service.recorder.record(_asked(service, CONVERSATION), "v").exchange_id
    assert exchange_id is not None
    response = _client(service).post("/share", json=_named(exchange_id))
    assert response.status_code == 503
    service.recorder.close(5)
    service.journal.close()


def test_acts_of_one_address_are_limited(client: TestClient) -> None:
    """After thirty in a minute the next is refused."""
    codes = [client.post("/share", json=_named("0" * 32)).status_code for _ in range(31)]
    assert codes == [404] * 30 + [429]


def test_health_tells_what_works(client: TestClient, service: Service) -> None:
    """All works: 200; with the name of the index version that answers come from."""
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok", "closed": False, "index_version": service.assistant.index.name,
        "records_waiting": 0, "records_lost": 0, "index": "ok", "model": "ok", "journal": "ok",
    }  # fmt: skip


def test_health_tells_that_the_journal_does_not_answer(
    page_assistant: Assistant, tmp_path: Path
) -> None:
    """503, and which part it is."""
    service = _service(page_assistant, "sqlite:////proc/none/journal.db", tmp_path)
    response = _client(service).get("/health")
    assert response.status_code == 503
    assert response.json()["journal"] == "failing"
    assert (response.json()["status"], response.json()["index"]) == ("failing", "ok")
    service.recorder.close(1)


def test_health_is_cheap_however_often_it_is_asked(
    client: TestClient, sqlite_file: SqliteFile
) -> None:
    """The disk is written to once in some seconds, not at each of a thousand questions."""
    log = Path(f"{sqlite_file.file}-wal")
    assert client.get("/health").status_code == 200
    before = log.stat()
    with ThreadPoolExecutor(8) as crowd:
        codes = set(crowd.map(lambda _: client.get("/health").status_code, range(100)))
    after = log.stat()
    assert codes == {200}
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)


def test_health_notices_within_seconds(service: Service, sqlite_file: SqliteFile) -> None:
    """What was found is told again for a while, and then looked for anew."""
    health = Health(service, lasts=0.5)
    assert health.report()[0]
    with sqlite_file.gone():
        assert health.report()[0]
        time.sleep(0.6)
        works, content = health.report()
        assert (works, content["status"], content["journal"]) == (False, "failing", "failing")
        assert (content["index"], content["model"]) == ("ok", "ok")
    time.sleep(0.6)
    assert health.report()[0]


def test_who_asks_for_health_while_it_is_tried_does_not_wait(
    service: Service, sqlite_file: SqliteFile
) -> None:
    """A journal that hangs holds one thread, not all that visitors' pages come from."""
    health = Health(service, lasts=0.0)
    assert health.report()[0]
    with sqlite_file.locked(), ThreadPoolExecutor(1) as crowd:
        trying = crowd.submit(health.report)
        time.sleep(0.3)
        began = time.monotonic()
        assert health.report()[0]
        assert time.monotonic() - began < 0.2
        assert not trying.result(30)[0]


@pytest.fixture
def typing(assistant: Assistant, sqlite_file: SqliteFile, tmp_path: Path) -> Iterator[Service]:
    """All that answers visitors, with the project's own known questions."""
    service = _service(assistant, sqlite_file.address, tmp_path)
    yield service
    service.recorder.close(5)
    service.journal.close()


def test_what_is_typed_is_completed_and_kept_nowhere(
    typing: Service, caplog: pytest.LogCaptureFixture
) -> None:
    """Up to five known questions in the language of the page; nothing is recorded or logged."""
    client = _client(typing)
    caplog.set_level(logging.DEBUG, "assistant")
    offered = client.post("/complete?lang=fr", json={"text": "combien a coûté le louv"}).json()
    assert offered[0] == "Combien a coûté le Louvre-Lens au total ?"
    assert 1 <= len(offered) <= 5
    (*_, last) = client.post("/complete?lang=de", json={"text": "wie hoch"}).json()
    assert last.startswith("Wie hoch")
    assert client.post("/complete?lang=fr", json={"text": "co"}).json() == []
    assert client.get("/complete?lang=fr&text=combien").status_code == 405
    assert typing.journal.counts() == []
    assert "louv" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"louvre"', b'{"text": 3}', b'{"text": "louvre", "more": 1}', b'{"text": null}',
     b'{"text": "\\ud800"}', json.dumps({"text": "a" * 201}).encode()],
)  # fmt: skip
def test_what_no_page_sends_is_not_completed(client: TestClient, body: bytes) -> None:
    """One sentence, whatever is wrong with it."""
    refused = client.post("/complete", content=body, headers={"content-type": "application/json"})
    assert (refused.status_code, refused.text) == (422, "This is not what our pages send.\n")


def test_completions_are_limited(client: TestClient) -> None:
    """An address gets 600 a minute, and no more; other acts are counted by themselves."""
    answers = [client.post("/complete", json={"text": ""}).status_code for _ in range(601)]
    assert answers == [200] * 600 + [429]
    opinion = _named("0" * 32) | {"helpful": False}
    assert client.post("/feedback", json=opinion).status_code == 404


def _about(service: Service, **deployer: str) -> str:
    settings = service.settings.model_copy(update={"deployer": DeployerSettings(**deployer)})
    service = Service(
        service.assistant, service.journal, service.recorder, service.visits, settings
    )
    return _client(service).get("/about?lang=fr").text


def test_page_about_claims_nothing_that_is_not_set(service: Service) -> None:
    """Without a deployer and an audit it says so; with them it names them, escaped."""
    page = _about(service)
    assert "n’a pas encore indiqué son nom" in page
    assert "la conformité n’est donc pas affirmée" in page
    page = _about(
        service, name="Le <Département>", audit="81 % au 3 mars 2026", contact="03 21 00 00 00",
        address="Arras", data_officer="dpo@example.org",
    )  # fmt: skip
    assert "mis à disposition par Le &lt;Département&gt;." in page
    assert "Résultat de l’audit : 81 % au 3 mars 2026" in page
    assert "n’est donc pas affirmée" not in page
    for stated in ("03 21 00 00 00", "Arras", "dpo@example.org"):
        assert stated in page


def test_page_about_lists_the_sources_in_the_visitors_language(
    assistant: Assistant, sqlite_file: SqliteFile, tmp_path: Path
) -> None:
    """Of a sheet in two languages the visitor's version, and each source once."""
    service = _service(assistant, sqlite_file.address, tmp_path)
    pages = {
        language: _client(service).get(f"/about?lang={language}").text for language in ("fr", "en")
    }
    assert "Il répond avec 17 documents :" in pages["fr"]
    assert "Le Louvre-Lens et son financement européen" in pages["fr"]
    assert "The Louvre-Lens and its European funding" not in pages["fr"]
    assert "The Louvre-Lens and its European funding" in pages["en"]
    assert "Département du Pas-de-Calais, page non datée, consultée le 22/11/2026" in pages["fr"]
    service.recorder.close(5)
    service.journal.close()


def test_days_are_told(client: TestClient) -> None:
    """The page about data says how long texts are kept."""
    assert "gardés 90 jours" in client.get("/about?lang=fr").text
