# Made by generate.py from the catalogue; do not edit.
from typing import Any, Literal

from ._measures import PointwiseLoss
from ._types import Array, ArrayLike, Nan, Out, Reduction

__all__ = [
    "Absolute",
    "BinaryCrossEntropy",
    "BinaryCrossEntropyWithLogits",
    "Brier",
    "BrierWithLogits",
    "EpsilonInsensitive",
    "Expectile",
    "Exponential",
    "Fair",
    "Focal",
    "FocalFromProbabilities",
    "Gamma",
    "GammaDeviance",
    "Hinge",
    "HingeEmbedding",
    "Huber",
    "LogCosh",
    "Logistic",
    "ModifiedHuber",
    "Perceptron",
    "Poisson",
    "PoissonDeviance",
    "PoissonFromMeans",
    "PseudoHuber",
    "Quantile",
    "SmoothL1",
    "SmoothedHinge",
    "Squared",
    "SquaredEpsilonInsensitive",
    "SquaredHinge",
    "SquaredLogError",
    "TukeyBiweight",
    "Tweedie",
    "TweedieDeviance",
    "ZeroOne",
    "absolute",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "brier",
    "brier_with_logits",
    "epsilon_insensitive",
    "expectile",
    "exponential",
    "fair",
    "focal",
    "focal_from_probabilities",
    "gamma",
    "gamma_deviance",
    "hinge",
    "hinge_embedding",
    "huber",
    "log_cosh",
    "logistic",
    "modified_huber",
    "perceptron",
    "poisson",
    "poisson_deviance",
    "poisson_from_means",
    "pseudo_huber",
    "quantile",
    "smooth_l1",
    "smoothed_hinge",
    "squared",
    "squared_epsilon_insensitive",
    "squared_hinge",
    "squared_log_error",
    "tukey_biweight",
    "tweedie",
    "tweedie_deviance",
    "zero_one",
]

def zero_one(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    threshold: float = 0.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def binary_cross_entropy(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    base: float | Literal["e"] = "e",
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def binary_cross_entropy_with_logits(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    pos_weight: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def focal(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def focal_from_probabilities(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    alpha: float | None = 0.25,
    gamma: float = 2.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def brier(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def brier_with_logits(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def hinge(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def squared_hinge(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def smoothed_hinge(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    gamma: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def modified_huber(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def perceptron(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def hinge_embedding(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def exponential(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    beta: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def logistic(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    base: float | Literal["e"] = 2.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def squared(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    half: bool = False,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def absolute(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def huber(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def smooth_l1(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    beta: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def pseudo_huber(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    delta: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def log_cosh(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def fair(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    scale: float = 1.0,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def tukey_biweight(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    scale: float = 4.685,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def quantile(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    level: float = 0.5,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def expectile(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    level: float = 0.5,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def epsilon_insensitive(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    epsilon: float = 0.1,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def squared_epsilon_insensitive(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    epsilon: float = 0.1,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def squared_log_error(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def poisson(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def poisson_from_means(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def gamma(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def tweedie(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    power: float = 1.5,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def poisson_deviance(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    half: bool = False,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def gamma_deviance(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    half: bool = False,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
def tweedie_deviance(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    power: float = 1.5,
    half: bool = False,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    return_gradient: bool = False,
    nan: Nan = "error",
    out: Out = None,
) -> Any: ...
class ZeroOne(PointwiseLoss):
    def __init__(self, *, threshold: float = 0.0) -> None: ...
class BinaryCrossEntropy(PointwiseLoss):
    def __init__(self, *, base: float | Literal["e"] = "e") -> None: ...
class BinaryCrossEntropyWithLogits(PointwiseLoss):
    def __init__(self, *, pos_weight: float = 1.0) -> None: ...
class Focal(PointwiseLoss):
    def __init__(self, *, alpha: float | None = 0.25, gamma: float = 2.0) -> None: ...
class FocalFromProbabilities(PointwiseLoss):
    def __init__(self, *, alpha: float | None = 0.25, gamma: float = 2.0) -> None: ...
class Brier(PointwiseLoss):
    def __init__(self) -> None: ...
class BrierWithLogits(PointwiseLoss):
    def __init__(self) -> None: ...
class Hinge(PointwiseLoss):
    def __init__(self, *, margin: float = 1.0) -> None: ...
class SquaredHinge(PointwiseLoss):
    def __init__(self, *, margin: float = 1.0) -> None: ...
class SmoothedHinge(PointwiseLoss):
    def __init__(self, *, gamma: float = 1.0) -> None: ...
class ModifiedHuber(PointwiseLoss):
    def __init__(self) -> None: ...
class Perceptron(PointwiseLoss):
    def __init__(self) -> None: ...
class HingeEmbedding(PointwiseLoss):
    def __init__(self, *, margin: float = 1.0) -> None: ...
class Exponential(PointwiseLoss):
    def __init__(self, *, beta: float = 1.0) -> None: ...
class Logistic(PointwiseLoss):
    def __init__(self, *, base: float | Literal["e"] = 2.0) -> None: ...
class Squared(PointwiseLoss):
    def __init__(self, *, half: bool = False) -> None: ...
class Absolute(PointwiseLoss):
    def __init__(self) -> None: ...
class Huber(PointwiseLoss):
    def __init__(self, *, delta: float = 1.0) -> None: ...
class SmoothL1(PointwiseLoss):
    def __init__(self, *, beta: float = 1.0) -> None: ...
class PseudoHuber(PointwiseLoss):
    def __init__(self, *, delta: float = 1.0) -> None: ...
class LogCosh(PointwiseLoss):
    def __init__(self) -> None: ...
class Fair(PointwiseLoss):
    def __init__(self, *, scale: float = 1.0) -> None: ...
class TukeyBiweight(PointwiseLoss):
    def __init__(self, *, scale: float = 4.685) -> None: ...
class Quantile(PointwiseLoss):
    def __init__(self, *, level: float = 0.5) -> None: ...
class Expectile(PointwiseLoss):
    def __init__(self, *, level: float = 0.5) -> None: ...
class EpsilonInsensitive(PointwiseLoss):
    def __init__(self, *, epsilon: float = 0.1) -> None: ...
class SquaredEpsilonInsensitive(PointwiseLoss):
    def __init__(self, *, epsilon: float = 0.1) -> None: ...
class SquaredLogError(PointwiseLoss):
    def __init__(self) -> None: ...
class Poisson(PointwiseLoss):
    def __init__(self) -> None: ...
class PoissonFromMeans(PointwiseLoss):
    def __init__(self) -> None: ...
class Gamma(PointwiseLoss):
    def __init__(self) -> None: ...
class Tweedie(PointwiseLoss):
    def __init__(self, *, power: float = 1.5) -> None: ...
class PoissonDeviance(PointwiseLoss):
    def __init__(self, *, half: bool = False) -> None: ...
class GammaDeviance(PointwiseLoss):
    def __init__(self, *, half: bool = False) -> None: ...
class TweedieDeviance(PointwiseLoss):
    def __init__(self, *, power: float = 1.5, half: bool = False) -> None: ...
