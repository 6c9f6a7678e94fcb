"""A network in NumPy the way lessons write it: an image at a time, lists of arrays, float64.

784-100-10 sigmoid units, squared error, stochastic gradient descent with mini-batches of 10 at a
learning rate of 3: one epoch.
"""

import itertools
import random

import numpy as np
from common import Watch, mnist, options, tell


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_slope(z):
    return sigmoid(z) * (1 - sigmoid(z))


class Network:
    def __init__(self, sizes):
        self.weights = [np.random.randn(n, m) for m, n in itertools.pairwise(sizes)]
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]

    def predict(self, x):
        a = x
        for w, b in zip(self.weights, self.biases, strict=True):
            a = sigmoid(w @ a + b)
        return a

    def backpropagate(self, x, y):
        """Return the gradients of one image: a list of arrays for the weights, one for the biases."""
        sums, activations = [], [x]
        for w, b in zip(self.weights, self.biases, strict=True):
            sums.append(w @ activations[-1] + b)
            activations.append(sigmoid(sums[-1]))
        weight_slopes = [np.zeros(w.shape) for w in self.weights]
        bias_slopes = [np.zeros(b.shape) for b in self.biases]
        delta = (activations[-1] - y) * sigmoid_slope(sums[-1])
        for layer in reversed(range(len(self.weights))):
            weight_slopes[layer] = delta @ activations[layer].T
            bias_slopes[layer] = delta
            if layer > 0:
                delta = (self.weights[layer].T @ delta) * sigmoid_slope(sums[layer - 1])
        return weight_slopes, bias_slopes

    def learn(self, batch, rate):
        """Take one step on a mini-batch: the gradients of its images, summed up one by one."""
        weight_sums = [np.zeros(w.shape) for w in self.weights]
        bias_sums = [np.zeros(b.shape) for b in self.biases]
        for x, y in batch:
            weight_slopes, bias_slopes = self.backpropagate(x, y)
            weight_sums = [s + d for s, d in zip(weight_sums, weight_slopes, strict=True)]
            bias_sums = [s + d for s, d in zip(bias_sums, bias_slopes, strict=True)]
        step = rate / len(batch)
        self.weights = [w - step * s for w, s in zip(self.weights, weight_sums, strict=True)]
        self.biases = [b - step * s for b, s in zip(self.biases, bias_sums, strict=True)]

    def train(self, data, epochs, batch_size, rate):
        for _ in range(epochs):
            random.shuffle(data)
            for start in range(0, len(data), batch_size):
                self.learn(data[start : start + batch_size], rate)


def one_hot(label):
    column = np.zeros((10, 1))
    column[label] = 1.0
    return column


def main(images: int) -> None:
    (x_train, y_train), (x_test, y_test) = mnist(images)
    random.seed(0)
    np.random.seed(0)
    data = [(x.reshape(784, 1) / 255.0, one_hot(y)) for x, y in zip(x_train, y_train, strict=True)]
    network = Network([784, 100, 10])
    with Watch() as training:
        network.train(data, epochs=1, batch_size=10, rate=3.0)
    answers = [int(np.argmax(network.predict(x.reshape(784, 1) / 255.0))) for x in x_test]
    accuracy = sum(int(a == y) for a, y in zip(answers, y_test, strict=True)) / len(y_test)
    tell(seconds=training.seconds, accuracy=accuracy)


if __name__ == "__main__":
    main(options().images)
