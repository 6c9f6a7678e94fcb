"""Rows 28 and 29: a wrong entry is refused alone, naming its key; nothing unsafe gets through."""

from __future__ import annotations

from pathlib import Path

import pytest

from zoo.registry import ArrayFact, parse_registry


def refused(url, got, expected="an https url"):
    return f"urls: {url}: refused: expected {expected}, got {got}; check the url"


def parse(data, *, base="https://example.org/r/registry.toml", user_named=False):
    return parse_registry(data, base=base, origin="here", user_named=user_named)


def test_right_entries(write, weights, dataset):
    parsed = parse(write(("weights", weights), ("dataset", dataset)))
    assert parsed.problems == []
    (entry,) = parsed.weights
    assert (entry.model, entry.preset, entry.dataset, entry.tag) == (
        "mlp",
        "default",
        "mnist",
        "upstream",
    )
    assert entry.default is True
    assert entry.published == {"accuracy": 0.97, "loss": 1.0}
    assert (entry.summary, entry.licence, entry.origin) == ("a summary", "MIT", "here")
    artifact = entry.artifact
    assert (artifact.file, artifact.size, artifact.limit) == ("mlp.h5", 1000, 1000)
    assert artifact.sha256 == weights["sha256"]
    assert artifact.urls == ("https://example.org/mlp.h5",)
    assert artifact.local is None
    assert artifact.user_named is False
    (digits,) = parsed.datasets
    assert (digits.name, digits.summary, digits.origin, digits.distribution) == (
        "mnist",
        "digits",
        "here",
        "",
    )
    assert digits.arrays["x_test"] == ArrayFact((2, 28, 28), weights["sha256"])
    npz, idx = digits.containers
    assert (npz.format, npz.files[0].array, npz.files[0].artifact.size) == ("npz", None, None)
    assert (npz.files[0].artifact.limit, npz.files[0].artifact.sha256) == (64 * 1024 * 1024, None)
    assert [file.array for file in idx.files] == ["x_train", "y_train", "x_test", "y_test"]


def test_a_hash_may_be_written_in_capitals(write, weights):
    parsed = parse(write(("weights", weights | {"sha256": weights["sha256"].upper()})))
    assert parsed.weights[0].artifact.sha256 == weights["sha256"]


def test_a_pinned_container_is_read_up_to_its_size(write, dataset, weights):
    dataset["container"][0]["file"][0] |= {"size": 77, "sha256": weights["sha256"]}
    artifact = parse(write(("dataset", dataset))).datasets[0].containers[0].files[0].artifact
    assert (artifact.size, artifact.limit, artifact.sha256) == (77, 77, weights["sha256"])


