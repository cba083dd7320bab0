"""Projects that do not exist, of which is told what visitors ask about those that do.

Their names are made of places of the mining basin; amounts, dates and bodies are drawn. So the
reader learns how such things are said and asked for, and nothing that is true or false of anything.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from training.records import KINDS

_PROJECTS: Final = 3_000
_TITLED: Final = ("cites-minieres", "batis", "bien-inscrit", "terrils")
"""Kinds of records whose own names are taken."""
_BUILT: Final = (
    "Écoparc", "Musée", "Maison des projets", "Pépinière d’entreprises", "Pôle culturel",
    "Parc urbain", "Chaufferie", "Itinéraire", "Centrale solaire", "Salle de musique",
)  # fmt: skip
"""What other names begin with, before a commune's."""
_SECTIONS: Final = ("Financement", "Histoire", "Le projet", "De la mine au parc", "Repères")
_MONTHS: Final = (
    ("janvier", "January"), ("février", "February"), ("mars", "March"), ("avril", "April"),
    ("mai", "May"), ("juin", "June"), ("juillet", "July"), ("août", "August"),
    ("septembre", "September"), ("octobre", "October"), ("novembre", "November"),
    ("décembre", "December"),
)  # fmt: skip
_YEARS: Final = (
    ("deux", "two"), ("trois", "three"), ("quatre", "four"), ("cinq", "five"), ("six", "six"),
    ("sept", "seven"), ("dix", "ten"), ("douze", "twelve"),
)  # fmt: skip
_PROGRAMMES: Final = (
    "INTERREG IVC", "INTERREG V", "INTERREG VI", "LEADER", "URBACT III", "LIFE", "Horizon 2020",
    "Erasmus+", "FEDER-FSE 2014-2020",
)  # fmt: skip
_BEFORE: Final = (
    ("une ancienne cokerie", "a former coking plant"),
    ("un ancien carreau de mine", "a former pithead"),
    ("une friche industrielle", "an industrial wasteland"),
    ("un lavoir à charbon", "a coal washery"),
    ("une centrale électrique arrêtée", "a power station that was shut down"),
    ("une école de mineurs", "a school for miners"),
)
_PURPOSES: Final = (
    "développer le tourisme autour des terrils", "aider les demandeurs d’emploi à se former",
    "réduire la consommation d’énergie des logements", "protéger les milieux naturels",
    "soutenir la création d’entreprises", "faire connaître l’histoire de la mine",
    "rénover les cités minières", "accompagner la sortie du charbon",
    "relier les communes par des voies vertes", "accueillir des artistes en résidence",
)  # fmt: skip

Said = tuple[str, str]
"""A value in French and in English."""


def make_projects(records: Sequence[dict[str, str]], chance: random.Random) -> list[dict[str, str]]:
    """Returns projects in the form of `training.records.read_records`.

    Args:
        records: names and bodies are taken from them.
        chance: what is drawn from.
    """
    communes = [record["nom"] for record in records if record["kind"] == "communes-mbm"]
    titles = [record["title"].split(" : ")[-1] for record in records if record["kind"] in _TITLED]
    bodies = [one["beneficiaire"] for one in records if one.get("beneficiaire")]
    values = _values(communes, bodies, chance)
    fields: dict[str, dict[str, Any]] = KINDS["project"]["fields"]
    projects = []
    for _ in range(_PROJECTS):
        commune = chance.choice(communes)
        name = chance.choice([chance.choice(titles), f"{chance.choice(_BUILT)} de {commune}"])
        project = {"kind": "project", "name": name, "title": name}
        if chance.random() < 0.5:
            project["title"] = f"{name}, {chance.choice(_SECTIONS)}"
        for field, template in fields.items():
            project[field], project[f"{field}.en"] = values[template["value"]]()
        projects.append(project)
    return projects


def _values(
    communes: Sequence[str], bodies: Sequence[str], chance: random.Random
) -> dict[str, Callable[[], Said]]:
    def date() -> Said:
        year = chance.randint(1890, 2027)
        french, english = chance.choice(_MONTHS)
        day = chance.randint(2, 30)
        return chance.choice(
            [
                (f"en {year}", f"in {year}"),
                (f"en {french} {year}", f"in {english} {year}"),
                (f"le {day} {french} {year}", f"on {day} {english} {year}"),
            ]
        )

    def period() -> Said:
        first = chance.randint(1850, 2022)
        last = first + chance.randint(1, 12)
        return f"de {first} à {last}", f"from {first} to {last}"

    def duration() -> Said:
        french, english = chance.choice(_YEARS)
        return f"{french} ans", f"{english} years"

    def places() -> Said:
        *some, last = chance.sample(communes, chance.randint(1, 3))
        first = ", ".join(some)
        return (f"{first} et {last}", f"{first} and {last}") if some else (last, last)

    def body() -> Said:
        commune = chance.choice(communes)
        named = chance.choice(bodies)
        return chance.choice([(f"la ville de {commune}", f"the town of {commune}"), (named, named)])

    def share() -> Said:
        number = chance.randint(5, 95)
        return f"{number} %", f"{number}%"

    def surface() -> Said:
        return (f"{chance.randint(2, 900)} hectares",) * 2

    def same(values: Sequence[str]) -> Callable[[], Said]:
        return lambda: (chance.choice(values),) * 2

    return {
        "amount": lambda: _amount(chance),
        "share": share,
        "date": date,
        "period": period,
        "duration": duration,
        "body": body,
        "count": lambda: _number(round(10 ** chance.uniform(0.5, 4))),
        "surface": surface,
        "places": places,
        "programme": same(_PROGRAMMES),
        "before": lambda: chance.choice(_BEFORE),
        "purpose": same(_PURPOSES),
    }


def _amount(chance: random.Random) -> Said:
    amount = 10 ** chance.uniform(4, 8.5)
    if amount < 1e6 or chance.random() < 0.3:
        french, english = _number(round(amount))
        return f"{french} euros", f"€{english}"
    millions = f"{amount / 1e6:.1f}".removesuffix(".0")
    french = millions.replace(".", ",")
    unit = "million" if amount < 2e6 else "millions"
    return f"{french} {unit} d’euros", f"€{millions} million"


def _number(number: int) -> Said:
    english = f"{number:,}"
    return english.replace(",", " "), english
