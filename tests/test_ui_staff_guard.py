"""Nothing of the pages of staff is reached without a session, or done without the right to."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Mount

from assistant.access import add_account
from assistant.cli import main
from assistant.conversation import Assistant
from assistant.index import Index
from assistant.journal import Accounts, Audit, Journal, Role, open_journal
from assistant.retrieval import Retriever
from assistant.settings import Settings, StaffSettings
from assistant.testing import HashEncoder
from tests.conftest import journal_of
from tests.journal_databases import SqliteFile, journal_settings
from tests.staff_sites import (
    PASSWORD,
    READER,
    REVIEWER,
    StaffSite,
    call,
    dependencies,
    event_of,
    running_site,
    upload,
)
from ui.staff import PATH, mount_staff
from ui.staff.guard import COOKIE, StaffGuard

CLOSED = {303, 401, 403}


@pytest.fixture(scope="module")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffSite]:
    """A running server with one exchange to look at."""
    with running_site(settings, tmp_path_factory.mktemp("site")) as found:
        yield found


@pytest.fixture
def application(tiny_index: Index, sqlite_file: SqliteFile, tmp_path: Path) -> Iterator[FastAPI]:
    """The pages of staff, mounted on an application of their own."""
    encoder = HashEncoder()
    settings = Settings(
        corpus=tmp_path / "corpus",
        index_folder=tmp_path / "index",
        staff=StaffSettings(folder=tmp_path / "staff"),
        journal=journal_settings(sqlite_file.address).journal,
    )
    assistant = Assistant(Retriever(tiny_index, encoder, settings.retrieval), settings.answer)
    journal = open_journal(settings)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    mount_staff(app, assistant, journal, settings)
    yield app
    journal.close()


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Returns method and address of every route below `/equipe`."""
    (guard,) = (
        route.app
        for route in app.routes
        if isinstance(route, Mount) and isinstance(route.app, StaffGuard)
    )
    found, left = [], list(guard._app._app.routes)  # type: ignore[attr-defined]
    while left:
        route = left.pop()
        if hasattr(route, "original_router"):  # what FastAPI includes
            left += route.original_router.routes
            continue
        address = PATH + re.sub(r"\{[^}]*\}", "x", route.path)
        found += [(method, address) for method in getattr(route, "methods", None) or {"GET"}]
    return found


def test_no_route_is_reached_without_a_session(application: FastAPI) -> None:
    """Every route of Gradio and of our own is refused, or leads to the log-in."""
    client = TestClient(application, follow_redirects=False)
    tried = routes(application)
    assert len(tried) > 60
    assert ("POST", f"{PATH}/gradio_api/queue/join") in tried
    assert ("GET", f"{PATH}/export.csv") in tried
    for headers in ({}, {"accept": "text/html"}, {"cookie": f"{COOKIE}=forged"}):
        for method, address in tried:
            if address.rstrip("/").endswith(("/connexion", "/deconnexion")):
                continue
            response = client.request(method, address, headers=headers)
            assert response.status_code in CLOSED, (method, address)
            assert "gradio" not in response.text.lower(), (method, address)


def test_no_odd_address_is_reached_without_a_session(application: FastAPI) -> None:
    """Slashes, dots and escapes lead nowhere either."""
    client = TestClient(application, follow_redirects=False)
    for path in (
        "", "/", "//", "/%2e%2e/equipe/", "/config", "/config/", "/gradio_api/info", "/theme.css",
        "/gradio_api/file=/etc/passwd", "/assets/index.js", "/echange?id=x", "/./tableau",
        "/connexion/../config", "/connexion/config", "/none",
    ):  # fmt: skip
        response = client.get(PATH + path)
        assert response.status_code in {*CLOSED, 307, 404}, path
        assert "gradio" not in response.text.lower(), path


def test_no_event_of_gradio_is_answered_without_a_session(site: StaffSite) -> None:
    """Every event of every page is refused on every way that Gradio has, and does nothing."""
    events = [one["id"] for one in dependencies(site.client(REVIEWER))]
    assert len(events) > 25
    nobody = site.client()
    before = len(Audit(site.journal.database).entries(most=1000))
    for event in events:
        body = {"data": [], "fn_index": event, "session_hash": "x", "trigger_id": None}
        for way in ("queue/join", "run/predict", "run/x", "api/predict", "call/x", "call/v2/x"):
            refused = nobody.post(f"/gradio_api/{way}", json=body)
            assert refused.status_code == 401, (event, way)
    assert nobody.get("/gradio_api/queue/data?session_hash=x").status_code == 401
    assert nobody.post("/gradio_api/upload", files={"files": b"x"}).status_code == 401
    assert len(Audit(site.journal.database).entries(most=1000)) == before


