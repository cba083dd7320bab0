"""Personal details in the many ways in which people write them, and sources that hold none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from assistant.journal import mask, masking
from assistant.journal.masking import (
    ACCOUNT,
    BIRTH,
    CARD,
    COORDINATES,
    EMAIL,
    IBAN,
    NAME,
    NETWORK,
    OFFICIAL,
    PLATE,
    SOCIAL_SECURITY,
    STREET,
    TELEPHONE,
)
from tests.conftest import ROOT


def further_spellings(file: Path) -> Iterator[tuple[str, str]]:
    """Yields the spellings of a file with their mark, whose name stands before them."""
    mark = ""
    for line in file.read_text(encoding="utf-8").splitlines()[1:]:
        if line.startswith("# "):
            mark = getattr(masking, line.removeprefix("# "))
        else:
            yield mark, line


# What is masked stands between ⟦ and ⟧.
SPELLINGS: Final = {
    TELEPHONE: (
        "⟦06 12 34 56 78⟧",
        "⟦0 6 1 2 3 4 5 6 7 8⟧",
        "⟦06_12_34_56_78⟧",
        "⟦0_6_1_2_3_4_5_6_7_8⟧",
        "⟦06,12,34,56,78⟧",
        "⟦06, 12, 34, 56, 78⟧",
        "⟦O6 12 34 56 78⟧",
        "⟦O6.12.34.56.78⟧",
        "⟦06 12 34 56 7O⟧",
        "⟦0612345678⟧",
        "⟦zéro six douze trente-quatre cinquante-six soixante-dix-huit⟧",
        "⟦zero six, douze, trente quatre, cinquante six, soixante dix huit⟧",
        "⟦０６ １２ ３４ ５６ ７８⟧",
        "⟦０６１２３４５６７８⟧",
        "⟦06\u200b12\u200b34\u200b56\u200b78⟧",
        "⟦06·12·34·56·78⟧",
        "⟦06–12–34–56–78⟧",
        "⟦(06) 12 34 56 78⟧",
        "⟦+33 6 12 34 56 78⟧",
        "⟦+33_6_12_34_56_78⟧",
        "⟦+33.6.12.34.56.78⟧",
        "⟦0033612345678⟧",
        "⟦+33 (0) 6 12 34 56 78⟧",
        "⟦06 123 456 78⟧",
        "⟦06 1234 5678⟧",
        "⟦06-12-34-56-78⟧",
        "⟦06/12/34/56/78⟧",
        "⟦06 . 12 . 34 . 56 . 78⟧",
        "⟦zéro six 12 34 56 78⟧",
        "⟦" + "".join(f"{digit}\ufe0f\u20e3" for digit in "0612345678") + "⟧",
        "tel: ⟦612345678⟧",
        "⟦06 12-34-56-78⟧",
        "⟦+32 470 12 34 56⟧",
        "⟦0·6 12 34 56 78⟧",
        "⟦06*12*34*56*78⟧",
        "⟦06  12  34  56  78⟧",
        "⟦oh six one two three four five six seven eight⟧",
        "⟦null sechs eins zwei drei vier fünf sechs sieben acht⟧",
        "⟦+ 33 6 12 34 56 78⟧",
        "⟦zero trois vingt-et-un douze quarante-cinq quatre-vingt-dix⟧",
        "⟦03.21 21.62 62⟧",
        "⟦0 3 2 1 2 1 6 2 6 2⟧",
        "⟦03 - 21 - 21 - 62 - 62⟧",
        "⟦o3 21 21 62 62⟧",
        "⟦07,81,23,45,67⟧",
        "⟦0781 234 567⟧",
        "téléphone:⟦0781234567⟧",
        "⟦+33(0)781234567⟧",
        "⟦zéro sept, quatre-vingt-un, vingt-trois, quarante-cinq, soixante-sept⟧",
        "⟦０７８１２３４５６７⟧",
        "⟦07_81 23_45 67⟧",
        "⟦(+33)7 81 23 45 67⟧",
        "⟦07;81;23;45;67⟧",
        "⟦07:81:23:45:67⟧",
        "⟦07|81|23|45|67⟧",
        "⟦+33-7-81-23-45-67⟧",
    ),
    EMAIL: (
        "⟦jean.dupont@exemple.fr⟧",
        "⟦jean.dupont＠exemple.fr⟧",
        "⟦jean＠exemple．fr⟧",
        "⟦jean at exemple dot fr⟧",
        "⟦jean.dupont at gmail dot com⟧",
        "⟦jean{at}exemple.fr⟧",
        "⟦jean {at} exemple {dot} fr⟧",
        "⟦jean[a]exemple.fr⟧",
        "⟦jean (a) exemple.fr⟧",
        "⟦jean@exemple,fr⟧",
        "⟦jean@exemple, fr⟧",
        "⟦jean.dupont(at)exemple.fr⟧",
        "⟦jean [at] exemple [dot] fr⟧",
        "⟦jean arobase exemple point fr⟧",
        "⟦jean point dupont arobase exemple point fr⟧",
        "⟦jean @ exemple . fr⟧",
        "⟦jean.dupont at gmail.com⟧",
        "⟦jean<at>exemple.fr⟧",
        "⟦jean\u200b@exemple.fr⟧",
        "⟦jean_dupont@sous.domaine.exemple.fr⟧",
        "⟦jean(arobase)exemple(point)fr⟧",
        "⟦j.dupont chez orange.fr⟧",
        "⟦jean@exemple[.]fr⟧",
        "⟦jean tiret dupont arobase exemple point fr⟧",
        "⟦𝗃𝖾𝖺𝗇@exemple.fr⟧",
        "mastodon @⟦jean@piaille.fr⟧",
        "⟦paul.martin＠laposte.net⟧",
        "⟦paul at laposte dot net⟧",
        "⟦paul(a)laposte.net⟧",
        "⟦paul [a] laposte [point] net⟧",
        "⟦paul{at}laposte{dot}net⟧",
        "⟦paul@laposte,net⟧",
        "⟦p.martin @ free.fr⟧",
        "⟦paul_martin arobase gmail point com⟧",
        "⟦paul AT laposte DOT net⟧",
        "⟦paul.martin@free . fr⟧",
        "⟦paul (at) free (point) fr⟧",
        "⟦paul[@]free.fr⟧",
    ),
    IBAN: (
        "⟦FR76 3000 6000 0112 3456 7890 189⟧",
        "⟦F R 7 6 3000 6000 0112 3456 7890 189⟧",
        "⟦FR 76 3000 6000 0112 3456 7890 189⟧",
        "⟦FR76/3000/6000/0112/3456/7890/189⟧",
        "⟦FR76-3000-6000-0112-3456-7890-189⟧",
        "⟦fr7630006000011234567890189⟧",
        "⟦FR7630006000011234567890189⟧",
        "⟦FR76.3000.6000.0112.3456.7890.189⟧",
        "⟦FR 7 6 3 0 0 0 6 0 0 0 0 1 1 2 3 4 5 6 7 8 9 0 1 8 9⟧",
        "⟦30006 00001 12345678901 89⟧",
        "⟦30006000011234567890189⟧",
        "RIB ⟦30006-00001-12345678901-89⟧",
        "⟦20041 01005 0500013M026 06⟧",
        "⟦BE68 5390 0754 7034⟧",
        "⟦ＦＲ７６ 3000 6000 0112 3456 7890 189⟧",
        "⟦FR76_3000_6000_0112_3456_7890_189⟧",
    ),
    SOCIAL_SECURITY: (
        "⟦2 55 08 14 168 025 38⟧",
        "⟦255081416802538⟧",
        "⟦2 55 08 14 168 025⟧",
        "⟦1 85 05 2A 123 456⟧",
        "⟦1 85 05 2A 123 456 33⟧",
        "⟦1 85 05 2B 123 456⟧",
        "⟦185052A123456⟧",
        "⟦185 05 2b 123 456⟧",
        "⟦2.55.08.14.168.025.38⟧",
        "⟦2-55-08-14-168-025⟧",
        "⟦2 55 08 14 168 025 clé 38⟧",
        "⟦2/55/08/14/168/025/38⟧",
        "⟦2_55_08_14_168_025_38⟧",
        "⟦2550814168025 38⟧",
        "⟦２ ５５ ０８ １４ １６８ ０２５ ３８⟧",
        "⟦1 69 05 49 588 157⟧",
        "⟦2 84 02 2a 004 123⟧",
        "n° sécu ⟦1690549588157⟧",
    ),
    CARD: (
        "⟦4111 1111 1111 1111⟧",
        "⟦4111.1111.1111.1111⟧",
        "⟦4111-1111-1111-1111⟧",
        "⟦4111/1111/1111/1111⟧",
        "⟦4111_1111_1111_1111⟧",
        "⟦4111111111111111⟧",
        "⟦4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1⟧",
        "⟦4111  1111  1111  1111⟧",
        "⟦3782 822463 10005⟧",
        "⟦41 11 11 11 11 11 11 11⟧",
        "⟦5555.5555.5555.4444⟧",
        "⟦5555 5555 5555 4444⟧",
        "⟦4012888888881881⟧",
        "⟦4012/8888/8888/1881⟧",
    ),
    STREET: (
        "⟦12 rue Victor Hugo⟧",
        "au ⟦12 de la rue Victor Hugo⟧",
        "⟦rue Victor Hugo, 12⟧",
        "⟦rue Victor Hugo n° 12⟧",
        "⟦rue Victor Hugo 12⟧",
        "⟦12 r. Victor Hugo⟧",
        "⟦12 r Victor Hugo⟧",
        "⟦12 all. des Acacias⟧",
        "⟦3 all des Tilleuls⟧",
        "⟦résidence Les Lilas, appartement 12⟧",
        "⟦résidence des Lilas bât B appt 4⟧",
        "⟦résidence Bellevue, bâtiment C, porte 12⟧",
        "⟦appartement 12, résidence des Lilas⟧",
        "⟦appt 4B résidence Bellevue⟧",
        "⟦12 bis av. Jean Jaurès⟧",
        "⟦12, imp. des Lilas⟧",
        "n°⟦12 rue Victor Hugo⟧",
        "numéro ⟦12, rue Victor Hugo⟧",
        "au numéro ⟦12 de la rue de Paris⟧",
        "⟦12 bd Basly⟧",
        "⟦12 chem. des Dames⟧",
        "⟦12ter rue Pasteur⟧",
        "⟦immeuble Jean Moulin, 3e étage, appt 12⟧",
        "⟦avenue de la République au 45⟧",
        "⟦45 avenue de la république⟧",
        "⟦rue de la paix, 12⟧",
        "⟦12 pl. Jaurès⟧",
        "⟦cité des Électriciens, logement 27⟧",
        "⟦12, rue du 8 mai 1945⟧",
        "⟦bâtiment A appartement 34⟧",
        "j'habite au ⟦8 de l'avenue Foch⟧",
        "⟦rue Pasteur, n°8⟧",
        "⟦8 r. Pasteur⟧",
        "⟦8 all. des Roses⟧",
        "⟦résidence du Parc, appartement 3⟧",
        "⟦résidence Les Roses, entrée B, appt 12⟧",
        "⟦boulevard Basly 44⟧",
        "⟦44, bvd Basly⟧",
        "⟦8bis rue Pasteur⟧",
        "⟦8, place de la Mairie⟧",
        "⟦bât. C, esc. 2, apt 31⟧",
        "chez moi au ⟦15 cité Darcy⟧",
        "⟦route d'Arras, 112⟧",
        "au ⟦3 du chemin des Dames⟧",
    ),
    PLATE: (
        "⟦AB-123-CD⟧",
        "⟦AB 123 CD⟧",
        "⟦AB123CD⟧",
        "⟦ab-123-cd⟧",
        "⟦1234 AB 62⟧",
        "⟦123 ABC 59⟧",
        "ma voiture ⟦ab 123 cd⟧",
        "⟦1-ABC-123⟧",
        "⟦AB.123.CD⟧",
        "ma plaque ⟦ab123cd⟧",
        "⟦GH-456-JK⟧",
        "⟦GH 456 JK⟧",
        "⟦gh456jk⟧",
        "immatriculée ⟦GH456JK⟧",
        "⟦4567 TX 59⟧",
    ),
    NAME: (
        "Je m'appelle ⟦Jean Dupont⟧",
        "je m’appelle ⟦jean dupont⟧",
        "Je me nomme ⟦Marie Curie⟧",
        "Mon nom est ⟦Jean-Pierre Martin⟧",
        "My name is ⟦John Smith⟧",
        "Ich heiße ⟦Hans Müller⟧",
        "Je suis Madame ⟦Dupont⟧",
        "je suis M. ⟦Durand⟧",
        "me llamo ⟦Juan García⟧",
        "Mi chiamo ⟦Maria Rossi⟧",
        "Nazywam się ⟦Jan Kowalski⟧",
        "ik heet ⟦Piet⟧",
        "c'est Mme ⟦Leroy⟧",
        "Je m'appelle ⟦Sophie Bernard⟧",
        "je m appelle ⟦sophie bernard⟧",
        "Moi c'est ⟦Sophie Bernard⟧",
        "mon nom : ⟦Bernard⟧",
        "signé : ⟦Sophie Bernard⟧",
    ),
    BIRTH: (
        "né le ⟦12/03/1985⟧",
        "je suis née le ⟦3 mars 1970⟧",
        "né(e) le ⟦12.03.85⟧",
        "date de naissance : ⟦12/03/1985⟧",
        "born on ⟦March 12, 1985⟧",
        "né à Lens le ⟦12 mars 1985⟧",
        "geboren am ⟦12.03.1985⟧",
        "mon fils est né le ⟦12/03/2015⟧",
        "née le ⟦1er avril 1962⟧",
        "ddn ⟦12/03/1985⟧",
        "born ⟦12 March 1985⟧",
        "nacido el ⟦12 de marzo de 1985⟧",
        "Sophie Bernard, née le ⟦05/06/1979⟧",
        "née le ⟦5 juin 1979⟧",
        "ma date de naissance est le ⟦05-06-1979⟧",
        "je suis né le ⟦5/6/79⟧",
        "nee le ⟦05 06 1979⟧",
    ),
    OFFICIAL: (
        "mon numéro d'allocataire ⟦1234567⟧",
        "CAF n° ⟦1234567 A⟧",
        "numéro CAF : ⟦1234567⟧",
        "numéro fiscal ⟦1234567890123⟧",
        "mon numéro fiscal ⟦est le 30 23 217 600 053⟧",
        "passeport ⟦12AB34567⟧",
        "⟦12AB34567⟧",
        "passeport n° ⟦12 AB 34567⟧",
        "carte d'identité n° ⟦880692310285⟧",
        "mon numéro de passeport ⟦est 12AB34567⟧",
        "n° d'allocataire ⟦CAF 1234567⟧",
        "titre de séjour n° ⟦9912345678⟧",
        "numéro d'allocataire : ⟦7654321⟧",
        "allocataire ⟦7654321 V⟧",
        "mon n° CAF ⟦7654321⟧",
        "n° fiscal ⟦1312345678901⟧",
        "passeport ⟦21FV12345⟧",
        "mon passeport ⟦21 FV 12345⟧",
    ),
    NETWORK: (
        "mon IP est ⟦192.168.1.24⟧",
        "⟦82.64.12.9⟧",
        "⟦2001:db8::1⟧",
        "⟦2001:0db8:85a3:0000:0000:8a2e:0370:7334⟧",
        "ip ⟦90.12.34.56⟧",
        "⟦fe80::1ff:fe23:4567:890a⟧",
    ),
    COORDINATES: (
        "⟦50.4310, 2.8030⟧",
        "⟦50.43102,2.80305⟧",
        "⟦50°25'51\"N 2°49'54\"E⟧",
        "⟦50° 25' 51\" N, 2° 49' 54\" E⟧",
        "GPS ⟦50.4310 2.8030⟧",
        "latitude ⟦50.4310 longitude 2.8030⟧",
        "⟦50.36721, 3.08031⟧",
        "⟦N 50° 22' 2\" E 3° 4' 49\"⟧",
        "⟦50.36721 N 3.08031 E⟧",
    ),
    ACCOUNT: (
        "⟦@jean_dupont62⟧",
        "insta : ⟦jean.dupont62⟧",
        "mon snap : ⟦jdupont_62⟧",
        "⟦Jean#1234⟧",
        "⟦facebook.com/jean.dupont⟧",
        "⟦https://www.linkedin.com/in/jean-dupont/⟧",
        "⟦instagram.com/jdupont⟧",
        "⟦https://x.com/jdupont⟧",
        "⟦https://www.facebook.com/profile.php?id=100012345⟧",
        "⟦@sophie.bernard⟧",
        "⟦https://fr.linkedin.com/in/sophie-bernard-123⟧",
        "⟦fb.com/sophie.bernard.9⟧",
        "mon insta c'est ⟦sophie_b⟧",
        "⟦tiktok.com/@sophieb⟧",
    ),
}

CASES: Final = [
    *((mark, spelling) for mark, spellings in SPELLINGS.items() for spelling in spellings),
    *further_spellings(Path(__file__).with_name("masking_spellings.txt")),
]
FILES: Final = sorted(file for file in (ROOT / "corpus").rglob("*") if file.is_file())


@pytest.mark.parametrize(("mark", "spelling"), CASES)
@pytest.mark.parametrize("frame", ["{}", "Bonjour, {} ! Quel est le budget du projet ?"])
def test_every_spelling_is_masked(frame: str, mark: str, spelling: str) -> None:
    """The words that identify go, whole; those that say what they are stay."""
    start, rest = spelling.split("⟦", 1)
    inside, end = rest.rsplit("⟧", 1)
    inside = inside.replace("⟧", "").replace("⟦", "")
    text = frame.format(f"{start}{inside}{end}")
    masked = mask(text)
    assert masked.text.startswith(frame.partition("{}")[0] + start + mark)
    assert masked.text.endswith(end + frame.partition("{}")[2])
    assert {found for _, found in masked.taken} == {mark}
    assert all(words in inside for words, _ in masked.taken)


def test_every_kind_has_at_least_five_spellings() -> None:
    """No kind rests on one way of writing it."""
    assert min(map(len, SPELLINGS.values())) >= 5


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_of_the_sources_is_masked(file: Path) -> None:
    """Amounts, years, sites, counts and addresses of the corpus stay in questions about them."""
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [mask(line).taken for line in lines if mask(line).taken] == []


@pytest.mark.parametrize(
    "text",
    [
        "les lots 01, 02, 03, 04, 05 du marché",
        "753 av. J.-C. et 12 av. JC",
        "ENTRE 2014 ET 2020, LES 11 ET 19 DE LA FOSSE",
        "L'AIDE EST DE 123 EUR EN 2014",
        "l'agence est née le 7 mars 2017",
        "je suis à la recherche du budget ; c'est le projet ; moi c'est pour savoir",
        "la rue de Bourgogne, 12 logements ; place en 2 ; avenue de la Fosse 9",
        "section 1.2.3.4 du règlement ; 1,2345 €",
        "La CAF verse 1 234 567 € ; le numéro de l'opération est 1234567",
        "la cité des Électriciens a-t-elle ouvert ses portes ?",
        "zéro émission, deux projets, trois terrils",
        "le musée a vu le jour le 4 décembre 2012, et son 10e anniversaire, le 4 décembre 2022",
        "Das Museum wurde am 4. Dezember 2012 eröffnet, in the summer of June 2012",
        "les fosses 02, 04, 06, 08 et 10 ; les lots 01, 02, 03, 04 et 05",
        "plus deux projets, trois sites et 33 612 345 678 €",
        "rappelez-moi pour combien d'habitants : 1 234 567 habitants ou 120 000 000 €",
        "deux places de parking, un cours du soir, cinq chemins de fer",
        "la mission, née en 2000 ; je suis de Lens en mars",
        "point par point, arrêté à quai, at dot or point",
    ],
)
def test_what_looks_alike_is_kept(text: str) -> None:
    """Lists, years, capitals, bodies and counts are nobody's details."""
    assert mask(text).text == text


