"""The loss modules of ``torch.nn``, under their names, computed by :mod:`discrepancy.torch.functional`.

Each is a subclass of PyTorch's module of that name: the same arguments, buffers, state and ``isinstance``.
"""

from __future__ import annotations

from typing import Any

import torch.nn as nn
from torch import Tensor

from . import functional as F


class CrossEntropyLoss(nn.CrossEntropyLoss):
    """See :func:`discrepancy.torch.functional.cross_entropy`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        options: dict[str, Any] = {"ignore_index": self.ignore_index, "label_smoothing": self.label_smoothing}
        return F.cross_entropy(input, target, self.weight, reduction=self.reduction, **options)


class LinearCrossEntropyLoss(nn.LinearCrossEntropyLoss):
    """See :func:`discrepancy.torch.functional.linear_cross_entropy`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        shape, bias = (self.num_classes, *self.out_features), self.linear.bias
        options: dict[str, Any] = {"ignore_index": self.ignore_index, "label_smoothing": self.label_smoothing}
        options |= {"weight": self.weight, "options": self.options}
        options["linear_bias"] = None if bias is None else bias.reshape(shape)
        linear_weight = self.linear.weight.reshape((*shape, self.linear.in_features))
        return F.linear_cross_entropy(input, linear_weight, target, reduction=self.reduction, **options)


class NLLLoss(nn.NLLLoss):
    """See :func:`discrepancy.torch.functional.nll_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class BCELoss(nn.BCELoss):
    """See :func:`discrepancy.torch.functional.binary_cross_entropy`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(nn.BCEWithLogitsLoss):
    """See :func:`discrepancy.torch.functional.binary_cross_entropy_with_logits`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, reduction=self.reduction, pos_weight=self.pos_weight
        )


class KLDivLoss(nn.KLDivLoss):
    """See :func:`discrepancy.torch.functional.kl_div`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)


class MSELoss(nn.MSELoss):
    """See :func:`discrepancy.torch.functional.mse_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(nn.L1Loss):
    """See :func:`discrepancy.torch.functional.l1_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(nn.SmoothL1Loss):
    """See :func:`discrepancy.torch.functional.smooth_l1_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(nn.HuberLoss):
    """See :func:`discrepancy.torch.functional.huber_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class SoftMarginLoss(nn.SoftMarginLoss):
    """See :func:`discrepancy.torch.functional.soft_margin_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class HingeEmbeddingLoss(nn.HingeEmbeddingLoss):
    """See :func:`discrepancy.torch.functional.hinge_embedding_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class MarginRankingLoss(nn.MarginRankingLoss):
    """See :func:`discrepancy.torch.functional.margin_ranking_loss`."""

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(nn.CosineEmbeddingLoss):
    """See :func:`discrepancy.torch.functional.cosine_embedding_loss`."""

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class TripletMarginLoss(nn.TripletMarginLoss):
    """See :func:`discrepancy.torch.functional.triplet_margin_loss`."""

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        options: dict[str, Any] = {"margin": self.margin, "p": self.p, "eps": self.eps, "swap": self.swap}
        return F.triplet_margin_loss(anchor, positive, negative, reduction=self.reduction, **options)


class TripletMarginWithDistanceLoss(nn.TripletMarginWithDistanceLoss):
    """See :func:`discrepancy.torch.functional.triplet_margin_with_distance_loss`."""

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        options: dict[str, Any] = {"margin": self.margin, "swap": self.swap, "reduction": self.reduction}
        options["distance_function"] = self.distance_function
        return F.triplet_margin_with_distance_loss(anchor, positive, negative, **options)


class MultiMarginLoss(nn.MultiMarginLoss):
    """See :func:`discrepancy.torch.functional.multi_margin_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        options: dict[str, Any] = {"p": self.p, "margin": self.margin, "weight": self.weight}
        return F.multi_margin_loss(input, target, reduction=self.reduction, **options)


class MultiLabelMarginLoss(nn.MultiLabelMarginLoss):
    """See :func:`discrepancy.torch.functional.multilabel_margin_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(nn.MultiLabelSoftMarginLoss):
    """See :func:`discrepancy.torch.functional.multilabel_soft_margin_loss`."""

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, self.weight, reduction=self.reduction)


class PoissonNLLLoss(nn.PoissonNLLLoss):
    """See :func:`discrepancy.torch.functional.poisson_nll_loss`."""

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        options: dict[str, Any] = {"log_input": self.log_input, "full": self.full, "eps": self.eps}
        return F.poisson_nll_loss(log_input, target, reduction=self.reduction, **options)


class GaussianNLLLoss(nn.GaussianNLLLoss):
    """See :func:`discrepancy.torch.functional.gaussian_nll_loss`."""

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


class CTCLoss(nn.CTCLoss):
    """See :func:`discrepancy.torch.functional.ctc_loss`."""

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        options: dict[str, Any] = {"reduction": self.reduction, "zero_infinity": self.zero_infinity}
        return F.ctc_loss(log_probs, targets, input_lengths, target_lengths, blank=self.blank, **options)
