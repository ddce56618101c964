"""Columns that speak Arrow's C data interface and nothing else; made by hand, so that no library is needed."""

from __future__ import annotations

import ctypes
from typing import Any

import discrepancy as dc
import numpy as np
import pytest


class Schema(ctypes.Structure):
    pass


class Chunk(ctypes.Structure):
    pass


class Stream(ctypes.Structure):
    pass


RELEASE_SCHEMA = ctypes.CFUNCTYPE(None, ctypes.POINTER(Schema))
RELEASE_CHUNK = ctypes.CFUNCTYPE(None, ctypes.POINTER(Chunk))
RELEASE_STREAM = ctypes.CFUNCTYPE(None, ctypes.POINTER(Stream))
GET_SCHEMA = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Schema))
GET_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.POINTER(Chunk))
ANY, NUMBER = ctypes.c_void_p, ctypes.c_int64

Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ANY),
    ("metadata", ANY),
    ("flags", NUMBER),
    ("n_children", NUMBER),
    ("children", ANY),
    ("dictionary", ANY),
    ("release", RELEASE_SCHEMA),
    ("private_data", ANY),
]
Chunk._fields_ = [
    ("length", NUMBER),
    ("null_count", NUMBER),
    ("offset", NUMBER),
    ("n_buffers", NUMBER),
    ("n_children", NUMBER),
    ("buffers", ctypes.POINTER(ANY)),
    ("children", ANY),
    ("dictionary", ANY),
    ("release", RELEASE_CHUNK),
    ("private_data", ANY),
]
Stream._fields_ = [
    ("get_schema", GET_SCHEMA),
    ("get_next", GET_NEXT),
    ("get_last_error", ANY),
    ("release", RELEASE_STREAM),
    ("private_data", ANY),
]

new_capsule = ctypes.pythonapi.PyCapsule_New
new_capsule.restype, new_capsule.argtypes = ctypes.py_object, [ANY, ctypes.c_char_p, ANY]


class Column:
    """NumPy arrays as chunks; counts what is released."""

    def __init__(self, *chunks: Any, format: bytes, bits: int | None = None, valid: Any = None, offset: int = 0) -> None:
        self.chunks, self.format, self.bits, self.valid, self.offset = chunks, format, bits, valid, offset
        self.released: list[str] = []
        self.keep: list[Any] = []

    def schema(self) -> Schema:
        def release(place: Any) -> None:
            self.released.append("schema")
            place.contents.release = RELEASE_SCHEMA()

        self.keep.append(RELEASE_SCHEMA(release))
        return Schema(format=self.format, release=self.keep[-1])

    def chunk(self, array: Any) -> Chunk:
        def release(place: Any) -> None:
            self.released.append("chunk")
            place.contents.release = RELEASE_CHUNK()

        self.keep.append(RELEASE_CHUNK(release))
        buffers = (ANY * 2)(self.valid.ctypes.data if self.valid is not None else None, array.ctypes.data)
        self.keep.append(buffers)
        length = (self.bits if self.bits is not None else len(array)) - self.offset
        nulls = 0 if self.valid is None else -1
        return Chunk(length, nulls, self.offset, 2, 0, buffers, None, None, self.keep[-2], None)

    def capsule(self, structure: Any, name: bytes) -> Any:
        self.keep.append((structure, name))
        return new_capsule(ctypes.addressof(structure), name, None)


class OneChunk(Column):
    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        chunk = self.chunk(self.chunks[0])
        return self.capsule(self.schema(), b"arrow_schema"), self.capsule(chunk, b"arrow_array")


class Chunked(Column):
    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        waiting = list(self.chunks)

        def get_schema(_: Any, place: Any) -> int:
            place[0] = self.schema()
            return 0

        def get_next(_: Any, place: Any) -> int:
            place[0] = self.chunk(waiting.pop(0)) if waiting else Chunk()
            return 0

        def release(place: Any) -> None:
            self.released.append("stream")
            place.contents.release = RELEASE_STREAM()

        functions = (GET_SCHEMA(get_schema), GET_NEXT(get_next), RELEASE_STREAM(release))
        self.keep.append(functions)
        return self.capsule(Stream(functions[0], functions[1], None, functions[2], None), b"arrow_array_stream")


FORMATS = [(b"g", "f8"), (b"f", "f4"), (b"e", "f2"), (b"c", "i1"), (b"s", "i2"), (b"i", "i4"), (b"l", "i8")]
FORMATS += [(b"C", "u1"), (b"S", "u2"), (b"I", "u4"), (b"L", "u8")]


@pytest.mark.parametrize("format, dtype", FORMATS)
def test_columns_are_read(format: bytes, dtype: str) -> None:
    numbers, target = np.arange(9).astype(dtype), np.zeros(9, dtype)
    expected = dc.losses.squared(numbers, target, reduction="none")
    column = OneChunk(numbers, format=format)
    found = dc.losses.squared(column, target, reduction="none")
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == expected.dtype and sorted(column.released) == ["chunk", "schema"]
    later = OneChunk(numbers, format=format, offset=4)
    np.testing.assert_array_equal(dc.losses.squared(later, target[4:], reduction="none"), expected[4:])
    chunked = Chunked(numbers[:2].copy(), numbers[2:].copy(), format=format)
    np.testing.assert_array_equal(dc.losses.squared(chunked, target, reduction="none"), expected)
    assert sorted(chunked.released) == ["chunk", "chunk", "schema", "stream"]
    assert dc.losses.squared(Chunked(format=format), target[:0], reduction="sum") == 0.0


def test_booleans_are_bits() -> None:
    truth = np.array([1, 0, 1, 1, 0, 0, 1, 0, 1, 1], bool)
    column = OneChunk(np.packbits(truth, bitorder="little"), format=b"b", bits=10, offset=1)
    assert dc.losses.brier([0.5] * 9, column) == 0.25
    np.testing.assert_array_equal(dc.losses.squared(column, np.zeros(9), reduction="none"), truth[1:])


def test_nulls_are_errors_with_their_index() -> None:
    valid = np.packbits(np.array([1, 1, 1, 0, 1], bool), bitorder="little")
    column = OneChunk(np.ones(5), format=b"g", valid=valid)
    with pytest.raises(dc.DiscrepancyError, match="null") as caught:
        dc.losses.squared(column, np.ones(5))
    assert (caught.value.argument, caught.value.index) == ("prediction", 3)
    assert sorted(column.released) == ["chunk", "schema"]
    with pytest.raises(dc.DiscrepancyTypeError, match="format u"):
        dc.losses.squared(OneChunk(np.ones(5), format=b"u"), np.ones(5))

