"""On the real digits, with the published network computed by hand."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from zoo.data.npz import read_npz
from zoo.imaging import read_image, shift, to_mnist_form

pytestmark = pytest.mark.mnist

Network = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def digits(mirror: Path) -> tuple[np.ndarray, np.ndarray]:
    arrays = read_npz((mirror / "mnist.npz").read_bytes(), thing="mnist.npz")
    return arrays["x_test"], arrays["y_test"]


@pytest.fixture(scope="module")
def network(mirror: Path) -> Network:
    found: dict[str, np.ndarray] = {}
    with h5py.File(mirror / "mlp_model.h5") as file:
        file["model_weights"].visititems(
            lambda name, item: (
                found.__setitem__("/".join(name.split("/")[-2:]), item[...])
                if isinstance(item, h5py.Dataset)
                else None
            )
        )
    names = ("hidden_layer/kernel", "hidden_layer/bias", "output_layer/kernel", "output_layer/bias")
    return found[names[0]], found[names[1]], found[names[2]], found[names[3]]


def read(network: Network, images: np.ndarray) -> np.ndarray:
    """Relu between two dense layers; softmax does not change which is largest."""
    kernel, bias, last_kernel, last_bias = network
    hidden = np.maximum(images.reshape(len(images), -1) @ kernel + bias, 0)
    return (hidden @ last_kernel + last_bias).argmax(axis=1)


def test_moved_up_with_zero_fill_the_published_accuracies_come_out(
    digits: tuple[np.ndarray, np.ndarray], network: Network
) -> None:
    images, labels = digits
    accuracy = [
        round(100 * float((read(network, shift(images, -up)) == labels).mean()), 2) for up in range(5)
    ]
    assert accuracy == [96.95, 93.61, 77.31, 43.31, 18.69]


def test_half_size_in_a_corner_black_on_white_is_read_as_before(
    digits: tuple[np.ndarray, np.ndarray], network: Network, tmp_path: Path
) -> None:
    images = digits[0][:500].astype(np.float32) / np.float32(255)
    half = images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    found = []
    for small in half:
        sheet = np.ones((28, 28), np.float32)
        sheet[13:27, 2:16] -= small
        path = tmp_path / "sheet.png"
        Image.fromarray(np.rint(sheet * 255).astype(np.uint8)).save(path)
        found.append(read_image(path))
    assert (read(network, np.stack(found)) == read(network, images)).mean() >= 0.95


def test_large_photos_of_digits_are_read_as_before(
    digits: tuple[np.ndarray, np.ndarray], network: Network, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    found = []
    for digit in digits[0][:40]:
        large = Image.fromarray(digit).resize((140, 140), Image.Resampling.BICUBIC)
        ink = (np.asarray(large) / 255 * 4 - 1.6).clip(0, 1)
        height, width = 300, 400
        top, left = random.integers(0, height - 140), random.integers(0, width - 140)
        light = 0.85 - 0.4 * np.indices((height, width))[1] / width
        light[top : top + 140, left : left + 140] *= 1 - 0.7 * ink
        photo = (light + random.normal(0, 0.03, light.shape)).clip(0, 1) * 255
        path = tmp_path / "photo.jpg"
        Image.fromarray(photo.astype(np.uint8)).convert("RGB").save(path, quality=80)
        found.append(read_image(path))
    as_before = read(network, np.stack(found)) == read(network, digits[0][:40] / np.float32(255))
    assert as_before.mean() >= 0.95


def test_digits_in_mnist_form_stay_where_and_what_they_are(
    digits: tuple[np.ndarray, np.ndarray],
) -> None:
    images = digits[0][:1000] / np.float32(255)
    formed = np.stack([to_mnist_form(image) for image in images])
    same = np.abs(formed - images).max(axis=(1, 2)) <= 0.021
    assert same.mean() >= 0.98
