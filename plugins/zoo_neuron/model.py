"""The neuron."""

from __future__ import annotations

from zoo import LinearModel
from zoo_neuron import Hyperparameters


class Neuron(LinearModel):
    r"""A weighted sum of all pixels, bent to say yes or no: logistic regression.

    For an image x of 784 pixels in [0, 1]::

        z = Σ_i x_i w_i + b        a = f(z)        f(z) = 1 / (1 + e^(−z))

    w, b → ``neuron/kernel``, ``neuron/bias``; f → ``activation``. With the sigmoid, a is the
    probability of the digit ``second`` and 1 − a that of ``first``; with ``tanh`` a is in [−1, 1] and
    (1 + a) / 2 is the probability; ``linear`` answers z itself, trained towards 1 and 0 (least
    squares). Changing the digits over changes the sign of all weights and nothing else, but for
    ``linear``, whose 1 and 0 are not each other's opposites.
    """

    hyperparameters: Hyperparameters

    @property
    def activation(self) -> str:
        return self.hyperparameters.activation