def test_span_of_odd_signs_is_taken_whole() -> None:
    """Wide and invisible signs go with what they stand in, and those around stay as typed."""
    masked = mask("« ０６\u200b １２ ３４ ５６ ７８\u200b » – ﬁn…")
    assert masked.text == f"« {TELEPHONE} » – ﬁn…"
    assert masked.taken == (("０６\u200b １２ ３４ ５６ ７８\u200b", TELEPHONE),)


@pytest.mark.parametrize(
    "piece",
    [
     "zéro six ", "a-at-", "a_dot_", "a (at) ", "@ ", "06 et ", "plus 33 ", "tel 1 ",
     "I live at A ", "Am A ", "ul. A ", "12 janv ", "DE8O ", "douze rue ", "2 O", "lieu-dit ",
     "je m'appelle Jean ", "né le 12 ", "résidence A ", "rue A ", "a at b dot ",
     "FR 7 ", "1 2 ", "1_", "1,", "2 2A ", "a#", "@a", ":", "1:", "1.1.", "50.4310,", "1°1'",
     "caf n° ", "AB-", "place de la ", "1 place de la ", "\u200b", "e\u0301", "x.com/", "c/ A ",
    ],
)  # fmt: skip
def test_no_spelling_takes_long(piece: str) -> None:
    """The time grows with the length and not with its square or worse."""
    text = "1 place " + piece * (20_000 // len(piece))
    start = time.thread_time()
    mask(text)
    assert time.thread_time() - start < 1
