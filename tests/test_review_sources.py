"""A source is drafted, checked, tried, published and taken back, by people without a terminal."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.conversation import Assistant
from assistant.corpus import Limits, read_corpus
from assistant.errors import CorpusError, DocumentError, IndexWriteError, ReviewError
from assistant.index import build_index, current_version, open_index, roll_back
from assistant.journal import Audit
from assistant.retrieval import Retriever
from assistant.review import Drafts, Kind, Releases
from assistant.review import releases as releases_module
from assistant.settings import IndexSettings, Settings, StaffSettings
from assistant.testing import HashEncoder, tiny_corpus
from tests import hostile_documents as hostile
from tests.journal_databases import SqliteFile, opened

ABOUT = {"title": "Piscine", "publisher": "Ville", "language": "fr", "accessed": "2026-11-24"}
POOL = "La piscine ouvre à midi. Elle ferme à minuit."


@dataclass
class Office:
    """A draft over a corpus of three texts, with what it is tried on."""

    settings: Settings
    drafts: Drafts
    releases: Releases
    audit: Audit
    encoder: HashEncoder

    def actions(self) -> list[tuple[str, str, str]]:
        """The trail, the oldest first."""
        return [(one.actor, one.action, one.subject) for one in reversed(self.audit.entries())]

    def corpus(self) -> dict[str, bytes]:
        """Every file of the corpus."""
        return {file.name: file.read_bytes() for file in self.settings.corpus.iterdir()}

    def live(self) -> set[str]:
        """The documents that visitors are answered from."""
        return set(open_index(self.settings.index_folder).documents)


@pytest.fixture
def office(sqlite_file: SqliteFile, tmp_path: Path) -> Iterator[Office]:
    """Three texts, indexed; the draft is empty."""
    settings = Settings(
        corpus=tiny_corpus(tmp_path / "corpus"),
        index_folder=tmp_path / "index",
        staff=StaffSettings(folder=tmp_path / "staff"),
        index=IndexSettings(keep_versions=2),
    )
    encoder = HashEncoder()
    build_index(
        read_corpus(settings.corpus), settings.index_folder, encoder.identity, lambda: encoder,
        settings, lambda _: lambda _: None,
    )  # fmt: skip
    index = open_index(settings.index_folder)
    assistant = Assistant(Retriever(index, encoder, settings.retrieval), settings.answer)
    with opened(sqlite_file.address) as journal:
        audit = Audit(journal.database)
        drafts = Drafts(settings.corpus, settings.staff.folder, audit)
        releases = Releases(drafts, settings, assistant, audit)
        yield Office(settings, drafts, releases, audit, encoder)


def test_added_source_goes_live_and_back(office: Office) -> None:
    """Nothing changes for visitors before it is published; rolled back, all is as it was."""
    before, version = office.corpus(), current_version(office.settings.index_folder)
    assert office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea") == "piscine"
    checked = office.releases.check()
    assert checked.changes == {"piscine": Kind.ADDED}
    assert [passage.text for passage in checked.passages["piscine"]] == [POOL]
    assert (checked.problems, checked.refused) == ({}, {})
    assert office.corpus() == before
    assert current_version(office.settings.index_folder) == version
    published = office.releases.publish("lea")
    assert office.live() == {"mine", "musee", "parc", "piscine"}
    assert current_version(office.settings.index_folder) == published
    assert set(office.corpus()) == {*before, "piscine.txt", "piscine.yaml"}
    assert office.drafts.changes() == {}
    assert office.releases.published() == [published]
    assert office.releases.roll_back("max") == version
    assert office.corpus() == before
    assert office.live() == {"mine", "musee", "parc"}
    assert office.releases.published() == []
    assert office.actions() == [
        ("lea", "draft_source", "piscine"),
        ("lea", "publish", published),
        ("max", "roll_back", published),
    ]


def test_upload_replaces_a_file_whose_name_is_spelt_otherwise(office: Office) -> None:
    """MacOS writes accents apart from their letters; the document is the same."""
    apart = unicodedata.normalize("NFD", "théâtre")
    (office.settings.corpus / f"{apart}.txt").write_text(POOL, encoding="utf-8")
    (office.settings.corpus / f"{apart}.yaml").write_text(
        "title: Théâtre\npublisher: P\nlanguage: fr\naccepted: [X] # un nom\n", encoding="utf-8"
    )
    assert office.drafts.add(f"{apart}.txt", b"Le rideau se leve.", ABOUT, "lea") == "théâtre"
    assert office.drafts.changes() == {"théâtre": Kind.CORRECTED}
    office.releases.publish("lea")
    assert office.live() == {"mine", "musee", "parc", "théâtre"}
    document = open_index(office.settings.index_folder).documents["théâtre"]
    assert (document.text, document.accepted) == ("Le rideau se leve.", ("X",))


def test_only_what_is_new_is_embedded(office: Office) -> None:
    """A check costs the passages of the draft, not of the corpus."""
    office.encoder.embedded.clear()
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    office.releases.check()
    assert office.encoder.embedded == [f"Piscine. {POOL}"]


def test_corrected_source_keeps_what_the_form_does_not_show(office: Office) -> None:
    """Text and metadata change; the rest of the metadata stays as people wrote it."""
    sidecar = office.settings.corpus / "musee.yaml"
    sidecar.write_text(sidecar.read_text() + "accepted: [YouTube] # un nom\n")
    about = office.drafts.description("musee")
    assert about["title"] == "Musée"
    assert (about["accessed"], about["published"]) == ("2026-11-22", "")
    text = office.drafts.text("musee")
    assert text == "Le musée ouvre le mardi. Il ferme le lundi."
    corrected = {**about, "published": "2026-11-01"}
    office.drafts.correct("musee", corrected, text.replace("mardi", "jeudi"), "lea")
    assert office.drafts.changes() == {"musee": Kind.CORRECTED}
    assert office.drafts.description("musee")["published"] == "2026-11-01"
    office.releases.publish("lea")
    document = open_index(office.settings.index_folder).documents["musee"]
    assert (document.text, document.published) == (
        "Le musée ouvre le jeudi. Il ferme le lundi.", "2026-11-01",
    )  # fmt: skip
    assert document.accepted == ("YouTube",)
    assert "# un nom" in sidecar.read_text()


def test_withdrawn_source_is_gone_and_comes_back(office: Office) -> None:
    """A source that is withdrawn answers nothing more; adding it again ends the withdrawal."""
    before = office.corpus()
    office.drafts.withdraw("mine", "lea")
    assert office.drafts.changes() == {"mine": Kind.WITHDRAWN}
    assert office.releases.check().passages == {}
    office.releases.publish("lea")
    assert office.live() == {"musee", "parc"}
    assert {"mine.txt", "mine.yaml"}.isdisjoint(office.corpus())
    office.releases.roll_back("lea")
    assert office.corpus() == before
    office.drafts.withdraw("mine", "lea")
    office.drafts.add("mine.txt", b"La mine rouvre.", {**ABOUT, "title": "Mine"}, "lea")
    assert office.drafts.changes() == {"mine": Kind.CORRECTED}
    office.drafts.withdraw("mine", "lea")
    assert office.drafts.changes() == {"mine": Kind.WITHDRAWN}


def test_same_document_in_another_format_takes_its_place(office: Office) -> None:
    """A text that comes as a web page instead of a plain text is still one document."""
    page = "<html><body><article><p>Le musée ouvre le samedi, toute la journée.</p></article>"
    office.drafts.add("musee.html", page.encode(), {**ABOUT, "title": "Musée"}, "lea")
    office.releases.publish("lea")
    assert {"musee.html", "musee.yaml"} <= set(office.corpus())
    assert "musee.txt" not in office.corpus()
    assert "samedi" in open_index(office.settings.index_folder).documents["musee"].text
    assert office.drafts.text("musee") is None
    office.releases.roll_back("lea")
    assert "musee.html" not in office.corpus()


def test_draft_is_tried_on_questions(office: Office) -> None:
    """Each question is answered from both; where nothing changed, nothing differs."""
    with pytest.raises(ReviewError, match="was not checked yet"):
        office.releases.try_out(["Quand ouvre la piscine ?"])
    office.drafts.withdraw("parc", "lea")
    office.releases.check()
    parc, mine = office.releases.try_out(
        ["Combien d'hectares couvre le parc ?", "Quand la mine a-t-elle fermé ?"]
    )
    assert {one.document_id for one in parc.before.citations + parc.before.nearby} >= {"parc"}
    assert "parc" not in {one.document_id for one in parc.after.citations + parc.after.nearby}
    assert parc.differs
    assert not mine.differs
    assert len(office.releases.try_out(["Quand ?"] * 50)) == releases_module.MOST_TRIED


@pytest.mark.parametrize(
    ("name", "data", "about", "message"),
    [
        ("liste.csv", b"a", ABOUT, "liste.csv cannot be taken in"),
        ("../piscine.txt", b"Un.", ABOUT, "cannot be taken in"),
        (".txt", b"Un.", ABOUT, "cannot be taken in"),
        ("ma piscine.txt", b"Un.", ABOUT, "cannot name a document"),
        ("vide.txt", b" ", ABOUT, "The file has no text"),
        ("latin.txt", "é".encode("latin-1"), ABOUT, "not UTF-8"),
        ("faux.pdf", b"x", ABOUT, "(?i)pdf"),
        ("date.txt", b"Un.", {**ABOUT, "published": "hier"}, "YYYY-MM-DD"),
        ("titre.txt", b"Un.", {**ABOUT, "title": ""}, "title"),
        ("langue.txt", b"Un.", {**ABOUT, "language": "français"}, "language"),
        ("lien.txt", b"Un.", {**ABOUT, "url": "javascript:alert(1)"}, "url"),
        ("gros.txt", b"x" * 20_000_001, ABOUT, "20,000,001 bytes"),
    ],
)
def test_source_that_cannot_be_read_is_refused(
    office: Office, name: str, data: bytes, about: dict[str, str], message: str
) -> None:
    """The reason is said at once, and the draft is as it was."""
    with pytest.raises(DocumentError, match=message):
        office.drafts.add(name, data, about, "lea")
    assert office.drafts.changes() == {}
    assert office.actions() == []


def test_failed_upload_leaves_the_former_draft(office: Office) -> None:
    """A second upload that cannot be read does not take the first one away."""
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    with pytest.raises(DocumentError):
        office.drafts.add("piscine.txt", b"", ABOUT, "lea")
    assert office.drafts.text("piscine") == POOL


def test_checks_say_what_is_odd(office: Office) -> None:
    """What staff should see to is said of the draft, before it goes live."""
    office.drafts.add("copie.txt", b"Le musee ouvreLundi le mardi. Il ferme le lundi.", ABOUT, "l")
    problems = office.releases.check().problems["copie"]
    assert any("glued together" in problem for problem in problems)


def test_discarded_draft_leaves_nothing(office: Office) -> None:
    """Thrown away, there is nothing to publish."""
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    office.drafts.discard("lea")
    assert office.drafts.changes() == {}
    with pytest.raises(ReviewError, match="changes nothing"):
        office.releases.publish("lea")


def test_unknown_document_is_said(office: Office) -> None:
    """Texts that are not there can be neither read nor withdrawn; nothing was published."""
    for ask in (office.drafts.text, office.drafts.description):
        with pytest.raises(ReviewError, match="no text called none"):
            ask("none")
    with pytest.raises(ReviewError, match="no text called none"):
        office.drafts.withdraw("none", "lea")
    with pytest.raises(ReviewError, match="Nothing was published"):
        office.releases.roll_back("lea")


def test_corpus_is_put_back_when_the_index_cannot_be_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full at the last step changes nothing for anybody, and the draft is kept."""
    before, version = office.corpus(), current_version(office.settings.index_folder)
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    office.drafts.withdraw("mine", "lea")
    real = build_index

    def full(corpus: object, folder: Path, *rest: object) -> object:
        if folder == office.settings.index_folder:
            raise IndexWriteError("The disk is full.", "Free some space.")
        return real(corpus, folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(releases_module, "build_index", full)
    with pytest.raises(IndexWriteError):
        office.releases.publish("lea")
    assert office.corpus() == before
    assert current_version(office.settings.index_folder) == version
    assert office.drafts.changes() == {"mine": Kind.WITHDRAWN, "piscine": Kind.ADDED}
    monkeypatch.undo()
    office.releases.publish("lea")
    assert office.live() == {"musee", "parc", "piscine"}


def test_last_document_cannot_be_withdrawn(office: Office) -> None:
    """A corpus without any text answers nothing; the check says so."""
    for name in ("mine", "musee", "parc"):
        office.drafts.withdraw(name, "lea")
    with pytest.raises(CorpusError, match="No document"):
        office.releases.publish("lea")
    assert office.live() == {"mine", "musee", "parc"}


def test_roll_back_takes_no_other_change_away(office: Office) -> None:
    """What somebody changed by hand since is not lost."""
    about = office.drafts.description("musee")
    office.drafts.correct("musee", about, "Le musée ouvre le jeudi.", "lea")
    office.releases.publish("lea")
    (office.settings.corpus / "musee.txt").write_text("À la main.")
    with pytest.raises(ReviewError, match=r"musee\.txt was changed since"):
        office.releases.roll_back("lea")
    assert (office.settings.corpus / "musee.txt").read_text() == "À la main."


def test_roll_back_builds_anew_what_is_kept_no_more(office: Office) -> None:
    """When the former version is gone from the disk, one like it is built."""
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    office.releases.publish("lea")
    folder = office.settings.index_folder
    first = min(place.name for place in (folder / "versions").iterdir())
    (folder / "versions" / first / "manifest.json").unlink()
    version = office.releases.roll_back("lea")
    assert version != first
    assert office.live() == {"mine", "musee", "parc"}


def test_published_versions_are_taken_back_one_by_one(office: Office) -> None:
    """The latest first; each brings back what was before it."""
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    one = office.releases.publish("lea")
    office.drafts.withdraw("piscine", "lea")
    two = office.releases.publish("lea")
    assert office.releases.published() == [two, one]
    assert office.releases.roll_back("lea") == one
    assert "piscine" in office.live()
    office.releases.roll_back("lea")
    assert office.live() == {"mine", "musee", "parc"}


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("boucle.pdf", hostile.looping_pdf(), "takes more than 500 MB of memory"),
        ("marques.md", hostile.nested_emphasis(2_000_000), "takes more than 2 seconds"),
        ("fiche.md", b"---\n" + b"a: [" * 30_000 + b"\n---\n", "The metadata is nested too deep"),
        ("longue.md", b"---\n" + b"a: b\n" * 300_000 + b"---\n", "more than 1,000,000 characters"),
    ],
    ids=["loop", "emphasis", "nested", "long"],
)
def test_hostile_upload_is_refused_by_its_limit(
    office: Office, name: str, data: bytes, reason: str
) -> None:
    """What staff upload is read under the limits of a build; the draft stays as it was."""
    limits = Limits(memory=500_000_000, seconds=2)
    folder = office.settings.staff.folder
    drafts = Drafts(office.settings.corpus, folder, office.audit, limits)
    with pytest.raises(DocumentError, match=reason):
        drafts.add(name, data, ABOUT, "lea")
    assert drafts.changes() == {}
    assert office.actions() == []


def test_draft_in_use_is_said(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that changes the draft is waited for, but not for ever."""
    monkeypatch.setattr("assistant.review.drafts._WAIT", 0.1)
    other = Drafts(office.settings.corpus, office.settings.staff.folder, office.audit)
    with office.drafts.writing(), pytest.raises(ReviewError, match="Somebody else"):
        other.withdraw("mine", "lea")
    other.withdraw("mine", "lea")
    record = json.loads((office.drafts.folder / "withdrawn.json").read_text())
    assert record == ["mine.txt", "mine.yaml"]


def test_rolling_back_the_index_alone_is_seen_to(office: Office) -> None:
    """After `assistant index --rollback` a new draft is checked against what is live."""
    office.drafts.add("piscine.txt", POOL.encode(), ABOUT, "lea")
    office.releases.publish("lea")
    roll_back(office.settings.index_folder)
    office.drafts.withdraw("piscine", "lea")
    office.releases.publish("lea")
    assert office.live() == {"mine", "musee", "parc"}
