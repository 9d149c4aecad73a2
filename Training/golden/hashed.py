"""Tensors made of nothing but their names: the same numbers here and in Tests/NeuralNetTests/HashedWeights.swift.

A tensor's seed is the 32-bit FNV-1a hash of its name. Element i is the last step of MurmurHash3 (fmix32) applied to
seed + i * 0x9E3779B9, all modulo 2^32; its upper 24 bits, over 2^24, are u in [0, 1). From u, in single precision:

    two axes or more        (2u - 1) * sqrt(6 / fan-in)     keeps the size of activations through a ReLU (He et al.)
    *.running_var           u + 0.5
    *.running_mean, *.bias  (2u - 1) * 0.2
    *.weight of batch norm  0.5u + 0.25                     so that blocks add to the residual without drowning it
    input                   2u - 1
"""

import math

import numpy as np


def uniform(name: str, count: int) -> np.ndarray:
    """`count` numbers in [0, 1) for a name, as float32 without rounding."""
    seed = 0x811C9DC5
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x01000193) & 0xFFFFFFFF
    with np.errstate(over="ignore"):
        x = np.uint32(seed) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(13)
        x *= np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-24)


def tensor(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """The tensor of a name and shape."""
    u = uniform(name, math.prod(shape)).reshape(shape)
    signed = np.float32(2) * u - np.float32(1)
    if name == "input":
        return signed
    if len(shape) >= 2:
        return signed * np.float32(math.sqrt(6 / math.prod(shape[1:])))
    if name.endswith(".running_var"):
        return u + np.float32(0.5)
    if name.endswith((".running_mean", ".bias")):
        return signed * np.float32(0.2)
    return np.float32(0.5) * u + np.float32(0.25)
