"""What visitors and staff wrote is read by nobody else on the machine."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

from assistant.private import make_private_file, make_private_folder, open_to_others
from assistant.settings import Settings
from tests.conftest import ROOT, start_chat

KEEP = """
import os, sys
os.umask(0)
from pathlib import Path
from assistant.notice import put_up
from assistant.settings import ChatSettings, Settings
from tests.journal_databases import opened, turn
os.chdir(sys.argv[1])
put_up(Settings(chat=ChatSettings(notice=Path("journal/notice.txt"))), "Retour lundi.")
with opened("sqlite:///journal/data/journal.db") as journal:
    journal.record(turn(), "v")
    for path in sorted(Path("journal").rglob("*")):
        print(oct(path.stat().st_mode & 0o777), path)
print(oct(Path("journal").stat().st_mode & 0o777), "journal")
"""


def mode(path: Path) -> int:
    """Returns the rights of a file or folder."""
    return stat.S_IMODE(path.stat().st_mode)


def test_journal_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    """Folders 0700 and files 0600, the log of SQLite included, though the umask allows all."""
    done = subprocess.run(
        [sys.executable, "-c", KEEP, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    rights = {path: right for right, path in map(str.split, done.stdout.splitlines())}
    assert rights.pop("journal/notice.txt") == "0o666"  # what visitors read
    assert rights == {
        "journal": "0o700",
        "journal/data": "0o700",
        "journal/data/journal.db": "0o600",
        "journal/data/journal.db-shm": "0o600",
        "journal/data/journal.db-wal": "0o600",
        "journal/data/journal.db.lock": "0o600",
    }


def test_chat_says_at_its_start_what_others_can_read(settings: Settings, tmp_path: Path) -> None:
    """Each loose file and folder with the command that closes it; closed, nothing is said."""
    folder = tmp_path / "l'ancien"
    (folder / "staff").mkdir(parents=True)
    file = folder / "journal.db"
    for right, path in ((0o644, file), (0o755, folder), (0o750, folder / "staff")):
        path.touch(exist_ok=True)
        path.chmod(right)
    mine = settings.model_copy(update={"index_folder": tmp_path / "index"})
    (tmp_path / "index").symlink_to(settings.index_folder)
    (tmp_path / "index-staff").symlink_to(folder / "staff")
    said = []
    for _ in range(2):
        process, _ = start_chat(mine, f"sqlite:///{file}")
        process.terminate()
        said.append(process.communicate(timeout=30)[1])
        # What the chat advises, run as it stands.
        for line in said[0].splitlines():
            command = line.split("`")[1]
            assert command.startswith("chmod ")
            subprocess.run(command, shell=True, check=True)  # noqa: S602 - that is the point
    assert len(said[0].splitlines()) == 3
    assert f"look into {file}. Run `chmod 600 " in said[0]
    assert said[1] == ""
    assert [mode(path) for path in (file, folder, folder / "staff")] == [0o600, 0o700, 0o700]


def test_what_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Neither rights nor content of what somebody else made change; a shared folder is fine."""
    (tmp_path / "file").write_text("here")
    (tmp_path / "file").chmod(0o644)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o1777)
    make_private_file(tmp_path / "file")
    make_private_folder(tmp_path / "shared" / "mine" / "deeper")
    assert ((tmp_path / "file").read_text(), mode(tmp_path / "file")) == ("here", 0o644)
    assert mode(tmp_path / "shared") == 0o1777
    assert mode(tmp_path / "shared" / "mine") == 0o700
    found = list(open_to_others([tmp_path / "shared", tmp_path / "none", tmp_path / "file"]))
    assert found == [
        f"Others on this machine can look into {tmp_path}/file. Run `chmod 600 {tmp_path}/file`."
    ]
