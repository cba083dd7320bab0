"""What identifies a person is masked, and what the sources speak of is not."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from assistant.journal import mask
from assistant.journal.masking import (
    CARD,
    EMAIL,
    IBAN,
    SOCIAL_SECURITY,
    STREET,
    TELEPHONE,
)

MARKS = {
    "EMAIL": EMAIL, "TEL": TELEPHONE, "NIR": SOCIAL_SECURITY, "IBAN": IBAN, "CARD": CARD,
    "STREET": STREET,
}  # fmt: skip

MASKED = """
jean.dupont@exemple.fr => {EMAIL}
Écrivez à Jean.Dupont+lens@mail.exemple.co.uk. Merci => Écrivez à {EMAIL}. Merci
a@b.fr,c_d@e-f.org;<é.ü@forêt.fr> => {EMAIL},{EMAIL};<{EMAIL}>
marie @ gmail.com => {EMAIL}
jean.dupont (at) exemple.fr ou [at] => {EMAIL} ou [at]
paul arobase orange point fr => {EMAIL}
Au 03 21 21 62 62 le matin => Au {TEL} le matin
0321216262 ou 03.21.21.62.62 ou 03-21-21-62-62 ou 03/21/21/62/62 => {TEL} ou {TEL} ou {TEL} ou {TEL}
0800 123 456, 0 800 123 456, 0321 21 62 62 => {TEL}, {TEL}, {TEL}
06\u00a012\u202f34\u00a056\u00a078. => {TEL}.
06 . 12 . 34 . 56 . 78 => {TEL}
+33 3 21 21 62 62 et +33(0)3.21.21.62.62 => {TEL} et {TEL}
0033 3 21 21 62 62 et (+33) 6 12 34 56 78 => {TEL} et {TEL}
+32 2 123 45 67, +49 30 1234567, +48 12 345 67 89 => {TEL}, {TEL}, {TEL}
+1 (555) 123-4567 => {TEL}
mon téléphone est le 612345678 => mon téléphone est le {TEL}
tél. : 12 345 67 89 => tél. : {TEL}
Rappelez avant 20 h au 03 21 21 62 62, 2 personnes => Rappelez avant 20 h au {TEL}, 2 personnes
2 55 08 14 168 025 38 => {NIR}
255081416802538. => {NIR}.
1 80 12 69 552 223 / 80 => {NIR}
1 85 05 2A 123 456 33 et 185052b12345660 => {NIR} et {NIR}
mon numéro de sécurité sociale 2 55 08 14 168 025 => mon numéro de sécurité sociale {NIR}
FR76 3000 6000 0112 3456 7890 189 merci beaucoup => {IBAN} merci beaucoup
fr7630006000011234567890189. => {IBAN}.
BE68 5390 0754 7034, GB82WEST12345698765432 => {IBAN}, {IBAN}
DE89-3704-0044-0532-0130-00 et NL91 ABNA 0417 1643 00 => {IBAN} et {IBAN}
4111 1111 1111 1111 ou 4111-1111-1111-1111 ou 4111111111111111 => {CARD} ou {CARD} ou {CARD}
378282246310005, 3782 822463 10005, 5555555555554444 => {CARD}, {CARD}, {CARD}
j'habite 12 rue Victor Hugo à Lens => j'habite {STREET} à Lens
au 12 bis, avenue de la République, 62300 Lens => au {STREET}, 62300 Lens
5 place Jean Jaurès ; 12 rue victor hugo à lens => {STREET} ; {STREET} à lens
14B impasse du 8 mai 1945, 3 allée des Acacias => {STREET}, {STREET}
12-14 rue du Général de Gaulle => {STREET}
7, bd Basly ? => {STREET} ?
27 cité des Électriciens, 4 coron Pasteur => {STREET}, {STREET}
I live at 10 Downing Street in London => I live at {STREET} in London
Ich wohne Hauptstraße 12a in Bochum => Ich wohne {STREET} in Bochum
Kerkstraat 5 te Gent, ul. Długa 5 w Łodzi => {STREET} te Gent, {STREET} w Łodzi
calle Mayor, 5 ; vivo in via Roma 5 => {STREET} ; vivo {STREET}
"""

KEPT = """
Le projet a reçu 2 199 300 € du FEDER en 2014, puis 199 300,50 € en 2015.
+12 000 000 € en dix ans, + 2 199 300 euros, +10 000 000 d'habitants
1 234 567 890 € et 12 345 678 901 234 euros, 150 millions d’euros
entre 2007-2013, 2014-2020 et 2021 2027, en 1990
le 01/02/2026 à 10h, le 01.02.2026 10 personnes, 01/02/2026 10 20
2026-11-24T00:50:21, 24/11/2026 12:30:45
SIRET 380 129 866 46850, 38012986646850, SIREN 380 129 866
62300 Lens, 59 100 Roubaix, CEDEX 9
la base 11/19, rue de Bourgogne ; le 11/19 rue Léon Blum
le 9-9 bis rue du Tordoir ; la fosse 9-9 bis ; 9-9bis
la fosse 9 rue de la mine ; les terrils 74 et 74a ; terril 42 rue X
En 2014, rue de la Paix ; depuis 2012 avenue de Liège
2 cours de français, 1 place par personne, 3 passages, 12 places, 10 rues
ouvert de 09.00-12.00 14.00-18.00, de 9 h à 12 h
via Interreg 5, via FEDER 2014-2020, la route 66
03 21 sont les premiers chiffres ; appelez le 3646 ou le 112 ou le 15
50,4310 ; 0.123456789 ; 0,0123456789
4111111111111112 4111 1111 1111 1112
FR76 3000 6000 0112 3456 7890 188
2 55 08 14 168 025 39
règlement (UE) 2021/1060, axe 3, n° 1303/2013, ISBN 978-2-07-036822-8
téléphone en 2014 pour 20 personnes ; l'@ d'un site ; Louvre-Lens @ Lens
"""


def pairs() -> list[tuple[str, str]]:
    """Returns texts and what they become."""
    lines = [line.split(" => ") for line in MASKED.strip("\n").split("\n")]
    return [(before, after.format(**MARKS)) for before, after in lines]


@pytest.mark.parametrize(("text", "expected"), pairs())
def test_identifying_words_are_masked(text: str, expected: str) -> None:
    """Each is replaced by its mark, whole, and nothing around it is."""
    assert mask(text).text == expected


@pytest.mark.parametrize("text", KEPT.strip("\n").split("\n"))
def test_what_the_sources_speak_of_is_kept(text: str) -> None:
    """Amounts, dates, post codes, sites and wrong check digits stay as they are."""
    assert mask(text).text == text


def test_taken_words_go_with_their_marks() -> None:
    """What was masked is known to whoever masked it, so that an echo of it can be masked too."""
    masked = mask("12 rue Victor Hugo, a@b.fr")
    assert masked.taken == (("a@b.fr", EMAIL), ("12 rue Victor Hugo", STREET))


def test_echo_is_masked_whole_and_in_part() -> None:
    """Words said again are masked, and so is a quoted name that was a part of them."""
    masked = mask("Qui habite 12 rue Victor Hugo ?")
    assert masked.echo("Pas de réponse à « Qui habite 12 rue Victor Hugo ? ».") == (
        f"Pas de réponse à « Qui habite {STREET} ? »."
    )
    assert masked.echo("Mes sources ne parlent pas de « victor hugo ».") == (
        f"Mes sources ne parlent pas de « {STREET} »."
    )
    assert masked.echo("Le Parc des îles, « Victor Horta »") == "Le Parc des îles, « Victor Horta »"


SENTENCES = st.sampled_from(["", "Bonjour, ", "Le projet (", "Voici : ", "réf. A, "])
ENDS = st.sampled_from(["", ".", ", merci", " à Lens ?", ")", "\n"])


@given(
    local=st.from_regex(r"[a-zé0-9][a-zé0-9._+-]{0,30}", fullmatch=True),
    domain=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}(\.[a-z]{2,6}){1,2}", fullmatch=True),
    before=SENTENCES,
    after=ENDS,
)
def test_every_address_is_masked(local: str, domain: str, before: str, after: str) -> None:
    """Whatever the name and the domain."""
    assert mask(f"{before}{local}@{domain}{after}").text == f"{before}{EMAIL}{after}"


@given(
    digits=st.from_regex(r"[1-9][0-9]{8}", fullmatch=True),
    form=st.sampled_from(["0{} {} {} {} {}", "0{}.{}.{}.{}.{}", "0{}{}{}{}{}", "+33 {} {} {} {} {}",
                          "0{}-{}-{}-{}-{}", "+33{}{}{}{}{}", "0033 {} {} {} {} {}",
                          "+33 (0){} {} {} {} {}"]),
    before=SENTENCES,
    after=ENDS,
)  # fmt: skip
def test_every_french_number_is_masked(digits: str, form: str, before: str, after: str) -> None:
    """All nine digits in the ways in which people write them."""
    number = form.format(digits[0], *(digits[n : n + 2] for n in (1, 3, 5, 7)))
    assert mask(before + number + after).text == before + TELEPHONE + after


def nir(sex: int, year: int, month: int, department: str, rest: int) -> tuple[str, int]:
    """Returns the thirteen signs and their key, worked out from the rule, not from the code."""
    body = f"{sex}{year:02}{month:02}{department}{rest:06}"
    number = int(body.replace("2A", "20").replace("2B", "20"))
    corsica = {"2A": 1_000_000, "2B": 2_000_000}.get(department, 0)
    return body, 97 - (number - corsica) % 97


@given(
    sex=st.integers(1, 2),
    year=st.integers(0, 99),
    month=st.integers(1, 12),
    department=st.sampled_from([*(f"{n:02}" for n in range(1, 20)), "2A", "2B", "59", "62", "97"]),
    rest=st.integers(1_001, 999_999),
    apart=st.booleans(),
)
@example(sex=1, year=85, month=5, department="2A", rest=123_456, apart=True)
def test_every_social_security_number_is_masked(
    sex: int, year: int, month: int, department: str, rest: int, apart: bool
) -> None:
    """With the right key it is masked, and with any other it is not one."""
    body, key = nir(sex, year, month, department, rest)
    parts = re.fullmatch(r"(.)(..)(..)(..)(...)(...)", body)
    assert parts
    written = (" " if apart else "").join([*parts.groups(), f"{key:02}"])
    assert mask(f"n° {written}.").text == f"n° {SOCIAL_SECURITY}."
    wrong = written[:-2] + f"{key % 97 + 1:02}"
    assert SOCIAL_SECURITY not in mask(f"n° {wrong}.").text


@given(account=st.from_regex(r"[0-9]{23}", fullmatch=True), apart=st.booleans())
def test_every_french_iban_is_masked(account: str, apart: bool) -> None:
    """With the right check digits it is masked."""
    check = 98 - int(account + "152700") % 97  # F is 15 and R is 27
    iban = f"FR{check:02}{account}"
    if apart:
        iban = " ".join(iban[n : n + 4] for n in range(0, len(iban), 4))
    assert mask(f"Mon compte {iban}, merci").text == f"Mon compte {IBAN}, merci"


@given(number=st.from_regex(r"4[0-9]{14}", fullmatch=True), apart=st.booleans())
def test_every_card_is_masked(number: str, apart: bool) -> None:
    """The sixteenth digit is the one that makes the sum right."""
    total = sum(
        int(digit) if place % 2 else sum(divmod(2 * int(digit), 10))
        for place, digit in enumerate(number)
    )
    card = f"{number}{-total % 10}"
    if apart:
        card = " ".join(card[n : n + 4] for n in range(0, 16, 4))
    assert mask(f"carte {card}.").text == f"carte {CARD}."


@given(amount=st.integers(1, 10**12), cents=st.booleans(), gap=st.sampled_from(" \u00a0\u202f"))
def test_no_amount_is_masked(amount: int, cents: bool, gap: str) -> None:
    """Whatever the size, with thousands apart and a currency behind."""
    text = f"{amount:,}".replace(",", gap) + (",50" if cents else "") + f"{gap}€ en 2014"
    assert mask(text).text == text
    assert mask(f"+{text}").text == f"+{text}"


@given(day=st.dates(), hour=st.integers(0, 23), form=st.sampled_from("/.-"))
def test_no_date_is_masked(day: object, hour: int, form: str) -> None:
    """French and ISO dates, with an hour behind."""
    assert hasattr(day, "strftime")
    text = f"le {day.strftime(f'%d{form}%m{form}%Y')} à {hour:02}h00, {day}"
    assert mask(text).text == text


@given(number=st.integers(1, 1899), name=st.from_regex(r"[A-Z][a-zé]{2,10}", fullmatch=True))
def test_every_house_number_is_masked(number: int, name: str) -> None:
    """The number and the name of the street; the town stays."""
    assert mask(f"au {number} rue {name}, 62300 Lens").text == f"au {STREET}, 62300 Lens"


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_any_text_can_be_masked_twice(text: str) -> None:
    """Masking never fails, and a masked text is not changed again."""
    once = mask(text)
    assume(not once.taken)
    assert once.text == text


@pytest.mark.parametrize(
    "piece",
    ["a", "1 ", "0", "a.", "a@", "a@b.", "+1", "FR76 ", "tel ", "1-", "12 rue ", "12 Rue ", "A ",
     "« ", "Calle A", "ul. a ", "1 rue de la ", "( ", " ", "\u00a0", "00 1", "0 . ", "4111 "],
)  # fmt: skip
def test_no_text_takes_long(piece: str) -> None:
    """The time grows with the length and not with its square or worse."""
    text = piece * (20_000 // len(piece))
    start = time.process_time()
    mask(text)
    assert time.process_time() - start < 1
