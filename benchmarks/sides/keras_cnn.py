"""The two CNNs of the source notebooks in plain Keras; one epoch is trained, and the others reckoned.

    python keras_cnn.py (default|lesson)

An epoch takes half a minute and each is like the one before, so only the first is trained. The time of
all is what Keras needs before and in the first step (it builds its graph there), and as many times the
rest as there are epochs. The accuracy after one epoch is told apart from that of the whole recipe,
which is the notebook's own.
"""

import time

from common import Watch, mnist, options, tell

RECIPES = {"default": {"batch": 128, "epochs": 5}, "lesson": {"batch": 200, "epochs": 10}}


def build(keras, name):
    layers = keras.layers
    head = {
        "default": [layers.Flatten(), layers.Dense(64, activation="relu")],
        "lesson": [layers.Dropout(0.2), layers.Flatten()],
    }
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            *head[name],
            layers.Dense(10, activation="softmax"),
        ]
    )


def main(name: str, images: int) -> None:
    with Watch() as importing:
        import keras

    class FirstStep(keras.callbacks.Callback):
        """Notes when the first step is done."""

        done = 0.0

        def on_train_batch_end(self, batch, logs=None):  # noqa: ARG002  Keras passes it by name
            if batch == 0:
                self.done = time.perf_counter()

    (x_train, y_train), (x_test, y_test) = mnist(images)
    x_train, x_test = x_train[..., None] / 255.0, x_test[..., None] / 255.0
    keras.utils.set_random_seed(0)
    batch, epochs = RECIPES[name]["batch"], RECIPES[name]["epochs"]
    first = FirstStep()
    with Watch() as training:
        model = build(keras, name)
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(
            x_train,
            y_train,
            epochs=1,
            batch_size=batch,
            validation_split=0.1,
            callbacks=[first],
            verbose=0,
        )
    epoch = training.started + training.seconds - first.done
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    tell(
        seconds=training.seconds + (epochs - 1) * epoch,
        reckoned_seconds=(epochs - 1) * epoch,
        import_seconds=importing.seconds,
        accuracy_after_one_epoch=accuracy,
    )


if __name__ == "__main__":
    chosen = options("name")
    main(chosen.name, chosen.images)
