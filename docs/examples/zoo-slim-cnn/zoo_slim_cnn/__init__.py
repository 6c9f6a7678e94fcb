"""A convolutional network that strides where the zoo's own pools."""

from zoo import ModelSpec, NoParameters, hookimpl


def shapes(_):
    found = {"conv1/kernel": (3, 3, 1, 16), "conv1/bias": (16,)}
    found |= {"conv2/kernel": (3, 3, 16, 32), "conv2/bias": (32,)}
    return found | {"output/kernel": (6 * 6 * 32, 10), "output/bias": (10,)}


@hookimpl
def zoo_models():
    spec = ModelSpec(
        name="slim-cnn",
        summary="two convolutions with strides, no pooling, no dense layer between",
        task="classification",
        factory="zoo_slim_cnn.model:SlimCNN",
        hyperparameters=NoParameters,
        shapes=shapes,
        datasets=("mnist", "digits"),
        default_views=("confusion", "learning-curve"),
        offers=("activations", "input-gradients"),
    )
    return [spec]
