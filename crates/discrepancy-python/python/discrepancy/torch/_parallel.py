"""Softmax cross entropy over columns that are divided among processes."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as distributed
from torch import Tensor

from .._errors import DiscrepancyError
from .._states import RowStates


def first_column(columns: int, group: Any) -> tuple[int, int]:
    """Where the columns of this process begin, and how many there are in all."""
    size, rank = distributed.get_world_size(group), distributed.get_rank(group)
    counts = torch.zeros(size, dtype=torch.int64)
    counts[rank] = columns
    distributed.all_reduce(counts, group=group)
    return int(counts[:rank].sum()), int(counts.sum())


def check_labels(target: Tensor, kept: Tensor, classes: int) -> None:
    wrong = kept & ((target < 0) | (target >= classes))
    if wrong.any():
        index = int(wrong.flatten().nonzero()[0])
        value, function = int(target.flatten()[index]), "vocab_parallel_cross_entropy"
        allowed = f"labels from 0 to {classes - 1}"
        message = f"{function}: target[{index}] is {value}; allowed: {allowed}"
        raise DiscrepancyError(message, ("Domain", function, "target", index), value, allowed)


class VocabParallel(torch.autograd.Function):
    """The value of each row; the gradient needs no further message."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, target: Tensor, group: Any, ignore_index: int) -> Tensor:
        first, classes = first_column(logits.shape[-1], group)
        kept = target != ignore_index
        check_labels(target, kept, classes)
        z = logits.detach().double()
        most = z.amax(-1) if z.shape[-1] else z.new_full(z.shape[:-1], -torch.inf)
        distributed.all_reduce(most, distributed.ReduceOp.MAX, group=group)
        # The largest terms are counted, the smaller ones summed: of a confident row the sum of the others is all that
        # tells its value from 0.
        terms = (z - most.unsqueeze(-1)).exp()
        largest = terms == 1.0
        local = target - first
        mine = kept & (local >= 0) & (local < z.shape[-1])
        place = torch.where(mine, local, 0).unsqueeze(-1)
        if z.shape[-1]:
            score = torch.where(mine, z.gather(-1, place).squeeze(-1), 0.0)
        else:
            score = torch.zeros_like(most)
        parts = torch.stack([torch.where(largest, 0.0, terms).sum(-1), largest.sum(-1).double(), score])
        distributed.all_reduce(parts, group=group)
        others, count, score = parts
        rest = others + (count - 1.0)
        ctx.save_for_backward(terms, rest, score - most, mine, place, kept)
        ctx.dtype = logits.dtype
        value = torch.where(kept, torch.log1p(rest) + (most - score), 0.0)
        return value.to(logits.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        terms, rest, ahead, mine, place, kept = ctx.saved_tensors
        whole = 1.0 + rest
        slopes = terms / whole.unsqueeze(-1)
        if terms.shape[-1]:
            # That of the true class is minus the probability of all others, not its own less 1.
            without = torch.where(ahead == 0.0, rest, whole - ahead.exp())
            true = torch.where(mine, -without / whole, slopes.gather(-1, place).squeeze(-1))
            slopes = slopes.scatter(-1, place, true.unsqueeze(-1))
        upstream = torch.where(kept, grad.double(), 0.0)
        return (slopes * upstream.unsqueeze(-1)).to(ctx.dtype), None, None, None


class ExactVocabParallel(torch.autograd.Function):
    """The same by states of rows, which merge to the same bits however the classes are divided."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, target: Tensor, group: Any, ignore_index: int) -> Tensor:
        first, classes = first_column(logits.shape[-1], group)
        kept = target != ignore_index
        check_labels(target, kept, classes)
        scores, local = logits.detach()[kept], target[kept] - first
        local = torch.where((local >= 0) & (local < scores.shape[-1]), local, -1)
        mine = RowStates(len(local))
        mine.push(scores, local)
        parts: list[Any] = [None] * distributed.get_world_size(group)
        distributed.all_gather_object(parts, mine.to_bytes(), group=group)
        whole = RowStates(len(local))
        for part in parts:
            whole.merge(RowStates.from_bytes(part))
        slopes = torch.zeros_like(logits, memory_format=torch.contiguous_format)
        slopes[kept] = whole.gradient(scores, local)
        ctx.save_for_backward(slopes)
        values = torch.zeros(target.shape, dtype=torch.float64)
        values[kept] = torch.as_tensor(whole.value())
        return values.to(logits.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        (slopes,) = ctx.saved_tensors
        return slopes * grad.unsqueeze(-1), None, None, None


def vocab_parallel(
    logits: Tensor, target: Tensor, group: Any, ignore_index: int, reduction: str, exact: bool
) -> Tensor:
    way = ExactVocabParallel if exact else VocabParallel
    values: Tensor = way.apply(logits, target, group, ignore_index)
    if reduction == "none":
        return values
    total = values.double().sum()
    if reduction == "mean":
        total = total / (target != ignore_index).sum()
    return total.to(logits.dtype)
