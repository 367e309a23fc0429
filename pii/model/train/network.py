"""The tagger in PyTorch: summed features, then gated convolutions over the words of a message."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from pii.model import features, labels


@dataclass(frozen=True)
class Shape:
    """Sizes of the tagger."""

    pieces: int = 64
    width: int = 128
    dilations: tuple[int, ...] = (1, 2, 4, 1)
    dropout: float = 0.15


class Layer(nn.Module):
    """Normalise, look at both neighbours, pass on what the gate lets through."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, 2 * width, 3, padding=dilation, dilation=dilation)
        self.drop = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the words with what their neighbours add; `mask` is 0 where there is no word."""
        seen = (self.norm(x) * mask).transpose(1, 2)
        return x + self.drop(functional.glu(self.conv(seen).transpose(1, 2), dim=2))


class Tagger(nn.Module):
    """Buckets and vector rows of words to scores of labels."""

    def __init__(self, vectors: torch.Tensor, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = nn.Parameter(torch.randn(features.BUCKETS, shape.pieces) * 0.1)
        self.register_buffer("vectors", vectors)
        self.join = nn.Linear(shape.pieces + vectors.shape[1], shape.width)
        self.layers = nn.ModuleList(Layer(shape.width, d, shape.dropout) for d in shape.dilations)
        self.norm = nn.LayerNorm(shape.width)
        self.out = nn.Linear(shape.width, len(labels.LABELS))
        self.drop = nn.Dropout(shape.dropout)

    def forward(self, buckets: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Return label scores for [messages, words]."""
        size = buckets.shape
        spelt = functional.embedding_bag(buckets.reshape(-1, size[-1]), self.pieces, mode="sum", padding_idx=0)
        mask = (buckets[..., :1] != 0).to(spelt.dtype)
        known = self.vectors[rows]
        x = self.join(self.drop(torch.cat([spelt.reshape(*size[:-1], -1), known], dim=-1)))
        for layer in self.layers:
            x = layer(x, mask)
        scores: torch.Tensor = self.out(self.norm(x))
        return scores
