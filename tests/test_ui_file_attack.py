"""Attacks on a running server that try to get it to hand out its files, by real requests.

Every event of the chat and of the pages of staff is sent everything that Gradio could take for a
file, in every place of its input, by strangers and by staff.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.settings import Settings
from tests.staff_sites import (
    READER,
    REVIEWER,
    StaffSite,
    dependencies,
    event_of,
    running_site,
    upload,
)

TREASURE = "the secret of this test"


@pytest.fixture(scope="module")
def site(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffSite]:
    """A site with a file in its folder of staff that nobody may read."""
    with running_site(settings, tmp_path_factory.mktemp("attacked")) as running:
        running.folder.mkdir(exist_ok=True)
        (running.folder / "treasure.txt").write_text(TREASURE)
        yield running


def _attacks(site: StaffSite, folder: Path) -> list[Any]:
    """Returns what is sent in place of a value: every path, and every shape, that could be one."""
    treasure = site.folder / "treasure.txt"
    link = folder / "link.txt"
    link.symlink_to(treasure)

    def file(path: str | Path) -> dict[str, Any]:
        return {"path": str(path), "meta": {"_type": "gradio.FileData"}}

    return [
        file(treasure),
        [file(treasure)],
        {"__type__": "update", "value": [{"b": file(treasure)}]},
        {"path": str(treasure)},
        file(Path("..", *[".."] * 12, *treasure.parts[1:])),
        file(f"file://{treasure}"),
        {**file(link), "url": str(link), "orig_name": "a.txt"},
        file("/proc/self/environ"),
        file(f"{site.address}/about"),
    ]


def _join(client: httpx.Client, event: Any, values: Any, **more: Any) -> httpx.Response:
    body = {"data": values, "fn_index": event, "session_hash": secrets.token_hex(5), **more}
    return client.post("/gradio_api/queue/join", json=body)


def _attacked(client: httpx.Client, attacks: list[Any], events: list[dict[str, Any]]) -> set[int]:
    """Sends every attack in every place of every event; returns how the server answered."""
    answers = set()
    for event in events:
        places = len(event["inputs"])
        for place in range(places):
            for attack in attacks:
                values: list[Any] = [None] * places
                values[place] = attack
                answers.add(_join(client, event["id"], values).status_code)
        sent = _join(client, event["id"], [None] * places, event_data=attacks[0])
        answers.add(sent.status_code)
    return answers


def test_no_event_takes_a_file_in_place_of_a_value(site: StaffSite, tmp_path: Path) -> None:
    """Every event of chat and staff, every place of its input, every file: refused, unread."""
    attacks = _attacks(site, tmp_path)
    with httpx.Client(base_url=site.address) as visitor, closing(site.client(READER)) as reader:
        asked, worked = dependencies(visitor), dependencies(reader)
        assert sum(len(event["inputs"]) for event in asked) >= 3
        assert sum(len(event["inputs"]) for event in worked) > 100
        assert _attacked(visitor, attacks, asked) == {422}
        assert _attacked(reader, attacks, worked) == {422}
    with httpx.Client(base_url=f"{site.address}/equipe") as stranger:
        assert _attacked(stranger, attacks[:1], worked) == {401}


def test_a_reviewers_upload_is_the_only_file_that_an_event_takes(site: StaffSite) -> None:
    """An uploaded file goes into the draft; another path in its place, beside it or a link not."""
    with closing(site.client(REVIEWER)) as client:
        event = event_of(client, "add-source")
        places = next(len(one["inputs"]) for one in dependencies(client) if one["id"] == event)
        path = Path(upload(client, "texte.txt", b"Une phrase."))
        assert path.parents[1].stat().st_mode & 0o777 == 0o700
        link = path.with_name("lien.txt")
        link.symlink_to(site.folder / "treasure.txt")
        for wrong in (
            str(link),
            f"{path.parent}/../../../etc/hostname",
            str(path) + "x",
            path.name,
        ):
            file = {"path": wrong, "meta": {"_type": "gradio.FileData"}}
            sent = _join(client, event, [file, *[""] * (places - 1)])
            assert sent.status_code == 422, wrong
        right = {"path": str(path), "meta": {"_type": "gradio.FileData"}, "orig_name": "texte.txt"}
        assert _join(client, event, [right, *[""] * (places - 1)]).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/gradio_api/file=/etc/hostname"),
        ("GET", "/gradio_api/file=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/file/etc/hostname"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"),
        ("GET", "/gradio_api/info"),
        ("GET", "/gradio_api/openapi.json"),
        ("GET", "/gradio_api/dev/reload"),
        ("GET", "/dev/reload"),
        ("GET", "/monitoring"),
        ("GET", "/monitoring/summary"),
        ("GET", "/gradio_api/upload_progress?upload_id=a"),
        ("GET", "/gradio_api/deep_link"),
        ("GET", "/gradio_api/runs"),
        ("GET", "/custom_component/a/client/component/index.js"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/run/ask"),
        ("POST", "/gradio_api/api/ask"),
        ("POST", "/gradio_api/call/ask"),
        ("POST", "/gradio_api/component_server"),
        ("POST", "/gradio_api/stream/abc"),
        ("POST", "/gradio_api/process_recording"),
        ("POST", "/gradio_api/vibe-edit"),
        ("POST", "/login"),
        ("PUT", "/gradio_api/queue/join"),
    ],
)
def test_addresses_that_no_page_needs_are_closed(site: StaffSite, method: str, path: str) -> None:
    """What Gradio offers beyond what the pages send is not there, for staff neither."""
    sent = httpx.request(method, site.address + path)
    assert (sent.status_code, sent.text) == (404, "Not found.\n")
    if not path.startswith("/gradio_api/upload"):  # which staff need
        with closing(site.client(REVIEWER)) as client:
            assert client.request(method, path).status_code == 404


def test_no_stranger_uploads(site: StaffSite) -> None:
    """Nothing is taken without an account, and one file at a time with one."""
    file = ("files", ("a.txt", b"text"))
    assert httpx.post(f"{site.address}/gradio_api/upload", files=[file]).status_code == 404
    assert httpx.post(f"{site.address}/equipe/gradio_api/upload", files=[file]).status_code == 401
    with closing(site.client(REVIEWER)) as client:
        assert client.post("/gradio_api/upload", files=[file]).status_code == 200
        assert client.post("/gradio_api/upload", files=[file] * 900).status_code == 422
        two = b"--C\r\nContent-Disposition: form-data; name=files; filename=a\r\n\r\nx\r\n" * 2
        sent = client.post(
            "/gradio_api/upload",
            content=two + b"--C--\r\n",
            headers={"content-type": "multipart/form-data; boundary=B; boundary=C"},
        )
        assert sent.status_code == 422
    with closing(site.client(READER)) as client:
        assert client.post("/gradio_api/upload", files=[file]).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b'{"data": []}', b"[" * 30_000,
        b'{"data": ["a", ""], "fn_index": 0}',
        b'{"data": ["a", ""], "fn_index": "0", "session_hash": "a"}',
        b'{"data": ["a", ""], "fn_index": 99, "session_hash": "a"}',
        b'{"data": ["a"], "fn_index": 0, "session_hash": "a"}',
        b'{"data": ["a", "", ""], "fn_index": 0, "session_hash": "a"}',
        b'{"data": ["a", 1], "fn_index": 0, "session_hash": "a"}',
        b'{"data": ["a", ""], "fn_index": 0, "session_hash": "../a"}',
        b'{"data": ["a", ""], "fn_index": 0, "session_hash": "a", "batched": true}',
        b'{"data": ["a", ""], "fn_index": 0, "session_hash": "a", "request": {}}',
        b'{"data": ["\\ud800", ""], "fn_index": 0, "session_hash": "a"}',
        b'{"data": ["a", ""], "fn_index": 0, "session_hash": "a", "event_data": ['
        + b"[]," * 200
        + b"1]}",
    ],
)  # fmt: skip
def test_malformed_events_are_refused(site: StaffSite, body: bytes) -> None:
    """Only an event of the page, whole and with nothing beside, gets to Gradio."""
    headers = {"content-type": "application/json"}
    url = f"{site.address}/gradio_api/queue/join"
    assert httpx.post(url, content=body, headers=headers).status_code == 422


def test_a_long_event_is_refused_before_it_is_read(site: StaffSite) -> None:
    """Its length is looked at first, stated or not."""
    url = f"{site.address}/gradio_api/queue/join"
    body = json.dumps({"data": ["a" * 100_000, ""], "fn_index": 0, "session_hash": "a"}).encode()
    assert httpx.post(url, content=body).status_code == 413
    assert httpx.post(url, content=iter([body[:50_000], body[50_000:]])).status_code == 413


def test_events_of_one_page_are_counted(site: StaffSite) -> None:
    """Reloads and questions without end fill neither the queue nor the memory."""
    body = {"data": ["nobody"], "fn_index": 1, "session_hash": secrets.token_hex(5)}
    with httpx.Client(base_url=site.address) as client:
        answers = [client.post("/gradio_api/queue/join", json=body).status_code for _ in range(60)]
    assert answers == [200] * 40 + [429] * 20
