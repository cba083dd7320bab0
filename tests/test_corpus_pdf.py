"""PDF: paragraphs, headings and page numbers out of words that stand somewhere on a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assistant.corpus import files, pdf_lines, read_corpus, read_pdf_document
from assistant.corpus import pdf as reader
from assistant.domain import Heading, Locator, SourceDocument, Span, Unit
from assistant.errors import DocumentError
from tests.documents import lines, pdf, put

SCANNED = (
    "The PDF holds pictures of pages, without text. "
    "Have its text recognised (OCR) and save it anew, or add the text as .txt."
)


def _read(folder: Path, data: bytes) -> SourceDocument:
    return read_pdf_document(put(folder, "rapport.pdf", data))


def _text(folder: Path, *texts: str) -> str:
    return _read(folder, pdf(lines(*texts))).text


def _refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(DocumentError) as refused:
        _read(folder, data)
    return str(refused.value)


def _picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (20, 20), (200, 30, 30))), 50, 50, 400, 400)


def _written(*runs: tuple[str, float, str]) -> bytes:
    """Returns a page of lines in one column, each with its font and size."""

    def draw(canvas: Canvas) -> None:
        top = 700.0
        for font, size, text in runs:
            top -= 1.25 * size
            canvas.setFont(font, size)
            canvas.drawString(60, top, text)

    return pdf(draw)


def test_lines_become_paragraphs(tmp_path: Path) -> None:
    """Lines of one distance belong together; a wider gap parts paragraphs."""

    def page(canvas: Canvas) -> None:
        lines("Le parc couvre 45 hectares et", "il est ouvert toute l’année.")(canvas)
        lines("Le musée est à côté.", "Il a coûté 7 « M€ ».", top=660)(canvas)

    document = _read(tmp_path, pdf(page))
    assert document.text == (
        "Le parc couvre 45 hectares et il est ouvert toute l’année.\n\n"
        "Le musée est à côté. Il a coûté 7 « M€ »."
    )
    assert (document.title, document.publisher) == ("Titre", "Éditeur")


def test_every_part_has_its_page(tmp_path: Path) -> None:
    """Offsets tell the page, over pages without text too."""
    data = pdf(lines("La première page."), lambda _: None, lines("La troisième page."))
    document = _read(tmp_path, data)
    assert document.text == "La première page.\n\nLa troisième page."
    assert document.locators == (
        Locator(Span(0, 17), Unit.PAGE, 1),
        Locator(Span(17, 37), Unit.PAGE, 3),
    )
    assert document.locate(0) == document.locate(16) == document.locators[0]
    assert document.locate(19) == document.locate(36) == document.locators[1]


def test_sentence_goes_on_over_the_end_of_a_page(tmp_path: Path) -> None:
    """A paragraph that the page cuts is one, and each part of it has its own page."""
    data = pdf(
        lines("Un paragraphe.", top=200),
        lines("La phrase commence sur la page deux et", top=100),
        lines("finit sur la page trois. Une autre suit.", top=780),
        lines("Un paragraphe neuf."),
    )
    document = _read(tmp_path, data)
    assert document.text == (
        "Un paragraphe.\n\nLa phrase commence sur la page deux et finit sur la page trois. "
        "Une autre suit.\n\nUn paragraphe neuf."
    )
    starts = [document.text[place.span.start :].split()[0] for place in document.locators]
    assert starts == ["Un", "La", "finit", "Un"]
    assert [place.number for place in document.locators] == [1, 2, 3, 4]


def test_name_goes_on_over_the_end_of_a_page(tmp_path: Path) -> None:
    """What ends without a full stop goes on, even with a capital letter."""
    data = pdf(lines("Elle est menée par la Mission"), lines("Bassin Minier depuis 2000."))
    assert _read(tmp_path, data).text == "Elle est menée par la Mission Bassin Minier depuis 2000."


def test_word_divided_by_the_end_of_a_page_is_joined(tmp_path: Path) -> None:
    """A hyphen at the end of a page parts a word like one at the end of a line."""
    data = pdf(lines("Le projet a des subventions euro-"), lines("péennes du FEDER."))
    document = _read(tmp_path, data)
    assert document.text == "Le projet a des subventions européennes du FEDER."
    assert document.locators[1] == Locator(Span(32, 49), Unit.PAGE, 2)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["La réhabilita-", "tion avance."], "La réhabilitation avance."),
        (["Le Nord-Pas-de-", "Calais avance."], "Le Nord-Pas-de-Calais avance."),
        (["La Haute-", "Normandie avance."], "La Haute-Normandie avance."),
        (["Les années 2014-", "2020 sont finies."], "Les années 2014-2020 sont finies."),
        (
            ["Le savoir et le faire.", "Un savoir-", "faire."],
            "Le savoir et le faire. Un savoir-faire.",
        ),
        (
            ["Le savoir, le faire, savoirfaire.", "Un savoir-", "faire."],
            "Le savoir, le faire, savoirfaire. Un savoirfaire.",
        ),
        (["Le rez-de-", "chaussée est haut."], "Le rez-de-chaussée est haut."),
        (["Un tiret –", "suivi d’un mot."], "Un tiret – suivi d’un mot."),
        (["Un arrêt-", "(bref) suit."], "Un arrêt- (bref) suit."),
        (["La fin est euro-"], "La fin est euro-"),
    ],
)
def test_words_divided_by_the_end_of_a_line(
    tmp_path: Path, texts: list[str], expected: str
) -> None:
    """A divided word is one again; a hyphen of its own stays."""
    assert _text(tmp_path, *texts) == expected


def test_soft_hyphens_and_ligatures_are_levelled(tmp_path: Path) -> None:
    """What only typesetters need is dropped from words."""
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - few need it
    from reportlab.pdfbase.ttfonts import TTFError, TTFont  # noqa: PLC0415

    try:
        pdfmetrics.registerFont(TTFont("DejaVu", "DejaVuSans.ttf"))
    except TTFError:
        pytest.skip("the font DejaVu is not installed")

    def page(canvas: Canvas) -> None:
        canvas.setFont("DejaVu", 11)
        canvas.drawString(60, 700, "L’e\ufb03cacité des \ufb02eurs.")

    assert _read(tmp_path, pdf(page)).text == "L’efficacité des fleurs."


def test_small_raised_letters_are_not_glued(tmp_path: Path) -> None:
    """« 45 m2 de verdure au XXIe siècle »: blanks stay where they were, and come nowhere else."""

    def page(canvas: Canvas) -> None:
        text = canvas.beginText(60, 700)
        for rise, size, run in [
            (0, 11, "Le parc couvre 45 m"),
            (4, 7, "2"),
            (0, 11, " de verdure au "),
            (0, 11, "XXI"),
            (4, 7, "e"),
            (0, 11, " siècle."),
        ]:
            text.setRise(rise)
            text.setFont("Helvetica", size)
            text.textOut(run)
        canvas.drawText(text)

    assert _read(tmp_path, pdf(page)).text == "Le parc couvre 45 m2 de verdure au XXIe siècle."


def test_words_that_stand_apart_are_not_glued(tmp_path: Path) -> None:
    """A converter that places each word leaves no blanks; distances tell them."""

    def page(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Le")
        canvas.drawString(75, 700, "parc")
        canvas.drawString(100, 700, "ouvre.")

    assert _read(tmp_path, pdf(page)).text == "Le parc ouvre."


def test_letters_that_overlap_are_not_doubled(tmp_path: Path) -> None:
    """A program that places the parts of words closer than usual leaves them whole."""

    def page(canvas: Canvas) -> None:
        left = 60.0
        for part in ("Les fo", "sses de l", "’", "Union", " eff", "icace."):
            canvas.drawString(left, 700, part)
            left += canvas.stringWidth(part) - 0.9

    assert _read(tmp_path, pdf(page)).text == "Les fosses de l’Union efficace."


def test_scaled_letters_have_their_size(tmp_path: Path) -> None:
    """What a program writes in a size of 1 and enlarges is as large as it looks."""

    def page(canvas: Canvas) -> None:
        for scale, top, text in [(18, 700, "Le titre"), (11, 660, "Le texte est là, en petit.")]:
            canvas.saveState()
            canvas.translate(60, top)
            canvas.scale(scale, scale)
            canvas.setFont("Helvetica", 1)
            canvas.drawString(0, 0, text)
            canvas.restoreState()

    document = _read(tmp_path, pdf(page))
    assert document.text == "Le titre\n\nLe texte est là, en petit."
    assert [heading.text for heading in document.headings] == ["Le titre"]


def test_printed_table_of_contents_is_dropped(tmp_path: Path) -> None:
    """Titles with dots and a page number are no sentences; an unfinished sentence is."""
    contents = ["Le parc . . . . . . . . . . 3", "Le musée.............12", "Annexes …………… iv"]
    assert _text(tmp_path, *contents, "Et puis... le texte commence.") == (
        "Et puis... le texte commence."
    )


def test_large_letters_are_headings(tmp_path: Path) -> None:
    """The larger the letters, the higher the heading; a long line or a sentence is none."""
    long = "Un texte en grand " * 7
    data = _written(
        ("Helvetica", 18, "Partie un"),
        ("Helvetica", 11, "Le texte de la partie est là, sur une ligne."),
        ("Helvetica", 14, "Section A"),
        ("Helvetica", 11, "Le texte de la section est là, sur une ligne."),
        ("Helvetica", 14, "Une phrase en grand."),
        ("Helvetica", 11, "Encore du texte, pour que la taille soit usuelle."),
        ("Helvetica", 14, long),
        ("Helvetica", 18, "Partie deux"),
        ("Helvetica", 11, "Le texte de la fin est là, sur une seule ligne de la page."),
    )
    document = _read(tmp_path, data)
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (2, "Partie un"),
        (3, "Section A"),
        (2, "Partie deux"),
    ]
    for heading in document.headings:
        assert document.text[heading.span.start : heading.span.end] == heading.text


def test_bold_lines_are_headings(tmp_path: Path) -> None:
    """A bold line above a paragraph is its title; bold words within one are not."""
    data = _written(
        ("Helvetica-Bold", 11, "Tarifs"),
        ("Helvetica", 11, "Le musée coûte 3 euros, et le"),
        ("Helvetica", 11, "parc ne coûte rien."),
        ("Helvetica-Bold", 11, "Horaires"),
        ("Helvetica", 11, "Le musée ouvre à 9 heures, sauf"),
        ("Helvetica-Bold", 11, "le mardi et le mercredi"),
        ("Helvetica", 11, "de chaque semaine."),
    )
    document = _read(tmp_path, data)
    assert document.text == (
        "Tarifs\n\nLe musée coûte 3 euros, et le parc ne coûte rien.\n\n"
        "Horaires\n\nLe musée ouvre à 9 heures, sauf le mardi et le mercredi de chaque semaine."
    )
    assert [heading.text for heading in document.headings] == ["Tarifs", "Horaires"]


def test_table_of_contents_names_headings(tmp_path: Path) -> None:
    """Titles of the file's outline are headings of its levels, in letters of any size."""

    def page(canvas: Canvas) -> None:
        for level, key, title in [(0, "a", "Le parc"), (1, "b", "Les arbres")]:
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(title, key, level)
        lines("Le parc", "Le parc couvre 45 hectares.", "Les arbres", "Il y en a mille.")(canvas)

    document = _read(tmp_path, pdf(page))
    assert (
        document.text == "Le parc\n\nLe parc couvre 45 hectares.\n\nLes arbres\n\nIl y en a mille."
    )
    assert document.headings == (
        Heading(Span(0, 7), 2, "Le parc"),
        Heading(Span(38, 48), 3, "Les arbres"),
    )


