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


class Layer(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Normalise, look at both neighbours, pass on what the gate lets through."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.dilation = dilation
        self.look = nn.Linear(3 * width, 2 * width)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return the words with what their neighbours add; `mask` is 0 where there is no word."""
        seen = self.norm(x) * mask
        wide = functional.pad(seen, (0, 0, self.dilation, self.dilation))
        size = seen.shape[1]
        sides = torch.cat([wide[:, :size], seen, wide[:, 2 * self.dilation :]], dim=2)
        return x + functional.glu(self.look(sides), dim=2)


class Tagger(nn.Module):  # type: ignore[misc]  # as above
    """Buckets and vector rows of words to scores of labels."""

    def __init__(self, vectors: torch.Tensor, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.pieces = nn.Parameter(torch.randn(features.BUCKETS, shape.pieces) * 0.1)
        self.register_buffer("vectors", vectors)
        self.join = nn.Linear(shape.pieces + vectors.shape[1], shape.width)
        self.layers = nn.ModuleList(Layer(shape.width, d) for d in shape.dilations)
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
        scores: torch.Tensor = self.out(self.drop(self.norm(x)))
        return scores
