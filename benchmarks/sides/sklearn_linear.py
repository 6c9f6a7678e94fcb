"""The logistic regressions of the source notebook in scikit-learn.

    python sklearn_linear.py (neuron|ovr)

`neuron` tells 1 from 8 and learns from the first 10,000 of them; `ovr` has one regression a digit and
learns from the first 50,000 images. Both are measured on the official test images, as the zoo is.
"""

import numpy as np
from common import Watch, mnist, options, tell


def main(name: str, images: int) -> None:
    with Watch() as importing:
        from sklearn.linear_model import LogisticRegression
        from sklearn.multiclass import OneVsRestClassifier
    (x_train, y_train), (x_test, y_test) = mnist(images)
    x_train, x_test = x_train.reshape(-1, 784) / 255.0, x_test.reshape(-1, 784) / 255.0
    if name == "neuron":
        chosen, chosen_test = np.isin(y_train, (1, 8)), np.isin(y_test, (1, 8))
        x_train, y_train = x_train[chosen][:10_000], y_train[chosen][:10_000]
        x_test, y_test = x_test[chosen_test], y_test[chosen_test]
        model = LogisticRegression(C=0.001)
    else:
        x_train, y_train = x_train[:50_000], y_train[:50_000]
        model = OneVsRestClassifier(LogisticRegression(C=0.001))
    with Watch() as training:
        model.fit(x_train, y_train)
    accuracy = model.score(x_test, y_test)
    tell(seconds=training.seconds, import_seconds=importing.seconds, accuracy=accuracy)


if __name__ == "__main__":
    chosen = options("name")
    main(chosen.name, chosen.images)