OTHER_TAG = "tag: expected another word than auto, download or train, which --weights knows"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"shaa": 1}, "object contains unknown field `shaa`"),
        ({"tag": "auto"}, f"{OTHER_TAG}, got auto"),
        ({"tag": "train"}, f"{OTHER_TAG}, got train"),
        ({"sha256": None}, "object missing required field `sha256`"),
        ({"sha256": "0" * 63}, f"sha256: expected 64 hex digits, got {'0' * 63}"),
        ({"sha256": "g" * 64}, f"sha256: expected 64 hex digits, got {'g' * 64}"),
        ({"sha256": 1}, "sha256: expected `str`, got `int`"),
        ({"size": 0}, "size: expected 1..1073741824 bytes, got 0"),
        ({"size": -5}, "size: expected 1..1073741824 bytes, got -5"),
        ({"size": 1 << 31}, "size: expected 1..1073741824 bytes, got 2147483648"),
        ({"size": 10**30}, f"size: expected 1..1073741824 bytes, got {10**30}"),
        ({"size": "1000"}, "size: expected `int`, got `str`"),
        ({"size": 1.5}, "size: expected `int`, got `float`"),
        ({"size": True}, "size: expected `int`, got `bool`"),
        ({"default": 1}, "default: expected `bool`, got `int`"),
        ({"model": "MLP"}, "model: expected a name, got MLP"),
        ({"model": "a/b/c"}, "model: expected a name, got a/b/c"),
        ({"model": "x" * 121}, f"model: expected a name, got {'x' * 79}…"),
        ({"dataset": "../x"}, "dataset: expected a name, got ../x"),
        ({"preset": "16 x 16"}, "preset: expected a name, got 16 x 16"),
        ({"tag": "t" * 41}, f"tag: expected a name, got {'t' * 41}"),
        ({"summary": "red \x1b[31m"}, "summary: expected one line of at most 300 characters"),
        ({"licence": "x" * 301}, "licence: expected one line of at most 300 characters"),
        (
            {"published": {"accuracy": float("nan")}},
            "published.accuracy: expected a finite number, got nan",
        ),
        ({"published": {"loss": float("inf")}}, "published.loss: expected a finite number, got inf"),
        ({"published": {"Top 5": 1.0}}, "published: expected names of metrics, got Top 5"),
        ({"published": {"a": "high"}}, "published[...]: expected `float`, got `str`"),
        ({"published": {f"m{n}": 1.0 for n in range(17)}}, "published: expected at most 16 figures"),
        ({"urls": "https://example.org/x"}, "urls: expected `array`, got `str`"),
        ({"urls": [3]}, "urls[0]: expected `str`, got `int`"),
        ({"urls": ["https://example.org/x"] * 17}, "urls: expected at most 16, got 17"),
        (
            {"urls": ["http://example.org/x"]},
            refused("http://example.org/x", "an http url"),
        ),
        (
            {"urls": ["ftp://example.org/x"]},
            refused("ftp://example.org/x", "a url of kind 'ftp'"),
        ),
        (
            {"urls": ["file:///etc/passwd"]},
            refused("file:///etc/passwd", "a url of kind 'file'"),
        ),
        (
            {"urls": ["https://name:word@example.org/x"]},
            refused(
                "https://…@example.org/x",
                "one with them; nothing was sent",
                "a url without a name and password",
            ),
        ),
        ({"urls": ["https://10.0.0.1/x"]}, "urls: expected a public address, got https://10.0.0.1/x"),
        ({"urls": ["https://0xa000001/x"]}, "urls: expected a public address, got https://0xa000001/x"),
        ({"urls": ["https://[fe80::1]/x"]}, "urls: expected a public address, got https://[fe80::1]/x"),
        (
            {"urls": ["https://example.org/x#y"]},
            "urls: expected plain urls without fragments, got https://example.org/x#y",
        ),
        (
            {"urls": ["https://example.org/a b"]},
            "urls: expected plain urls without fragments, got https://example.org/a b",
        ),
        (
            {"urls": ["https://exämple.org/x"]},
            "urls: expected plain urls without fragments, got https://exämple.org/x",
        ),
        (
            {"urls": ["https://"]},
            refused("https://", "something that is not a url"),
        ),
    ],
)
def test_row_29_a_wrong_key_refuses_its_entry(write, weights, dataset, change, text):
    wrong = {key: value for key, value in (weights | change).items() if value is not None}
    other = weights | {"tag": "other", "file": "other.h5"}
    parsed = parse(write(("weights", wrong), ("weights", other), ("dataset", dataset)))
    assert parsed.problems == [f"registry here: [[weights]] 1 (mlp.h5): {text}"]
    assert [entry.tag for entry in parsed.weights] == ["other"]
    assert len(parsed.datasets) == 1


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda d: d.update(name="Mnist"), "name: expected a name, got Mnist"),
        (
            lambda d: d.update(name="auto"),
            "name: expected another word than auto, which --data knows, got auto",
        ),
        (lambda d: d.update(summary="\t"), "summary: expected one line of at most 300 characters"),
        (lambda d: d.update(extra=1), "object contains unknown field `extra`"),
        (lambda d: d.pop("arrays"), "object missing required field `arrays`"),
        (
            lambda d: d["arrays"].pop("y_test"),
            "arrays: expected x_train, y_train, x_test, y_test, got x_train, y_train, x_test",
        ),
        (
            lambda d: d["arrays"]["x_test"].update(sha256="0"),
            "arrays.x_test.sha256: expected 64 hex digits, got 0",
        ),
        (
            lambda d: d["arrays"]["x_test"].update(dtype="uint8"),
            "arrays[...]: object contains unknown field `dtype`",
        ),
        (
            lambda d: d["arrays"]["x_test"].update(shape=[2, 28, 29]),
            "arrays.x_test.shape: expected [n, 28, 28], got [2, 28, 29]",
        ),
        (
            lambda d: d["arrays"]["x_test"].update(shape=[]),
            "arrays.x_test.shape: expected [n, 28, 28], got []",
        ),
        (
            lambda d: d["arrays"]["y_test"].update(shape=[2, 1]),
            "arrays.y_test.shape: expected [n], got [2, 1]",
        ),
        (
            lambda d: d["arrays"]["y_test"].update(shape=[0]),
            "arrays.y_test.shape: expected [n], got [0]",
        ),
        (
            lambda d: d["arrays"]["x_train"].update(shape=[10**9, 28, 28]),
            "arrays.x_train.shape: expected [n, 28, 28], got [1000000000, 28, 28]",
        ),
        (
            lambda d: d["arrays"]["y_test"].update(shape=[3]),
            "arrays.y_test.shape: expected [2], as many as images, got [3]",
        ),
        (lambda d: d.update(container=[]), "container: expected 1..16 of them, got 0"),
        (
            lambda d: d["container"][0].update(format="zip"),
            "container.format: expected one of npz, idx, got zip",
        ),
        (
            lambda d: d["container"][0]["file"].clear(),
            "container.file: expected one without array, got 0 files",
        ),
        (
            lambda d: d["container"][0]["file"][0].update(array="x_test"),
            "container.file: expected one without array, got 1 files",
        ),
        (
            lambda d: d["container"][1]["file"].pop(),
            "container.file: expected one with array for each array, got 3 files",
        ),
        (
            lambda d: d["container"][1]["file"][0].pop("array"),
            "container.file: expected one with array for each array, got 4 files",
        ),
        (
            lambda d: d["container"][0]["file"][0].update(limit=0),
            "limit: expected 1..1073741824 bytes, got 0",
        ),
        (
            lambda d: d["container"][0]["file"][0].update(limit=1 << 40),
            "limit: expected 1..1073741824 bytes, got 1099511627776",
        ),
        (
            lambda d: d["container"][0]["file"][0].update(sha256="1"),
            "sha256: expected 64 hex digits, got 1",
        ),
    ],
)
def test_row_29_a_wrong_dataset_is_refused(write, weights, dataset, change, text):
    change(dataset)
    parsed = parse(write(("weights", weights), ("dataset", dataset)))
    assert parsed.problems == [f"registry here: [[dataset]] 1 ({dataset['name']}): {text}"]
    assert parsed.datasets == []
    assert len(parsed.weights) == 1


