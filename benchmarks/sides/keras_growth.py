"""Train the same MLP by `keras.Model.fit` for an epoch, again and again, while one thing grows.

python keras_growth.py (images|hidden|batch)
"""

import keras
from common import Watch, mnist, options, tell
from growing import EPOCHS, trials


def main(what: str, most: int) -> None:
    (x_train, y_train), _ = mnist()
    x_train = (x_train / 255.0).astype("float32")
    seconds = {}
    for x, settings in trials(what, most):
        count = settings["images"]
        with Watch() as training:
            model = keras.Sequential(
                [
                    keras.Input((28, 28)),
                    keras.layers.Flatten(),
                    keras.layers.Dense(settings["hidden"], activation="relu"),
                    keras.layers.Dense(10, activation="softmax"),
                ]
            )
            model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
            model.fit(
                x_train[:count],
                y_train[:count],
                batch_size=settings["batch"],
                epochs=EPOCHS,
                verbose=0,
            )
        seconds[str(x)] = training.seconds
    tell(**seconds)


if __name__ == "__main__":
    chosen = options("what")
    main(chosen.what, chosen.images)
