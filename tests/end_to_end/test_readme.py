"""What the README shows is what happens."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from assistant.bootstrap import open_assistant
from assistant.cli import _parser, main
from assistant.encoder import Encoder
from assistant.settings import Settings

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ assistant (.*)\n((?:.*\n)*?)```", README)


def test_there_are_examples() -> None:
    """The pattern that finds the examples finds them all."""
    assert len(EXAMPLES) == README.count("```console") >= 6


@pytest.mark.parametrize(("command", "expected"), EXAMPLES)
def test_example_prints_what_the_readme_shows(
    command: str, expected: str, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command of the README prints, word for word, what stands below it; … is anything."""
    name, *rest = shlex.split(command)
    main([name, "--index", str(settings.index_folder), *rest])
    captured = capsys.readouterr()
    printed = (captured.out + captured.err).replace(str(settings.index_folder), "index")
    pattern = re.escape(expected).replace("…\\\n", "(?:.*\n)*")
    assert re.fullmatch(pattern, printed), printed


def test_every_command_is_described() -> None:
    """The README names each command and each of its options in its table."""
    actions = _parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert actions is not None
    parsers = dict(actions)
    for group in ("journal", "review", "staff"):
        nested = parsers.pop(group)._subparsers._group_actions[0].choices
        parsers |= {f"{group} {name}": parser for name, parser in nested.items()}
    for name, parser in parsers.items():
        found = re.findall(rf"\| `assistant {name}\b(.*?)` \|", README)
        assert found, name
        rows = " ".join(found)
        for option in parser._option_string_actions:
            if option.startswith("--") and option not in {"--help", "--index", "--settings"}:
                assert option in rows, f"{name} {option}"


def test_python_examples_run(
    settings: Settings,
    encoder: Encoder,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The Python lines of the README answer their question and measure the answers."""
    asking, measuring = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    asking = asking.replace("open_assistant(load_settings())", "open_it()")
    exec(asking, {"open_it": lambda: open_assistant(settings, encoder)})  # noqa: S102 - our README
    assert capsys.readouterr().out.startswith(
        "answered Selon la page « Bassin Minier » du Département"
    )
    monkeypatch.chdir(ROOT)
    measuring = measuring.replace("open_assistant(settings)", "open_it()")
    measuring = measuring.replace("load_settings()", "settings")
    names = {"open_it": lambda: open_assistant(settings, encoder), "settings": settings}
    exec(measuring, names)  # noqa: S102 - our README
    right, near = map(float, capsys.readouterr().out.split())
    assert 0 < right < 1
    assert 0 < near < 1


def test_settings_example_is_accepted(tmp_path: Path) -> None:
    """The settings of the README are settings."""
    (example,) = re.findall(r"```toml\n(.*?)```", README, flags=re.DOTALL)
    file = tmp_path / "assistant.toml"
    file.write_text(example, encoding="utf-8")
    assert main(["sources", "--settings", str(file), "--index", str(tmp_path / "none")]) == 1


def test_metadata_example_is_accepted(tmp_path: Path) -> None:
    """A source written as the README shows is read."""
    (example,) = re.findall(r"   ```yaml\n(.*?)   ```", README, flags=re.DOTALL)
    example = re.sub(r"^   ", "", example, flags=re.MULTILINE).replace("https://…", "https://x.fr")
    (tmp_path / "my-source.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "my-source.txt").write_text("First part\n\nUne phrase.", encoding="utf-8")
    arguments = ["index", "--corpus", str(tmp_path), "--index", str(tmp_path / "index")]
    assert main(arguments) == 0