def test_chat_knows_nothing_of_the_pages_of_staff(site: StaffSite) -> None:
    """What the chat tells a browser names none of their components."""
    client = site.client(REVIEWER)
    theirs = {one["props"].get("elem_id") for one in client.get("/config").json()["components"]}
    chat = httpx.get(f"{site.address}/config").json()
    ours = {one["props"].get("elem_id") for one in chat["components"]}
    assert {"queue", "publish", "save-judgement"} <= theirs
    assert (theirs & ours) <= {None, "thread"}
    assert "equipe" not in str(chat)


def test_reader_changes_nothing(site: StaffSite) -> None:
    """Every event of every page, sent by an account that may only read, leaves all as it is."""
    client, before = site.client(READER), corpus_of(site)
    refused = 0
    kinds = {one["id"]: one["type"] for one in client.get("/config").json()["components"]}
    for event in dependencies(client):
        blank: list[Any] = [
            [] if kinds[one] == "checkboxgroup" else None for one in event["inputs"]
        ]
        done = call(client, event["id"], blank)
        refused += "permet de lire" in str(done)
    assert refused == 13
    assert [one for one in Audit(site.journal.database).entries() if one.actor == READER] == []
    assert corpus_of(site) == before
    assert not (site.folder / "draft").exists()


def corpus_of(site: StaffSite) -> dict[str, bytes]:
    """Returns every file of the corpus."""
    return {file.name: file.read_bytes() for file in site.settings.corpus.iterdir()}


def test_reviewer_is_let_in_and_out(site: StaffSite) -> None:
    """Signed in, the pages are there; signed out, they are not, whoever kept the cookie."""
    client = site.client(REVIEWER)
    assert client.get("/").status_code == 200
    assert "<gradio-app" in client.get("/").text
    assert client.get("/export.csv").headers["content-type"] == "text/csv; charset=utf-8"
    kept = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    assert site.client().get("/", headers=kept).status_code == 200
    assert client.post("/deconnexion").headers["location"] == "/equipe/connexion"
    assert client.get("/").status_code == 401
    assert site.client().get("/", headers=kept).status_code == 401


def test_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(site: StaffSite) -> None:
    """HttpOnly, SameSite=Strict, for these pages alone, with an end."""
    sent = site.client().post("/connexion", data={"name": REVIEWER, "password": PASSWORD})
    assert sent.headers["location"] == "/equipe/"
    session, device = sent.headers.get_list("set-cookie")
    assert "httponly; max-age=15552000; path=/equipe/connexion; samesite=strict" in device.lower()
    cookie = session.lower()
    for part in ("httponly", "samesite=strict", "path=/equipe", "max-age=43200"):
        assert part in cookie
    assert "secure" not in cookie  # asked over HTTP


def test_cookie_is_secure_behind_https(application: FastAPI, sqlite_file: SqliteFile) -> None:
    """Over HTTPS the browser never sends it in the clear."""
    journal: Journal = open_journal(journal_settings(sqlite_file.address))
    add_account(Accounts(journal.database), REVIEWER, PASSWORD, Role.READER, "console")
    client = TestClient(application, base_url="https://testserver", follow_redirects=False)
    sent = client.post(f"{PATH}/connexion", data={"name": REVIEWER, "password": PASSWORD})
    assert "secure" in sent.headers["set-cookie"].lower()
    journal.close()


def test_pages_are_not_kept_and_not_framed(site: StaffSite) -> None:
    """No copy stays in a cache, and no other site shows the pages in a frame."""
    for client, path in ((site.client(), "/connexion"), (site.client(REVIEWER), "/")):
        headers = client.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_removed_account_is_out_at_once(site: StaffSite) -> None:
    """The next request of its session is refused."""
    accounts = Accounts(site.journal.database)
    add_account(accounts, "zoe", PASSWORD, Role.REVIEWER, "console")
    client = site.client("zoe")
    assert client.get("/").status_code == 200
    accounts.remove("zoe", "console")
    assert client.get("/").status_code == 401
    assert client.get("/config").status_code == 401


def test_command_ends_all_sessions_of_a_running_server(site: StaffSite) -> None:
    """After `assistant staff sign-out --all` no cookie opens anything; one can log in again."""
    clients = [site.client(name) for name in (REVIEWER, READER)]
    assert [client.get("/").status_code for client in clients] == [200, 200]
    told = site.folder.parent / "sign-out.toml"
    told.write_text(f'[journal]\naddress = "{journal_of(site.settings)}"\n', encoding="utf-8")
    assert main(["staff", "sign-out", "--all", "--settings", str(told)]) == 0
    assert [client.get("/").status_code for client in clients] == [401, 401]
    assert site.client(REVIEWER).get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://example.org"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_request_from_another_site_is_refused(site: StaffSite, headers: dict[str, str]) -> None:
    """Even with a session, and for the log-in too."""
    client = site.client(REVIEWER)
    for path in ("/connexion", "/deconnexion", "/gradio_api/queue/join"):
        refused = client.post(path, headers=headers, data={"name": REVIEWER, "password": PASSWORD})
        assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    assert client.get("/").status_code == 200


