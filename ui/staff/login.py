"""The log-in page: one form, without a script."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from ui.staff.texts import StaffWords


def login_html(words: StaffWords, action: str, problem: str = "", name: str = "") -> str:
    """Returns the page.

    Args:
        words: of the page.
        action: address that the form is sent to.
        problem: what was wrong with the last try, or nothing.
        name: as it was typed then.
    """
    login = words.login
    told = f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="problem" aria-invalid="true"' if problem else ""
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(login.title)}</title>'
        '<link rel="stylesheet" href="../page/base.css">'
        f"<style>{_style()}</style></head><body><main><h1>{escape(login.heading)}</h1>"
        f'<p>{escape(login.intro)}</p>{told}<form method="post" action="{escape(action)}">'
        f'<label for="name">{escape(login.name)}</label>'
        f'<input id="name" name="name" value="{escape(name)}" autocomplete="username" '
        f'autocapitalize="none" spellcheck="false" required autofocus{described}>'
        f'<label for="password">{escape(login.password)}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" '
        f'required{described}><button type="submit">{escape(login.submit)}</button>'
        "</form></main></body></html>"
    )


def _style() -> str:
    return (files("ui.staff") / "static" / "login.css").read_text(encoding="utf-8")