@pytest.mark.parametrize(
    ("schema", "got"),
    [(2, "2"), ("1", "'1'"), (1.0, "1.0"), (True, "True"), (None, "none"), ([1], "[1]")],
)
def test_row_29_another_schema(write, weights, schema, got):
    parsed = parse(write(("weights", weights), schema=schema))
    assert parsed.problems == [f"registry here: schema: expected 1, got {got}; nothing of it is used"]
    assert parsed.weights == []


def test_row_29_unknown_keys_and_wrong_kinds_at_the_top(write, weights):
    parsed = parse(b"wieghts = 1\ndataset = 3\n" + write(("weights", weights)))
    assert parsed.problems == [
        "registry here: unknown key 'wieghts'; known: schema, dataset, weights",
        "registry here: dataset: expected tables [[dataset]]",
    ]
    assert len(parsed.weights) == 1
    parsed = parse(b"schema = 1\nweights = [3]\n")
    assert parsed.problems == ["registry here: [[weights]] 1: expected `object`, got `int`"]


def test_row_29_two_entries_that_are_the_same(write, weights, dataset):
    other = weights | {"file": "other.h5"}
    third = weights | {"file": "third.h5", "tag": "third"}
    another = "expected another one than that of an entry before"
    parsed = parse(
        write(*[("weights", w) for w in (weights, other, third)], *[("dataset", dataset)] * 2)
    )
    assert parsed.problems == [
        f"registry here: [[dataset]] 2 (mnist): name: {another}, got mnist",
        f"registry here: [[weights]] 2 (other.h5): tag: {another}",
        "registry here: [[weights]] 3 (third.h5): default: expected one default",
    ]


def test_row_29_a_thousand_faults_are_not_told_one_by_one(write, weights):
    parsed = parse(write(*[("weights", {"model": "x"})] * 1000))
    assert len(parsed.problems) == 21
    assert parsed.problems[-1] == "registry here: there are more faults like these"


PLAIN = "expected a plain file name (letters, digits, '.', '_', '-')"
RESERVED = "expected a file name that every system can have"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("../x", PLAIN),
        ("/etc/x", PLAIN),
        ("..", PLAIN),
        (".", PLAIN),
        ("", PLAIN),
        (".hidden", PLAIN),
        ("a\\b", PLAIN),
        ("C:x", PLAIN),
        ("a\x00b", PLAIN),
        ("x.", PLAIN),
        ("x ", PLAIN),
        ("x\n", PLAIN),
        ("é", PLAIN),
        ("x" * 300, ""),
        ("CON", RESERVED),
        ("nul.h5", RESERVED),
        ("Com1.tar.gz", RESERVED),
    ],
)
def test_row_28_unsafe_file_names(write, weights, folder, name, text):
    before = sorted(folder.parent.rglob("*"))
    parsed = parse(write(("weights", weights | {"file": name}), ("weights", weights)), base=folder)
    (problem,) = parsed.problems
    fault = f"{text}, got {name!r}" if text else "expected at most 100 characters, got 300"
    assert problem.endswith(f"): file: {fault}")
    assert [entry.artifact.file for entry in parsed.weights] == ["mlp.h5"]
    assert sorted(folder.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["console.h5", "lpt.h5", "x-1_2.h5", "0", "x" * 100])
