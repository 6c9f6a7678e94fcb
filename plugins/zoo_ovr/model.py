"""The ten logistic regressions."""

from __future__ import annotations

from zoo import LinearModel


class OneVersusRest(LinearModel):
    r"""Ten neurons, each asked "is this my digit?", none of which knows of the others.

    For an image x of 784 pixels in [0, 1] and digit k::

        z_k = Σ_i x_i W_ik + b_k        a_k = 1 / (1 + e^(−z_k))        answer = argmax_k a_k

    W, b → ``output_layer/kernel``, ``output_layer/bias``. a_k is the probability that the image shows
    k and not one of the rest; the ten do not add up to 1 and can all be small.
    """