def test_wrong_password_is_said_and_guessing_is_slowed_down(site: StaffSite) -> None:
    """The page says so in French, keeps the name, escapes it, and after five tries how long."""
    client = site.client()
    odd = '"><script>'
    sent = client.post("/connexion", data={"name": odd, "password": "wrong"})
    assert sent.status_code == 403
    assert "pas le bon" in sent.text
    assert "&quot;&gt;&lt;script&gt;" in sent.text
    assert odd not in sent.text
    for _ in range(4):
        client.post("/connexion", data={"name": odd, "password": "wrong"})
    sent = client.post("/connexion", data={"name": odd, "password": "wrong"})
    assert (sent.status_code, "Réessayez dans 15 s." in sent.text) == (429, True)
    assert sent.headers["retry-after"] == "15"
    assert site.client(REVIEWER).get("/").status_code == 200


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"name=lea", b"x" * 20_000])
def test_malformed_login_is_a_wrong_one(site: StaffSite, body: bytes) -> None:
    """Nothing, noise, half a form and a flood are refused without an error."""
    client = site.client()
    sent = client.post(
        "/connexion",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert sent.status_code in {403, 429}


def test_flood_of_log_ins_holds_up_nobody(site: StaffSite) -> None:
    """Of eighty at once a few are looked at; visitors and staff who come back wait for none."""
    client, nobody = site.client(REVIEWER), site.client()
    right = {"name": REVIEWER, "password": PASSWORD}

    def guess(number: int) -> int:
        wrong = {"name": f"nobody-{number}", "password": "wrong"}
        return nobody.post("/connexion", data=wrong).status_code

    with ThreadPoolExecutor(80) as pool:
        guesses = [pool.submit(guess, number) for number in range(80)]
        start = time.monotonic()
        assert httpx.get(f"{site.address}/about", timeout=60).status_code == 200
        assert client.get("/config").status_code == 200
        assert client.post("/connexion", data=right).status_code == 303
        waited = time.monotonic() - start
        codes = Counter(one.result(60) for one in guesses)
    assert set(codes) == {403, 429}
    assert codes[429] > 40
    assert waited < 5


@pytest.mark.parametrize("addresses", [3, 20])
def test_reviewer_with_a_new_browser_gets_in_during_a_flood(
    site: StaffSite, addresses: int
) -> None:
    """Addresses that try random names without pause come after one that hardly tried."""
    end = threading.Event()
    seen: Counter[int] = Counter()

    def attack(number: int) -> None:
        with _from(f"127.0.{addresses}.{number + 1}", site) as client:
            while not end.is_set():
                wrong = {"name": secrets.token_hex(8), "password": "wrong"}
                seen[client.post("/connexion", data=wrong).status_code] += 1

    with ThreadPoolExecutor(3 * addresses) as crowd:
        try:
            for number in range(3 * addresses):
                crowd.submit(attack, number % addresses)
            time.sleep(2)
            for number in range(4):
                began = time.monotonic()
                with _from(f"127.1.{addresses}.{number + 1}", site) as client:
                    right = {"name": REVIEWER, "password": PASSWORD}
                    assert client.post("/connexion", data=right).status_code == 303
                assert time.monotonic() - began < 5
        finally:
            end.set()
    assert set(seen) == {403, 429}  # the line was full


def _from(address: str, site: StaffSite) -> httpx.Client:
    """Returns a client that comes from an address of its own."""
    transport = httpx.HTTPTransport(local_address=address)
    return httpx.Client(base_url=f"{site.address}/equipe", timeout=60, transport=transport)


def test_journal_that_is_gone_lets_nobody_in(application: FastAPI, sqlite_file: SqliteFile) -> None:
    """Without the accounts nobody is let in; it is said, without a traceback."""
    client = TestClient(application, follow_redirects=False)
    assert client.get(f"{PATH}/connexion").status_code == 200
    client.post(f"{PATH}/connexion", data={"name": REVIEWER, "password": PASSWORD})
    with sqlite_file.gone():
        sent = client.post(f"{PATH}/connexion", data={"name": REVIEWER, "password": PASSWORD})
        assert (sent.status_code, "ne répond pas" in sent.text) == (503, True)
        refused = client.get(f"{PATH}/", headers={"cookie": f"{COOKIE}=x"})
        assert (refused.status_code, "ne répond pas" in refused.text) == (503, True)


def test_upload_goes_into_the_draft_and_not_into_the_cache(site: StaffSite) -> None:
    """An uploaded text is moved to where only staff see it."""
    client = site.client(REVIEWER)
    place = upload(client, "piscine.txt", b"La piscine ouvre.")
    file = {"path": place, "orig_name": "piscine.txt", "meta": {"_type": "gradio.FileData"}}
    about = ["Piscine", "Ville", "", "fr", "", "2026-11-24", ""]
    done = call(client, event_of(client, "add-source"), [file, *about])
    assert "est dans le brouillon" in str(done), done
    assert not Path(place).exists()
    assert (site.folder / "draft" / "files" / "piscine.txt").read_bytes() == b"La piscine ouvre."
