"""Files that would take a machine: small ones that never end or grow without bounds.

Each has a size, so that a test can do with little what an attacker does with much.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from typing import Final

from tests.documents import SIDECAR, archive, repacked, text_cell, word, workbook

_LETTERS: Final = b"/Font << /A 5 0 R >>"
_FIRST_FORM: Final = b"/XObject << /F1 6 0 R >>"
_FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_SHEET: Final = "xl/worksheets/sheet0.xml"
_WORD: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_AT_ONCE: Final = 1_000_000


def looping_pdf() -> bytes:
    """Returns a PDF of a form that draws itself, twice."""
    form = _form(b"/F1 Do /F1 Do BT /A 9 Tf (Encore) Tj ET", {"F1": 6})
    return _pdf(b"/F1 Do", [form], named=_FIRST_FORM)


def expanding_pdf(levels: int = 9) -> bytes:
    """Returns a PDF of forms that each draw the next ten times: 10 to the `levels` words."""
    forms = [
        _form(b"/F1 Do " * 10, {"F1": 7 + level})
        if level + 1 < levels
        else _form(b"BT /A 9 Tf 60 700 Td (Encore) Tj ET " * 10, {})
        for level in range(levels)
    ]
    return _pdf(b"/F1 Do", forms, named=_FIRST_FORM)


def pdf_of_many_strokes(size: int) -> bytes:
    """Returns a PDF of a page that unpacks to `size` bytes of things to draw."""
    return _pdf(_packed(b"0 0 m 1 1 l S ", size), packed=True)


def pdf_of_many_blanks(size: int) -> bytes:
    """Returns a PDF of a page that unpacks to `size` bytes of nothing."""
    return _pdf(_packed(b" ", size), packed=True)


def pdf_of_many_letters(count: int) -> bytes:
    """Returns a PDF of one page with that many letters, on lines that lead out of it."""
    line = b"1 0 0 1 0 9 cm BT /A 9 Tf (" + b"lettre" * 100 + b") Tj ET "
    return _pdf(_packed(line, count * len(line) // 600), packed=True)


def pdf_of_codes_outside_unicode() -> bytes:
    """Returns a PDF of « Le parc », and of a letter whose code is of no character."""
    codes = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /C def "
        b"/CMapType 1 def 2 begincodespacerange <00><7f> <e08080><efbfbf> endcodespacerange "
        b"2 begincidrange <20><7e> 32 <e0a080><e0a0ff> 200 endcidrange endcmap end end"
    )
    family = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    fonts = [
        b"<< /Type /Font /Subtype /Type0 /BaseFont /C /Encoding 7 0 R /DescendantFonts [8 0 R] >>",
        b"<< /Type /CMap /CMapName /C %s /Length %d >>\nstream\n%s\nendstream"
        % (family, len(codes), codes),
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /C %s /DW 500 /FontDescriptor 9 0 R >>"
        % family,
        b"<< /Type /FontDescriptor /FontName /C /Flags 4 /FontBBox [0 0 1000 1000] /ItalicAngle 0 "
        b"/Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
    ]
    drawn = b"BT /A 12 Tf 60 700 Td (Le parc.) Tj ET BT /C 12 Tf 60 680 Td <4c61e0a0906d> Tj ET"
    return _pdf(drawn, fonts, named=b"/Font << /A 5 0 R /C 6 0 R >>")


def word_bomb(size: int) -> bytes:
    """Returns a Word document that unpacks to `size` bytes of paragraphs."""
    import docx  # noqa: PLC0415

    paragraph = "<w:p><w:r><w:t>a</w:t></w:r></w:p>"
    body = paragraph * (size // len(paragraph))
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return repacked(word(docx.Document()), {"word/document.xml": document})


def workbook_bomb(size: int) -> bytes:
    """Returns a workbook that unpacks to `size` bytes of rows."""
    row = f"<row>{text_cell('A1', 'Nom').replace(' r=', ' x=')}</row>"
    rows = row * (size // len(row))
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>"
    return repacked(workbook(Liste=[]), {_SHEET: sheet})


def zip_of_many_members(count: int) -> bytes:
    """Returns an archive of that many empty members."""
    return archive({f"{number}": b"" for number in range(count)})


def nested_emphasis(size: int) -> bytes:
    """Returns Markdown of marks of emphasis that are opened and never closed."""
    return _markdown("*a **b " * (size // 7))


def footnotes(size: int) -> bytes:
    """Returns Markdown of a text with a reference behind every letter."""
    return _markdown("a[^s] " * (size // 6), "sources:\n  s: https://example.org/s\n")


def inline_tags(size: int) -> bytes:
    """Returns Markdown of HTML tags."""
    return _markdown("<b>a</b> " * (size // 9))


def nested_quotes(size: int) -> bytes:
    """Returns Markdown of quotes within quotes."""
    return _markdown("> " * (size // 2) + "a")


def nested_html(size: int) -> bytes:
    """Returns a page of elements within elements."""
    return (b"<div>" * (size // 5)) + b"Un texte."


def html_of_many_tags(size: int) -> bytes:
    """Returns a page of many short elements."""
    return b"<html><body><p>Un texte.</p>" + b"<b>a</b><i>b</i>" * (size // 16) + b"</body></html>"


def one_long_line(size: int) -> bytes:
    """Returns a text of one sentence that does not end."""
    return ("le parc et " * (size // 11)).encode()


def without_a_blank(size: int) -> bytes:
    """Returns a text of one word."""
    return b"a" * size


def initials(size: int) -> bytes:
    """Returns a text of stops that end no sentence."""
    return b"A. B. C. " * (size // 9)


def stops(size: int) -> bytes:
    """Returns a text of stops alone, with a letter behind them."""
    return b"." * size + b"a"


def blank_lines(size: int) -> bytes:
    """Returns a text of empty lines."""
    return b"Un texte." + b"\n" * size + b"Un autre."


def dates(size: int) -> bytes:
    """Returns a text of dates."""
    return b"".join(
        b"Le %d mai %d. " % (1 + number % 31, 1900 + number % 200) for number in range(size // 16)
    )


def amounts(size: int) -> bytes:
    """Returns a text of amounts."""
    return "".join(f"{number} 000,50 € " for number in range(size // 14)).encode()


def _markdown(body: str, more: str = "") -> bytes:
    return f"---\n{SIDECAR}{more}---\n{body}\n".encode()


def _packed(part: bytes, size: int) -> bytes:
    """Returns a part over and over again, packed piece by piece."""
    packer = zlib.compressobj(1)
    piece = part * (_AT_ONCE // len(part))
    packed = [packer.compress(piece) for _ in range(max(1, size // len(piece)))]
    return b"".join([*packed, packer.flush()])


def _form(content: bytes, forms: dict[str, int]) -> bytes:
    names = b" ".join(b"/%s %d 0 R" % (name.encode(), number) for name, number in forms.items())
    return (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /Font << /A 5 0 R >> "
        b"/XObject << %s >> >> /Length %d >>\nstream\n%s\nendstream"
        % (names, len(content), content)
    )


def _pdf(
    content: bytes, more: Sequence[bytes] = (), *, named: bytes = _LETTERS, packed: bool = False
) -> bytes:
    """Returns a PDF of one page.

    Args:
        content: what is drawn.
        more: objects from 6 on; 5 is a font.
        named: the resources that the page draws with.
        packed: whether the content is.
    """
    unpack = b" /Filter /FlateDecode" if packed else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << %s >> >>" % named,
        b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), unpack, content),
        _FONT,
        *more,
    ]
    file = io.BytesIO()
    file.write(b"%PDF-1.4\n")
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, one))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    return file.getvalue()
