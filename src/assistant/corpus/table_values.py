"""The cells of tables as they are written in sentences: amounts, numbers, dates, postcodes."""

from __future__ import annotations

import datetime as dt
import math
import re
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

from assistant.corpus.files import tidy
from assistant.corpus.spreadsheets import Cell
from assistant.corpus.table_headings import unit_of
from assistant.errors import DocumentError

_MAX_CELL: Final = 5_000
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30)
_EXCEL_DAYS: Final = range(1, 73_050)  # to the year 2099
_FORMULA: Final = re.compile(r"[=@]|[+-](?=[^\d\s.,])")
_LONGEST_NUMBER: Final = 24
_THOUSANDS: Final = 3
_DATE_FORMS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_CURRENCY: Final = re.compile(r"\s|€|EUR$|euros?$")
_WITH_UNIT: Final = re.compile(
    r"(-?\d[\d.,\s]*?)\s*((?:k|mi?o?|mi?ds?)\s?(?:€|eur|euros?)|(?:milliers?|millions?|milliards?)"
    r"(?:\s+d['’]\s?euros)?)",
    re.IGNORECASE,
)


class FieldType(StrEnum):
    """What a column holds."""

    TEXT = "text"
    AMOUNT = "amount"
    NUMBER = "number"
    DATE = "date"
    YEAR = "year"
    POSTCODE = "postcode"


def plain(cell: Cell) -> str:
    """Returns what stands in a cell, in one line.

    Raises:
        DocumentError: it is too long.
    """
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = " ".join(tidy(str(cell)).split())
    if len(text) > _MAX_CELL:
        raise DocumentError(
            f"A cell holds {len(text):,} characters, more than {_MAX_CELL:,}.", "Shorten it."
        )
    return text


def written(
    kind: FieldType, cell: Cell, *, language: str, currency: str, decimal: str | None, unit: int
) -> tuple[str, Decimal | None]:
    """Returns a cell as it is written in a sentence, and the number behind it, if any.

    Args:
        kind: what the cell should hold.
        cell: the cell.
        language: of the sentence.
        currency: of amounts.
        decimal: sign before decimals, None where the number itself tells it.
        unit: by what an amount is multiplied that names no unit itself.

    Raises:
        ValueError: it is not what its column should hold.
    """
    raw = plain(cell)
    if isinstance(cell, str) and _FORMULA.match(raw):
        raise ValueError(f"“{raw[:40]}” is a formula, not a value")
    if kind in _PLAIN:
        return _plain_text(kind, raw), None
    if kind is FieldType.DATE:
        day = format_date(_day(cell, raw), "long", locale=language)
        return re.sub(r"^1 ", "1er ", day) if language == "fr" else day, None
    if kind is FieldType.AMOUNT:
        number = _amount_of(cell, raw, decimal, unit)
        return _amount(number, currency, language), number
    number = _number(cell, raw, decimal)
    return _spaced(format_decimal(number, locale=language)), number


_PLAIN: Final = frozenset({FieldType.TEXT, FieldType.POSTCODE, FieldType.YEAR})


def _plain_text(kind: FieldType, raw: str) -> str:
    if kind is FieldType.POSTCODE:
        if not re.fullmatch(r"\d{4,5}", raw):
            raise ValueError(f"“{raw[:40]}” is no postcode")
        return raw.zfill(5)
    if kind is FieldType.YEAR and not re.fullmatch(r"(?:19|20)\d\d", raw):
        raise ValueError(f"“{raw[:40]}” is no year")
    return raw


def _amount_of(cell: Cell, raw: str, decimal: str | None, unit: int) -> Decimal:
    """Returns an amount in whole units of its currency; « 3 k€ » is 3 000, whatever its heading."""
    if isinstance(cell, str) and (named := _WITH_UNIT.fullmatch(raw)):
        return _number(named[1], named[1], decimal) * (unit_of(named[2]) or 1)
    # « 3 000 € » below « en k€ » is already what it says to be.
    says_currency = isinstance(cell, str) and _CURRENCY.sub("", raw) != re.sub(r"\s", "", raw)
    return _number(cell, raw, decimal) * (1 if says_currency else unit)


def _day(cell: Cell, raw: str) -> dt.date:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    days = cell if isinstance(cell, int | float) and not isinstance(cell, bool) else math.nan
    if math.isfinite(days) and int(days) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + dt.timedelta(days=int(days))
    for form in _DATE_FORMS:
        try:
            return dt.datetime.strptime(raw, form).date()
        except ValueError:
            continue
    raise ValueError(f"“{raw[:40]}” is no date")


def _number(cell: Cell, raw: str, decimal: str | None) -> Decimal:
    if isinstance(cell, bool) or (isinstance(cell, float) and not math.isfinite(cell)):
        raise ValueError(f"“{raw}” is no number")
    if isinstance(cell, int | float):
        if abs(cell) >= 10**_LONGEST_NUMBER:
            raise ValueError(f"“{raw[:40]}” is too large a number")
        return Decimal(str(cell))
    text = _CURRENCY.sub("", raw)
    match = re.fullmatch(r"-?\d[\d.,]*", text)
    if match is None:
        raise ValueError(f"“{raw[:40]}” is no number")
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"“{raw[:40]}…” is too long for a number")
    marks = [sign for sign in text if sign in ".,"]
    if decimal is None and marks:
        last = marks[-1]
        alone = len(marks) == 1
        if alone and len(text) - text.rindex(last) - 1 == _THOUSANDS:
            raise ValueError(f"“{raw[:40]}” can be read in two ways; set `decimal`")
        decimal = last if marks.count(last) == 1 else ({".", ","} - {last}).pop()
    other = "," if decimal == "." else "."
    try:
        return Decimal(text.replace(other, "").replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(f"“{raw[:40]}” is no number") from error


def _amount(number: Decimal, currency: str, language: str) -> str:
    cents = number != number.to_integral_value()
    pattern = Locale.parse(language).currency_formats["standard"].pattern
    if not cents:
        pattern = pattern.replace(".00", "")
    written = format_currency(number, currency, pattern, locale=language, currency_digits=False)
    return _spaced(written)


def _spaced(number: str) -> str:
    """Returns a number with the blank that keeps it together, as the corpus writes it."""
    return re.sub(r"\s", "\u00a0", number)