def test_headers_footers_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    """What stands at the edge of many pages is of no page; the same words within one stay."""

    def page(number: int) -> Callable[[Canvas], object]:
        def draw(canvas: Canvas) -> None:
            canvas.drawString(60, 810, f"Chapitre {'ABC'[number // 3]}")
            canvas.drawString(300, 810, "Rapport annuel 2023")
            canvas.drawRightString(540, 20, f"Page {number} sur 8")
            lines("Voici le", "Rapport annuel 2023", f"de la page {'ABCDEFGHI'[number]}.")(canvas)

        return draw

    document = _read(tmp_path, pdf(*(page(number) for number in range(1, 9))))
    assert document.text == "\n\n".join(
        f"Voici le Rapport annuel 2023 de la page {letter}." for letter in "BCDEFGHI"
    )


@pytest.mark.parametrize("number", ["3", "- 3 -", "Page 3", "page 3/12", "p. 3", "3 / 12", "— 3 —"])
def test_single_page_number_is_dropped(tmp_path: Path, number: str) -> None:
    """A page number needs no second page to be known."""

    def page(canvas: Canvas) -> None:
        canvas.drawString(300, 30, number)
        lines("Il y a 3 pages.", "3")(canvas)

    assert _read(tmp_path, pdf(page)).text == "Il y a 3 pages. 3"


