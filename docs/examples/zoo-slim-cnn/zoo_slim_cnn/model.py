from zoo import KerasModel


class SlimCNN(KerasModel):
    def build(self):
        from keras import Input, Model, layers  # here: `zoo list` must not wait for Keras

        image = Input((28, 28), name="image")
        x = layers.Reshape((28, 28, 1), name="channel")(image)
        x = layers.Conv2D(16, 3, strides=2, activation="relu", name="conv1")(x)  # 13 × 13 × 16
        x = layers.Conv2D(32, 3, strides=2, activation="relu", name="conv2")(x)  # 6 × 6 × 32
        x = layers.Flatten(name="flatten")(x)
        return Model(image, layers.Dense(10, activation="softmax", name="output")(x))
