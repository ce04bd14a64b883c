"""The fast fit: a nested Laplace approximation in NumPy, of the same models on the same counts as NUTS samples.

Rue, Martino and Chopin (2009), "Approximate Bayesian inference for latent Gaussian models by using integrated nested
Laplace approximations", Journal of the Royal Statistical Society B 71(2). Given the spreads, the effects are nearly
normal around their mode; the spreads themselves are integrated over by importance sampling.
"""

from forecast.laplace.approximation import Approximation, approximate
from forecast.laplace.design import Design, Spread, Term, walk_basis, zero_sum_basis
from forecast.laplace.frame import Frame, frame
from forecast.laplace.likelihood import binomial, negative_binomial

__all__ = [
    "Approximation",
    "Design",
    "Frame",
    "Spread",
    "Term",
    "approximate",
    "binomial",
    "frame",
    "negative_binomial",
    "walk_basis",
    "zero_sum_basis",
]
