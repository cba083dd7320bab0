"""Which sentences say what something is."""

from __future__ import annotations

import pytest

from assistant.abstention import judge
from assistant.definitions import defines
from assistant.evidence import gather
from assistant.index import Index
from assistant.question import Form, understand
from tests.small_indexes import index_of, ranking_of


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """One page about a programme that nothing defines."""
    text = "L’aide du programme LEADER à la halle de Bray est de 12 000 euros."
    return index_of(
        tmp_path_factory.mktemp("definitions"), {"leader": text}, titles={"leader": "La halle"}
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "LEADER est un programme européen.",
        "Le programme LEADER soutient des territoires et réunit des acteurs locaux.",
        "LEADER n’est ni un fonds ni une aide.",
        "Les liaisons entre actions de développement de l’économie rurale (LEADER) aident Bray.",
        "Selon la presse, LEADER constitue le volet rural de l’Europe.",
        "La halle est soutenue par LEADER, qui est un programme européen.",
        "Bray reçoit des aides telles que LEADER.",
        "LEADER is a European programme.",
        "LEADER brings together local partners.",
    ],
)
def test_sentences_that_define(index: Index, sentence: str) -> None:
    """The thing is the subject of what it is, is spelled out, or given as an example of it."""
    assert defines(index.terms("LEADER"), sentence, index)


@pytest.mark.parametrize(
    "sentence",
    [
        "Le bénéficiaire de l’aide de LEADER est la commune de Bray.",
        "LEADER est le plus grand de tous.",
        "L’aide de LEADER est de 12 000 euros.",
        "La halle est un marché couvert.",
        "The beneficiary of the aid of LEADER is the town of Bray.",
    ],
)
def test_sentences_that_do_not(index: Index, sentence: str) -> None:
    """Another thing is what is told of, or only how large it is."""
    assert not defines(index.terms("LEADER"), sentence, index)


def test_nothing_defines_it(index: Index) -> None:
    """An amount does not tell what something is: the sources do not say."""
    question = understand("C’est quoi LEADER ?", index)
    assert question.form is Form.DEFINITION
    found = gather(question, ranking_of(index), index)
    assert (len(found.evidence), len(found.lacking)) == (0, 1)
    assert judge(question, found, index, threshold=0.0).reason == "no_evidence"
