"""The page in which Gradio builds itself: a template of ours, which loads Gradio's files.

What stands around the chat is served with the page, in the visitor's language, and is read before
any script has run::

    request ──Shell──▶ templates/shell_head.html, shell_top.html ──Around──▶ templates/gradio.html

Gradio's options (`css`, `head`, `js`) are the same for every visitor and go behind its own scripts,
so that they can set neither language nor viewport, nor carry the number that the policy asks of
scripts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import gradio as gr
from gradio import routes
from gradio.routes import App
from jinja2 import ChoiceLoader, DictLoader
from starlette.requests import Request

from assistant.question import MAX_CHARACTERS
from assistant.texts import LANGUAGES, BadInput, load_texts
from ui.render import templates
from ui.texts import Words, choose_language, load_words

_TEMPLATE: Final = "frontend/index.html"
_FILES: Final = (
    re.compile(r'<script type="module"[^>]*></script>'),
    re.compile(r'<link rel="stylesheet"[^>]*>'),
)
"""What Gradio's own template loads, under names that change with each version."""

MOST_COMPLETED: Final = 200
"""Characters of a question that is being typed up to which others are offered."""
NO_ESTIMATES: Final = 86_400.0
"""Seconds between two estimates of how long a queue is, which no page shows.

Gradio would send one to all who wait whenever anything is done: for hundreds who do not read them
that grows with their square, in memory and in time to give it back.
"""
THEME: Final = gr.themes.Base(
    primary_hue="stone",
    neutral_hue="stone",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around Gradio's part of a page for one request, as HTML that is safe.

    Attributes:
        language: of the page.
        kind: class of `<body>`, by which the style sheets tell pages apart.
        head: in `<head>`, the title included.
        top: at the beginning of `<body>`.
        foot: at its end.
    """

    language: str
    kind: str
    head: str
    top: str = ""
    foot: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """The addresses that a page of ours links, relative to the root.

    Attributes:
        root: how to get to the root from where the page is.
        path: of the page, from the root.
        language: that the page is in.
        embedded: whether it is shown in another site's frame.
    """

    root: str
    path: str
    language: str
    embedded: bool

    @property
    def home(self) -> str:
        """The chat."""
        return self.to("./")

    @property
    def about(self) -> str:
        """The page about the assistant."""
        return self.to("about")

    def in_language(self, language: str) -> str:
        """This page in a language."""
        return self.to(self.path, language)

    def to(self, path: str, language: str | None = None) -> str:
        """A page of ours, in the language of this one unless another is given."""
        values = {"lang": language or self.language} | ({"embed": "1"} if self.embedded else {})
        return f"{path}?{urlencode(values)}"


@dataclass(frozen=True, slots=True)
class Shell:
    """What the templates around the chat show."""

    words: Words
    language: str
    here: Here
    kept: str
    themes: Mapping[str, tuple[str, ...]]

    @property
    def embedded(self) -> bool:
        """Whether the page is shown in another site's frame."""
        return self.here.embedded

    @property
    def bad_input(self) -> BadInput:
        """Why a text cannot be sent as a question."""
        return load_texts(self.language).bad_input

    @property
    def maximum(self) -> int:
        """Characters that a question may have."""
        return MAX_CHARACTERS

    @property
    def most_completed(self) -> int:
        """Characters up to which questions are offered while one is typed."""
        return MOST_COMPLETED

    @property
    def languages(self) -> Mapping[str, str]:
        """The languages that can be chosen, by code, each in its own name."""
        return language_names()


def language_names() -> Mapping[str, str]:
    """Returns the languages of the interface by code, each in its own name."""
    return {code: load_words(code).page.language_name for code in LANGUAGES}


def language_of(request: Request | gr.Request) -> str:
    """Returns the language in which a visitor is shown the interface."""
    return choose_language(request.query_params.get("lang"), request.headers.get("accept-language"))


def here(request: Request, path: str, root: str = "./") -> Here:
    """Returns the addresses that a page at `path` links, for one request."""
    embedded = request.query_params.get("embed") == "1"
    return Here(root, path, language_of(request), embedded)


def text_page(template: str, place: Here, **values: Any) -> str:
    """Returns a page of text, with the top and the foot that all have.

    Args:
        template: its name.
        place: where the page is.
        values: what else the template shows.
    """
    return (
        templates()
        .get_template(template)
        .render(
            words=load_words(place.language),
            language=place.language,
            languages=language_names(),
            here=place,
            **values,
        )
    )


def chat_around(
    request: Request,
    kept: Callable[[Words], str],
    themes: Callable[[str], Mapping[str, tuple[str, ...]]],
) -> Around:
    """Returns what stands around the chat for one request.

    Args:
        request: for the page.
        kept: says in given words for how long exchanges are kept.
        themes: returns the starting questions in a language, by theme.
    """
    place = here(request, "./")
    words = load_words(place.language)
    shell = Shell(words, place.language, place, kept(words), themes(place.language))
    head, top = (
        templates().get_template(name).render(shell=shell)
        for name in ("shell_head.html", "shell_top.html")
    )
    parts = templates().get_template("parts.html").make_module()
    foot = parts.foot(words, place)  # type: ignore[attr-defined]
    return Around(place.language, "chat", head, top, foot)


def use_own_template() -> None:
    """Makes Gradio serve our page, with what `surround` gave, in place of its own.

    Raises:
        RuntimeError: this version of Gradio loads other files than the one we know.
    """
    original = (Path(gr.__file__).parent / "templates" / _TEMPLATE).read_text(encoding="utf-8")
    files = [pattern.findall(original) for pattern in _FILES]
    if [len(found) for found in files] != [1, 1]:
        raise RuntimeError(f"Gradio {gr.__version__} loads other files than we know: {files}")
    environment = routes.templates.env
    environment.globals["gradio_files"] = "".join(found[0] for found in files)
    page = (resources.files("ui") / "templates" / "gradio.html").read_text(encoding="utf-8")
    loaders = [DictLoader({_TEMPLATE: page}), environment.loader]
    environment.loader = ChoiceLoader([loader for loader in loaders if loader])


def surround(app: App, around: Callable[[Request], Around]) -> None:
    """Says what stands around the pages of one Gradio application."""
    app.state.around = around
