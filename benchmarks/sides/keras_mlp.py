"""The MLP of the source notebook in plain Keras: 64 relu units, Adam, batch 32, 5 epochs."""

from common import Watch, mnist, options, tell


def main(images: int) -> None:
    with Watch() as importing:
        import keras
    (x_train, y_train), (x_test, y_test) = mnist(images)
    x_train, x_test = x_train / 255.0, x_test / 255.0
    keras.utils.set_random_seed(0)
    with Watch() as training:
        model = keras.Sequential(
            [
                keras.Input((28, 28)),
                keras.layers.Flatten(),
                keras.layers.Dense(64, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        model.fit(x_train, y_train, epochs=5, batch_size=32, validation_split=0.1, verbose=0)
    _, accuracy = model.evaluate(x_test, y_test, verbose=0)
    tell(seconds=training.seconds, import_seconds=importing.seconds, accuracy=accuracy)


if __name__ == "__main__":
    main(options().images)
