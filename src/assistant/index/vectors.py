"""Vectors and the search over them: the one place that imports faiss."""

from __future__ import annotations

import faiss
import numpy as np
import numpy.typing as npt

from assistant.settings import IndexSettings

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


class VectorIndex:
    """Unit vectors, searched by cosine; row i belongs to passage i."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def build(cls, vectors: FloatArray, settings: IndexSettings) -> VectorIndex:
        """Makes an exact index, or a graph from `settings.graph_from` vectors on.

        The graph is HNSW (Malkov and Yashunin, 2018, https://arxiv.org/abs/1603.09320).

        Args:
            vectors: unit vectors, shape (n_passages, dimension).
            settings: when a graph is made, and how.
        """
        dimension = vectors.shape[1]
        index: faiss.Index = faiss.IndexFlatIP(dimension)
        if len(vectors) >= settings.graph_from:
            graph = faiss.IndexHNSWFlat(
                dimension, settings.graph_neighbours, faiss.METRIC_INNER_PRODUCT
            )
            graph.hnsw.efConstruction = settings.graph_effort_build
            graph.hnsw.efSearch = settings.graph_effort_search
            index = graph
        index.add(vectors)
        return cls(index)

    def nearest(self, vector: FloatArray, k: int) -> IntArray:
        """Returns the rows nearest to a unit vector of shape (dimension,), best first."""
        # One query is never shared among threads, but waits for those that have nothing to do. The
        # number counts for the thread that sets it alone.
        faiss.omp_set_num_threads(1)
        _, found = self._index.search(vector[None, :], min(k, len(self)))
        # FAISS pads with -1 what it cannot find, and passages[-1] would be a real passage.
        rows: IntArray = found[0][found[0] >= 0]
        return rows

    def cosines(self, vector: FloatArray, rows: IntArray) -> FloatArray:
        """Returns the cosine of a unit vector with the vectors at `rows`, same shape as `rows`."""
        vectors: FloatArray = self._index.reconstruct_batch(rows)
        return vectors @ vector

    def all(self) -> FloatArray:
        """Returns every vector, shape (n_passages, dimension)."""
        vectors: FloatArray = self._index.reconstruct_n(0, len(self))
        return vectors

    def to_bytes(self) -> bytes:
        """Returns the index in FAISS's own file format."""
        data: bytes = faiss.serialize_index(self._index).tobytes()
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorIndex:
        """Reads what `to_bytes` returned."""
        return cls(faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)))
