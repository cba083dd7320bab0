"""The page around the chat: Gradio's own template, in French and without third parties."""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

import gradio as gr
from gradio import routes
from jinja2 import ChoiceLoader, DictLoader

from ui.texts import Words

_TEMPLATE: Final = "frontend/index.html"

THEME: Final = gr.themes.Base(
    primary_hue="stone",
    neutral_hue="stone",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)


def static_text(name: str) -> str:
    """Returns a file of `ui/static`."""
    return (files("ui") / "static" / name).read_text(encoding="utf-8")


def use_own_page(words: Words, language: str) -> None:
    """Makes Gradio serve its page in our language, with our script and nobody else's.

    Raises:
        RuntimeError: this version of Gradio has another template than the one we know.
    """
    original = Path(gr.__file__).parent / "templates" / _TEMPLATE
    environment = routes.templates.env
    page = _adapted(original.read_text(encoding="utf-8"), words, language)
    loaders = [DictLoader({_TEMPLATE: page}), environment.loader]
    environment.loader = ChoiceLoader([loader for loader in loaders if loader])


def _adapted(page: str, words: Words, language: str) -> str:
    # Gradio takes the language of its own strings, and of <html>, from the browser's.
    fix_language = (
        f'for(const[key,value]of[["language","{language}"],["languages",["{language}"]]])'
        "Object.defineProperty(navigator,key,{get:()=>value});"
    )
    head = (
        f'<meta charset="utf-8" /><title>{escape(words.title)}</title>'
        f'<meta name="description" content="{escape(words.purpose)}" />'
        f"<script>{fix_language}{static_text('chat.js')}</script>"
    )
    for pattern, replacement in (
        (r'<html\s+lang="en"', f'<html lang="{language}"'),
        # Pictures and handles of Gradio's own, for those who share the page.
        (r'<meta\s+(?:property="og:|name="twitter:)[^>]*?/>\s*', ""),
        (r"window\.parent\?\.postMessage\(.*?\);", ""),
        (r'<link rel="manifest"[^>]*>', ""),
        (r'<meta charset="utf-8" />', head),
        (r"<gradio-app\b", f"<noscript><p>{escape(words.no_script)}</p></noscript><gradio-app"),
    ):
        # Backslashes of the script are not ours to interpret.
        literal = replacement.replace("\\", r"\\")
        page, count = re.subn(pattern, literal, page, flags=re.DOTALL)
        if not count:
            raise RuntimeError(f"Gradio {gr.__version__} has another page template: {pattern}")
    return page