def test_last_lines_of_a_page_are_no_footer(tmp_path: Path) -> None:
    """What only one page says at its edge is text."""

    def page(canvas: Canvas) -> None:
        lines("Le texte est là.")(canvas)
        lines("Imprimé en 2023 à Lens.", top=40)(canvas)

    data = pdf(page, lines("La suite est là."))
    assert _read(tmp_path, data).text == (
        "Le texte est là.\n\nImprimé en 2023 à Lens.\n\nLa suite est là."
    )


LEFT = ["La colonne de gauche parle du", "parc des îles et de ses arbres,", "qui sont très hauts."]
RIGHT = ["La colonne de droite parle du", "musée et de ses visiteurs, qui", "viennent de loin."]
COLUMNS = (
    "La colonne de gauche parle du parc des îles et de ses arbres, qui sont très hauts.\n\n"
    "La colonne de droite parle du musée et de ses visiteurs, qui viennent de loin."
)


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """Columns that were written one after the other stay so."""

    def page(canvas: Canvas) -> None:
        lines(*LEFT)(canvas)
        lines(*RIGHT, left=320)(canvas)

    assert _read(tmp_path, pdf(page)).text == COLUMNS


def test_columns_that_were_written_line_by_line_are_parted(tmp_path: Path) -> None:
    """Where left and right lines take turns, sentences are whole all the same."""

    def page(canvas: Canvas) -> None:
        lines("Un titre qui passe au-dessus des deux colonnes de la page.", top=730)(canvas)
        for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
            canvas.drawString(60, 700 - 14 * number, left)
            canvas.drawString(320, 700 - 14 * number, right)

    assert _read(tmp_path, pdf(page)).text == (
        f"Un titre qui passe au-dessus des deux colonnes de la page.\n\n{COLUMNS}"
    )


