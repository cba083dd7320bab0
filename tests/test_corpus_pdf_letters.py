"""Which letters of a PDF are read, and as what: turned, doubled, hidden, raised, filled in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assistant.corpus import read_pdf_document
from assistant.corpus.note_marks import read_raised
from tests.documents import lines, pdf, put

_INVISIBLE = 3


def _text(folder: Path, *pages: Callable[[Canvas], object]) -> str:
    return read_pdf_document(put(folder, "a.pdf", pdf(*pages))).text


def _runs(
    *runs: tuple[float, float, str], left: float = 60, top: float = 700
) -> Callable[..., None]:
    """Returns what draws a line of runs, each with its rise and size."""

    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(left, top)
        for rise, size, run in runs:
            text.setRise(rise)
            text.setFont("Helvetica", size)
            text.textOut(run)
        canvas.drawText(text)

    return draw


def _turned(degrees: int, *texts: str) -> Callable[[Canvas], None]:
    """Returns what draws lines in the middle of the page, turned against the clock."""

    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(300, 400)
        canvas.rotate(degrees)
        for number, text in enumerate(texts):
            canvas.drawString(-180, -14 * number, text)
        canvas.restoreState()

    return draw


@pytest.mark.parametrize("degrees", [90, 180, 270, 45, 3])
def test_turned_text_is_read_like_any_other(tmp_path: Path, degrees: int) -> None:
    """A page in landscape is written sideways; its words and paragraphs are whole."""
    page = _turned(
        degrees, "Le tramway de Douai dessert dix communes et", "passe toutes les heures."
    )
    assert _text(tmp_path, page) == (
        "Le tramway de Douai dessert dix communes et passe toutes les heures."
    )


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_turn_of_the_page_itself_changes_nothing(tmp_path: Path, turn: int) -> None:
    """How a page is shown is told by the page, not by its letters."""

    def page(canvas: Canvas) -> None:
        canvas.setPageRotation(turn)
        _turned(turn, "Le canal est large", "de vingt mètres.")(canvas)

    assert _text(tmp_path, page) == "Le canal est large de vingt mètres."


def test_words_in_the_margin_stay_apart(tmp_path: Path) -> None:
    """What is written sideways beside a text is no part of its sentences."""

    def page(canvas: Canvas) -> None:
        lines("Le pont de la Deûle est fermé aux", "camions depuis avril.")(canvas)
        canvas.saveState()
        canvas.translate(400, 500)
        canvas.rotate(90)
        canvas.drawString(0, 0, "Bulletin du canal")
        canvas.restoreState()

    assert _text(tmp_path, page) == (
        "Le pont de la Deûle est fermé aux camions depuis avril.\n\nBulletin du canal"
    )


def test_furniture_of_turned_pages_is_dropped(tmp_path: Path) -> None:
    """The header of a page in landscape stands at its upper edge, which is a side of the sheet."""

    def page(number: int) -> Callable[[Canvas], None]:
        def draw(canvas: Canvas) -> None:
            canvas.saveState()
            canvas.rotate(90)
            canvas.drawString(300, -30, "Rapport annuel")
            canvas.drawString(60, -300, f"Le quai {number} sera refait.")
            canvas.restoreState()

        return draw

    assert _text(tmp_path, *map(page, range(1, 5))) == "\n\n".join(
        f"Le quai {number} sera refait." for number in range(1, 5)
    )


@pytest.mark.parametrize(
    ("before", "raised", "read"),
    [
        ("ouvre en 1923", "2", ""),
        ("150 000 €", "4", ""),
        ("le rapport", "12", ""),
        ("le rapport", "(3)", ""),
        ("le rapport", "[3]", ""),
        ("le rapport", "1, 2", ""),
        ("le rapport", "*", ""),
        ("le film", "2", ""),
        ("le 1", "er", "er"),
        ("XXI", "e", "e"),
        ("300 m", "2", "2"),
        ("12km", "2", "2"),
        ("5 hm", "3", "3"),
        ("3 × 10", "6", "⁶"),
        ("3 x 10", "-3", "⁻³"),
        ("en 2010", "6", ""),
        ("", "2", "2"),
        ("le plan R", "2", "2"),
        ("la clé s", "-1", "-1"),
    ],
)
def test_raised_numbers_are_of_notes_or_of_powers(before: str, raised: str, read: str) -> None:
    """Nobody reads the number of a note as the last digit of a year."""
    assert read_raised(before, raised) == read


def test_upper_part_of_a_fraction_is_of_no_note() -> None:
    """« 48 ½ », which some programs write with a raised 1, is not 481 divided by 2."""
    assert read_raised("48", "1", "/2") == " 1"
    assert read_raised("à ", "1", "/2") == "1"


def test_number_of_a_note_stands_apart_from_its_text(tmp_path: Path) -> None:
    """Where the note itself is, its number says which one it is."""
    page = _runs((3, 6, "2"), (0, 10, "Archives de la mairie."))
    assert _text(tmp_path, page) == "2 Archives de la mairie."


def test_words_over_others_keep_their_letters(tmp_path: Path) -> None:
    """Where two numbers lie one over the other, a digit that they share is no copy."""

    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "31415 habitants.")
        canvas.drawString(60.4, 700, "27419")
        canvas.drawString(60, 680, "Le texte suit.")

    text = _text(tmp_path, page)
    assert sorted(char for char in text if char.isdigit()) == sorted("3141527419")


@pytest.mark.parametrize("rise", [2.5, 4, 6])
def test_raised_note_numbers_are_left_out(tmp_path: Path, rise: float) -> None:
    """However high they stand; commas and blanks behind them stay where they were."""
    page = _runs(
        (0, 11, "La fosse ouvre en 1887"),
        (rise, 6, "3"),
        (0, 11, " et ferme en 1962"),
        (rise, 6, "14"),
        (0, 11, ", dit le 1"),
        (rise, 6, "er"),
        (0, 11, " rapport"),
        (rise, 6, "5"),
        (0, 11, "."),
    )
    assert _text(tmp_path, page) == "La fosse ouvre en 1887 et ferme en 1962, dit le 1er rapport."


def test_lowered_numbers_stay(tmp_path: Path) -> None:
    """The 2 of CO2 refers to no note."""
    page = _runs((0, 11, "Le bus émet du CO"), (-3, 7, "2"), (0, 11, " en ville."))
    assert _text(tmp_path, page) == "Le bus émet du CO2 en ville."


@pytest.mark.parametrize("offset", [0.0, 0.4, 1.0])
def test_words_that_were_drawn_twice_are_read_once(tmp_path: Path, offset: float) -> None:
    """A shadow, or the second stroke that makes letters bold, says nothing new."""

    def page(canvas: Canvas) -> None:
        for number in range(2):
            canvas.drawString(
                60 + offset * number, 700 - offset * number, "Halle aux allées illustrées"
            )
        canvas.drawString(60, 680, "Elle est fermée.")

    assert _text(tmp_path, page).startswith("Halle aux allées illustrées")
    assert _text(tmp_path, page).count("Halle") == 1


def test_letters_that_were_each_drawn_twice_are_read_once(tmp_path: Path) -> None:
    """Some programs double every letter before they go on to the next."""

    def page(canvas: Canvas) -> None:
        left = 60.0
        for letter in "Une ville nouvelle.":
            canvas.drawString(left, 700, letter)
            canvas.drawString(left + 0.5, 700, letter)
            left += canvas.stringWidth(letter)

    assert _text(tmp_path, page) == "Une ville nouvelle."


def test_letters_beside_the_page_are_no_text(tmp_path: Path) -> None:
    """What stands outside of what is shown, a reader never sees."""

    def page(canvas: Canvas) -> None:
        canvas.setCropBox((50, 50, 500, 800))
        lines("Le marché a lieu le jeudi.")(canvas)
        canvas.drawString(60, 820, "Épreuve du 3 mai")
        canvas.drawString(-300, 400, "Réserve")
        canvas.drawString(510, 400, "Repère")

    assert _text(tmp_path, page) == "Le marché a lieu le jeudi."


def _invisible(canvas: Canvas, text: str) -> None:
    canvas.saveState()
    drawn = canvas.beginText(60, 600)
    drawn.setTextRenderMode(_INVISIBLE)
    drawn.textOut(text)
    canvas.drawText(drawn)
    canvas.restoreState()


def _white(canvas: Canvas, text: str) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(60, 600, text)
    canvas.setFillColorRGB(0, 0, 0)


def _clear(canvas: Canvas, text: str) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(60, 600, text)
    canvas.setFillAlpha(1)


@pytest.mark.parametrize("hide", [_invisible, _white, _clear])
def test_letters_that_nobody_sees_are_no_text(
    tmp_path: Path, hide: Callable[[Canvas, str], None]
) -> None:
    """Without ink, in white on white, or as clear as glass."""

    def page(canvas: Canvas) -> None:
        hide(canvas, "Version provisoire.")
        lines("La crèche a trente places.")(canvas)

    assert _text(tmp_path, page) == "La crèche a trente places."


def test_white_letters_on_a_dark_ground_are_read(tmp_path: Path) -> None:
    """A title in white on blue is seen by everybody."""

    def page(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(50, 590, 300, 30, fill=1)
        _white(canvas, "Les crèches de la ville")
        lines("La crèche a trente places.", top=560)(canvas)

    assert _text(tmp_path, page) == "Les crèches de la ville\n\nLa crèche a trente places."


@pytest.mark.parametrize("with_picture", [True, False])
def test_letters_behind_a_scanned_page_are_read(tmp_path: Path, with_picture: bool) -> None:
    """What a program recognised on a picture is written without ink, over the picture."""

    def page(canvas: Canvas) -> None:
        if with_picture:
            picture = ImageReader(Image.new("RGB", (20, 20), (240, 240, 230)))
            canvas.drawImage(picture, 0, 0, 595, 842)
        _invisible(canvas, "La délibération est adoptée.")

    assert _text(tmp_path, page) == "La délibération est adoptée."


def _tex(canvas: Canvas, text: str, *, first: bool, top: float = 700) -> None:
    """Writes accents by themselves over their letters, before or after them."""
    left = 60.0
    marks = {"é": "e\xb4", "è": "e`", "ê": "e\u02c6", "û": "u\u02c6", "É": "E\xb4", "ç": "c\xb8"}
    for char in text:
        pair = marks.get(char, f"{char} ")
        base, mark = pair[0], pair[1]
        width = canvas.stringWidth(base)
        place = left + (width - canvas.stringWidth(mark)) / 2
        drawn = [(left, top, base)]
        if mark != " ":
            rise = 2.0 if base.isupper() else 0.0
            drawn.insert(0 if first else 1, (place, top + rise, mark))
        for x, y, char_drawn in drawn:
            canvas.drawString(x, y, char_drawn)
        left += width


@pytest.mark.parametrize("first", [True, False])
def test_accents_that_stand_apart_come_back_to_their_letters(tmp_path: Path, first: bool) -> None:
    """TeX draws an accent and its letter one over the other."""

    def page(canvas: Canvas) -> None:
        _tex(
            canvas, "École dégagée, où ça coûte très cher à Béthune.".replace("ù", "u"), first=first
        )

    assert _text(tmp_path, page) == "École dégagée, ou ça coûte très cher à Béthune."


def test_accents_over_nothing_stay(tmp_path: Path) -> None:
    """A quotation mark that looks like an accent stands beside its word."""
    assert _text(tmp_path, lines("Le mot ` est un accent ^ seul.")) == (
        "Le mot ` est un accent ^ seul."
    )


def _form(canvas: Canvas) -> None:
    labels = ["Intitulé du projet :", "Commune :", "Subvention demandée :"]
    values = ["Toiture de la halle des sports", "Noyelles-Godault", "61 250 euros"]
    for number, (label, value) in enumerate(zip(labels, values, strict=True)):
        top = 700 - 40 * number
        canvas.drawString(60, top, label)
        canvas.acroForm.textfield(name=f"f{number}", value=value, x=240, y=top - 6, height=20)
    canvas.drawString(60, 560, "Nature des travaux :")
    canvas.acroForm.choice(
        name="c", value="Rénovation", options=["Rénovation", "Achat"], x=240, y=554, height=20
    )
    canvas.drawString(60, 500, "Le dossier est complet.")


@pytest.mark.parametrize("drawn", [True, False])
def test_values_of_a_form_stand_behind_their_names(tmp_path: Path, drawn: bool) -> None:
    """What was filled in is drawn by the form or, where it is not, by who shows it."""
    data = pdf(_form)
    if not drawn:
        data = data.replace(b"/AP <<", b"/XP <<")
        data = data.replace(b"/DA (/Helv 0 Tf 0 g)", b"/NeedAppearances true /DA (/Helv 0 Tf 0 g)")
    assert read_pdf_document(put(tmp_path, "a.pdf", data)).text == (
        "Intitulé du projet : Toiture de la halle des sports\n\n"
        "Commune : Noyelles-Godault\n\n"
        "Subvention demandée : 61 250 euros\n\n"
        "Nature des travaux : Rénovation\n\n"
        "Le dossier est complet."
    )


_COLUMNS = [
    ["Le marché du jeudi", "occupe la place et", "les rues voisines,", "avec cent étals."],
    ["La piscine rouvre en", "septembre après des", "travaux qui ont duré", "plus de deux ans."],
    ["Le théâtre présente", "sa saison en octobre", "devant un public que", "la ville invite."],
    ["La gare accueille un", "guichet des services", "de la communauté, et", "un café associatif."],
]


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("by_line", [True, False])
def test_columns_are_read_one_after_the_other(tmp_path: Path, count: int, by_line: bool) -> None:
    """However many there are, and whether they were written line by line or one by one."""
    width = 520 / count
    cells = [
        (left, top, text)
        for left, column in enumerate(_COLUMNS[:count])
        for top, text in enumerate([*column, *column])
    ]
    if by_line:
        cells.sort(key=lambda cell: (cell[1], cell[0]))

    def page(canvas: Canvas) -> None:
        for left, top, text in cells:
            canvas.drawString(40 + left * width, 700 - 14 * top, text)

    assert " ".join(_text(tmp_path, page).split()) == " ".join(
        " ".join([*column, *column]) for column in _COLUMNS[:count]
    )
