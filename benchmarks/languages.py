"""How much closer do far questions come to English passages than to French ones that say the same?

    python -m benchmarks.languages

Puts questions about anything else, in seven languages, to the project's sheets, each of which
exists in both. For each language of question it prints the mean lift of the best passage in either
language, without the offset of `assistant.retrieval.BACKGROUNDS`, then their mean difference, which
is that offset.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from assistant.bootstrap import update_index
from assistant.encoder import load_encoder
from assistant.index import open_index
from assistant.retrieval import BACKGROUNDS, background_texts
from assistant.settings import Settings
from benchmarks.collection import progress

FAR = {
    "fr": ["Quelle est la capitale du Japon ?", "Qui a écrit Germinal ?", "Comment cuire le riz ?",
           "Quel temps fait-il demain ?", "Qui a gagné la coupe du monde ?"],
    "en": ["What is the capital of Japan?", "Who wrote Germinal?", "How do I cook rice?",
           "What is the weather tomorrow?", "Who won the world cup?"],
    "de": ["Was ist die Hauptstadt von Japan?", "Wer hat Germinal geschrieben?",
           "Wie kocht man Reis?", "Wie wird das Wetter morgen?", "Wer hat die WM gewonnen?"],
    "nl": ["Wat is de hoofdstad van Japan?", "Wie schreef Germinal?", "Hoe kook ik rijst?",
           "Wat voor weer wordt het morgen?", "Wie won het wereldkampioenschap?"],
    "pl": ["Jaka jest stolica Japonii?", "Kto napisał Germinal?", "Jak ugotować ryż?",
           "Jaka będzie jutro pogoda?", "Kto wygrał mistrzostwa świata?"],
    "es": ["¿Cuál es la capital de Japón?", "¿Quién escribió Germinal?",
           "¿Cómo se cocina el arroz?", "¿Qué tiempo hará mañana?", "¿Quién ganó el mundial?"],
    "it": ["Qual è la capitale del Giappone?", "Chi ha scritto Germinal?",
           "Come si cuoce il riso?", "Che tempo farà domani?", "Chi ha vinto i mondiali?"],
}  # fmt: skip


def main() -> None:
    """Measures and prints."""
    encoder = load_encoder(Settings().encoder)
    corpus = Path(__file__).parent.parent / "corpus"
    with tempfile.TemporaryDirectory() as place:
        settings = Settings(corpus=corpus, index_folder=Path(place))
        update_index(settings, progress("passages"))
        index = open_index(settings.index_folder)
    sheets = np.array(
        [bool(index.documents[passage.document_id].references) for passage in index.passages]
    )
    vectors = index.vectors.all()
    means = {
        language: encoder.encode_passages(background_texts(language), lambda _: None).mean(0)
        for language in BACKGROUNDS
    }
    differences = []
    for language, questions in FAR.items():
        queries = np.stack([encoder.encode_query(question) for question in questions])
        lifts = {
            version: float(
                np.mean(
                    (queries @ vectors[sheets & (index.languages == version)].T).max(axis=1)
                    - queries @ mean
                )
            )
            for version, mean in means.items()
        }
        differences.append(lifts["en"] - lifts["fr"])
        print(f"{language}: French passages {lifts['fr']:.3f}, English {lifts['en']:.3f}")
    print(f"English less French: {np.mean(differences):.3f}")


if __name__ == "__main__":
    main()