def test_sentence_goes_on_in_the_next_column(tmp_path: Path) -> None:
    """A paragraph that ends with the column goes on at the top of the next one."""

    def page(canvas: Canvas) -> None:
        lines("La colonne de gauche finit au", "milieu d’une", top=100)(canvas)
        lines("phrase. Une autre suit.", left=320)(canvas)

    assert _read(tmp_path, pdf(page)).text == (
        "La colonne de gauche finit au milieu d’une phrase. Une autre suit."
    )


def test_rows_of_a_table_stay_rows(tmp_path: Path) -> None:
    """Cells of a row stay together, and apart from the next row and the text below."""

    def page(canvas: Canvas) -> None:
        for number, row in enumerate(
            [
                ("Fonds", "Montant", "Année"),
                ("FEDER", "2 199 300 €", "2014"),
                ("FSE", "5 €", "2015"),
            ]
        ):
            canvas.setFont("Helvetica" if number else "Helvetica-Bold", 11)
            for position, cell in enumerate(row):
                canvas.drawString(60 + 100 * position, 700 - 14 * number, cell)
        lines("Le tableau finit ici.", top=658)(canvas)

    document = _read(tmp_path, pdf(page))
    assert document.headings == ()
    assert document.text == (
        "Fonds ; Montant ; Année\n\nFEDER ; 2 199 300 € ; 2014\n\nFSE ; 5 € ; 2015\n\n"
        "Le tableau finit ici."
    )


def test_one_wide_gap_is_no_table(tmp_path: Path) -> None:
    """A justified line with a wide gap is a line of its paragraph."""

    def page(canvas: Canvas) -> None:
        lines("Une ligne ordinaire du texte,")(canvas)
        canvas.drawString(60, 686, "puis une")
        canvas.drawString(180, 686, "ligne très")
        lines("espacée, et la fin.", top=672)(canvas)

    assert _read(tmp_path, pdf(page)).text == (
        "Une ligne ordinaire du texte, puis une ligne très espacée, et la fin."
    )