def test_row_28_safe_file_names(write, weights, name):
    assert parse(write(("weights", weights | {"file": name}))).problems == []


def test_row_28_twins_by_case(write, weights, dataset):
    twin = weights | {"file": "MLP.h5", "tag": "twin", "default": False}
    same = weights | {"tag": "same", "default": False}
    other = same | {"tag": "other", "sha256": "0" * 64}
    dataset["container"][0]["file"][0]["file"] = "Mlp.H5"
    parsed = parse(write(*[("weights", w) for w in (weights, twin, same, other)]))
    words = "file: expected another name than that of a different file before, also by case"
    assert parsed.problems == [
        f"registry here: [[weights]] 2 (MLP.h5): {words}, got MLP.h5",
        f"registry here: [[weights]] 4 (mlp.h5): {words}, got mlp.h5",
    ]
    assert [entry.tag for entry in parsed.weights] == ["upstream", "same"]
    parsed = parse(write(("dataset", dataset), ("weights", weights)))
    assert parsed.problems == [f"registry here: [[weights]] 1 (mlp.h5): {words}, got mlp.h5"]


def test_row_28_the_files_of_a_refused_entry_take_no_names(write, weights, dataset):
    dataset["container"][0]["file"][0]["file"] = "MLP.h5"
    dataset["container"][1]["file"].pop()
    parsed = parse(write(("dataset", dataset), ("weights", weights)))
    assert len(parsed.problems) == 1
    assert len(parsed.weights) == 1


@pytest.mark.parametrize(
    "path",
    [
        "../x.h5",
        "/etc/passwd",
        "a/../../x",
        "a//b",
        "a/",
        "~/x",
        "a\\b",
        "a/CON/x",
        "C:/x",
        "a/b/c/d/e/f/g/h/i",
    ],
)
def test_row_28_unsafe_paths(write, weights, folder, path):
    (problem,) = parse(write(("weights", weights | {"path": path})), base=folder).problems
    assert problem.startswith("registry here: [[weights]] 1 (mlp.h5): path: expected ")


def test_row_28_paths_stay_below_the_folder(write, weights, folder, monkeypatch):
    (folder.parent / "secret.h5").write_bytes(b"secret")
    (folder / "weights").mkdir()
    (folder / "weights" / "real.h5").write_bytes(b"real")
    (folder / "inside.h5").symlink_to(folder / "weights" / "real.h5")
    (folder / "outside.h5").symlink_to(folder.parent / "secret.h5")
    (folder / "up").symlink_to(folder.parent)
    tables = {
        "weights/real.h5": str(folder / "weights" / "real.h5"),
        "inside.h5": str(folder / "weights" / "real.h5"),
        "missing.h5": None,
        "weights": None,
    }
    for path, local in tables.items():
        (entry,) = parse(write(("weights", weights | {"path": path})), base=folder).weights
        assert entry.artifact.local == local
    for path in ("outside.h5", "up/secret.h5"):
        (problem,) = parse(write(("weights", weights | {"path": path})), base=folder).problems
        assert problem.endswith(f"path: expected a file below the folder of the registry, got {path}")
    monkeypatch.chdir(folder)  # a relative base means the same
    (entry,) = parse(write(("weights", weights | {"path": "inside.h5"})), base=Path()).weights
    assert entry.artifact.local == tables["inside.h5"]


def test_a_path_beside_a_registry_with_a_url_is_a_url(write, weights):
    data = write(("weights", weights | {"path": "sub/mlp.h5"}))
    (entry,) = parse(data, base="https://school.example/zoo/registry.toml").weights
    assert entry.artifact.local is None
    assert entry.artifact.urls == ("https://example.org/mlp.h5", "https://school.example/zoo/sub/mlp.h5")


@pytest.mark.parametrize(
    "url", ["http://localhost:8000/x", "http://127.0.0.1/x", "http://[::1]:80/x", "https://127.0.0.1/x"]
)
def test_row_29_loopback_may_be_http(write, weights, url):
    assert parse(write(("weights", weights | {"urls": [url]}))).problems == []


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "http://10.0.0.1/x", "https://192.168.1.5:8443/x"]
)
def test_row_29_a_registry_that_a_person_names_may_use_http_and_private_addresses(write, weights, url):
    data = write(("weights", weights | {"urls": [url]}))
    assert len(parse(data).problems) == 1
    parsed = parse(data, user_named=True)
    assert parsed.problems == []
    assert parsed.weights[0].artifact.user_named is True
    credentials = write(("weights", weights | {"urls": [url.replace("//", "//a:b@")]}))
    assert "without a name and password" in parse(credentials, user_named=True).problems[0]