def test_items_of_a_list_are_paragraphs(tmp_path: Path) -> None:
    """A bullet, a dash or a number begins a paragraph, wherever its text stands."""

    def page(canvas: Canvas) -> None:
        lines("Les actions :", "• réhabiliter les", "cités ;", "– planter ;", "2. ouvrir.")(canvas)
        canvas.drawString(60, 630, "•")
        canvas.drawString(90, 630, "finir.")

    assert _read(tmp_path, pdf(page)).text == (
        "Les actions :\n\n• réhabiliter les cités ;\n\n– planter ;\n\n2. ouvrir.\n\n• finir."
    )


def test_scanned_pages_are_refused_with_what_to_do(tmp_path: Path) -> None:
    """Pictures of pages hold no text: the sentence says so."""
    assert _refusal(tmp_path, pdf(_picture, _picture)) == SCANNED


def test_scanned_pages_with_page_numbers_are_refused(tmp_path: Path) -> None:
    """A number on each picture is no text either."""

    def page(canvas: Canvas) -> None:
        _picture(canvas)
        canvas.drawString(300, 30, str(canvas.getPageNumber()))

    assert _refusal(tmp_path, pdf(page, page, page)) == SCANNED


def test_pictures_among_pages_are_reported(tmp_path: Path) -> None:
    """What is on scanned pages is not hidden: staff are told how many have no text."""
    put(tmp_path, "a.pdf", pdf(lines("Un."), _picture, _picture, lines("Fin.")))
    pages = [lines(f"Page {number} de cinq.") for number in ("un", "deux", "trois", "quatre")]
    put(tmp_path, "b.pdf", pdf(*pages, lambda _: None, lines("Fin.")))
    read = read_corpus(tmp_path)
    assert read.refused == ()
    assert read.problems == {
        "a": ("no text was found on 2 of its pages, the first of them page 2",)
    }


def test_headings_alone_are_no_text(tmp_path: Path) -> None:
    """A PDF of titles is refused, for they are never quoted."""

    def page(canvas: Canvas) -> None:
        canvas.bookmarkPage("a")
        canvas.addOutlineEntry("Le parc", "a", 0)
        lines("Le parc")(canvas)

    assert _refusal(tmp_path, pdf(page)) == (
        "The PDF has headings but no text. Add its text as .txt."
    )


def test_password_is_asked_for_nobody(tmp_path: Path) -> None:
    """A locked file is refused by that reason; one that anybody may read is read."""
    page = lines("Lisible par tous.")
    assert _refusal(tmp_path, pdf(page, encrypt="motdepasse")) == (
        "The PDF asks for a password. Save it anew without one."
    )
    free = StandardEncryption("", ownerPassword="motdepasse", strength=128)
    assert _read(tmp_path, pdf(page, encrypt=free)).text == "Lisible par tous."


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"Bonjour.", pdf(lines("Un texte."))[:300]])
def test_what_is_no_pdf_is_refused(tmp_path: Path, data: bytes) -> None:
    """Truncated and other files are refused."""
    assert _refusal(tmp_path, data) == "This is no PDF, or a damaged one. Save it anew."


def test_pages_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many pages as allowed are read, one more is refused with both numbers."""
    monkeypatch.setattr(reader, "MAX_PAGES", 2)
    page = lines("Un texte.")
    assert len(_read(tmp_path, pdf(page, page)).locators) == 2
    assert _refusal(tmp_path, pdf(page, page, page)) == (
        "The PDF has 3 pages, more than 2. Split it."
    )


def test_letters_of_a_page_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that would take minutes is refused by its number."""
    monkeypatch.setattr(pdf_lines, "MAX_PAGE_CHARACTERS", 20)
    assert _read(tmp_path, pdf(lines("x" * 20))).text == "x" * 20
    assert _refusal(tmp_path, pdf(lines("Court."), lines("x" * 21))) == (
        "Page 2 of the PDF holds more than 20 characters. Split it, or add the text as .txt."
    )


def test_letters_of_a_pdf_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are counted together as well."""
    monkeypatch.setattr(files, "MAX_CHARACTERS", 20)
    assert _refusal(tmp_path, pdf(lines("x" * 15), lines("x" * 15))) == (
        "The document holds more than 20 characters. Split it into several documents."
    )
