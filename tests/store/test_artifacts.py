"""Artifacts by every way, with every fault on the way, and what is told about it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.conftest import FAST, Remembering
from tests.store.wire import Wire, answer, dripping, endless, resetting, silent
from zoo.errors import IntegrityError, InvalidValueError, UnavailableError, ZooError
from zoo.specs import Artifact
from zoo.store.artifacts import Artifacts, Facts
from zoo.store.files import sha256_of
from zoo.store.folders import Folders

BODY = b"weights " * 1000
WRONG = b"others! " * 1000
HASH = sha256_of(BODY)

Serve = Callable[..., Wire]
Store = Callable[..., Artifacts]


def published(*urls: str, **rest: object) -> Artifact:
    known = {"file": "mlp.h5", "limit": 1 << 20, "size": len(BODY), "sha256": HASH, "urls": urls}
    return Artifact(**known | rest)  # type: ignore[arg-type]


def unpinned(*urls: str, **rest: object) -> Artifact:
    return published(*urls, size=None, sha256=None, **rest)


def kept(folders: Folders) -> list[str]:
    return sorted(
        path.relative_to(folders.artifacts).as_posix() for path in folders.artifacts.rglob("*.*")
    )


def put(folders: Folders, data: bytes = BODY) -> Path:
    """Put a file into the cache, as an earlier run would have."""
    path = folders.artifact(published())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket.socket, "__init__", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# ---------------------------------------------------------------- the four ways


def test_packaged(store: Store, folders: Folders, tmp_path: Path, no_socket: None) -> None:
    path = tmp_path / "mlp.h5"
    path.write_bytes(BODY)
    found = store().packaged(published(local=str(path)))
    assert (found.data, found.path, found.way, found.sha256) == (BODY, path, "packaged", HASH)
    assert found.reason == "comes with the package"
    assert not folders.home.exists(), "what is packaged is not kept twice"


def test_cached(store: Store, folders: Folders, no_socket: None) -> None:
    path = put(folders)
    found = store().cached(published())
    assert (found.data, found.path, found.way, found.sha256) == (BODY, path, "cache", HASH)
    assert found.reason == "already in the cache"
    assert found.warnings == ()


def test_mirrored_from_a_folder(store: Store, folders: Folders, tmp_path: Path, no_socket: None) -> None:
    (tmp_path / "mirror").mkdir()
    (tmp_path / "real.h5").write_bytes(BODY)
    (tmp_path / "mirror" / "mlp.h5").symlink_to(tmp_path / "real.h5")
    found = store(mirror=str(tmp_path / "mirror")).mirrored(published())
    assert (found.data, found.way) == (BODY, "mirror")
    assert found.reason == f"from the mirror {tmp_path / 'mirror'}"
    assert kept(folders) == [f"{HASH}/mlp.h5"]


def test_mirrored_from_a_url(store: Store, serve: Serve, folders: Folders) -> None:
    server = serve(answer(BODY))
    found = store(mirror=server.url("/base/")).mirrored(published(file="mlp 1.h5"))
    assert (found.data, found.way, found.reason) == (BODY, "mirror", "from the mirror 127.0.0.1")
    assert server.requests[0].startswith(b"GET /base/mlp%201.h5 HTTP/1.1\r\n")
    assert kept(folders) == [f"{HASH}/mlp 1.h5"]


def test_downloaded(store: Store, serve: Serve, folders: Folders, reporter: Remembering) -> None:
    found = store().downloaded(published(serve(answer(BODY)).url()))
    assert (found.data, found.way, found.reason) == (BODY, "download", "downloaded from 127.0.0.1")
    assert found.path == folders.artifacts / HASH / "mlp.h5"
    assert found.path.read_bytes() == BODY
    assert reporter.bars == [("mlp.h5", len(BODY), "bytes")]


def test_fetch_asks_in_order(store: Store, serve: Serve, folders: Folders, tmp_path: Path) -> None:
    server = serve(answer(BODY))
    (tmp_path / "mirror").mkdir()
    for folder in (tmp_path, tmp_path / "mirror"):
        (folder / "mlp.h5").write_bytes(BODY)
    artifacts = store(mirror=str(tmp_path / "mirror"))
    ways = []
    item = published(server.url(), local=str(tmp_path / "mlp.h5"))
    ways.append(artifacts.fetch(item).way)
    (tmp_path / "mlp.h5").unlink()
    ways.append(artifacts.fetch(item).way)
    ways.append(artifacts.fetch(item).way)
    folders.clean()
    (tmp_path / "mirror" / "mlp.h5").unlink()
    ways.append(artifacts.fetch(item).way)
    assert ways == ["packaged", "mirror", "cache", "download"]
    assert len(server.requests) == 1


def test_facts(store: Store, folders: Folders, tmp_path: Path, no_socket: None) -> None:
    local = tmp_path / "mlp.h5"
    item = published("https://a/x", "https://b/x", local=str(local))
    nothing = Facts(packaged=False, cached=False, mirror=False, urls=2, offline=False)
    assert store().facts(item) == nothing
    local.write_bytes(BODY)
    put(folders)
    everything = store(mirror=str(tmp_path), offline=True).facts(item)
    assert everything == Facts(packaged=True, cached=True, mirror=True, urls=2, offline=True)
    local.write_bytes(b"of another size")
    put(folders, b"of another size")
    assert store(mirror=str(tmp_path)).facts(item) == nothing
    assert store(mirror="http://classroom/").facts(item).mirror
    assert not store(mirror="http://classroom/", offline=True).facts(item).mirror
    assert not store().facts(unpinned()).cached


def test_row_24_facts_of_strangers(store: Store, folders: Folders, tmp_path: Path) -> None:
    path = put(folders)
    path.rename(tmp_path / "mlp.h5")
    path.symlink_to(tmp_path / "mlp.h5")
    assert not store().facts(published()).cached
    path.unlink()
    path.mkdir()
    assert not store().facts(published(local="no\0name")).cached


# ---------------------------------------------------------------- what is said when a way fails


def test_each_way_says_why_it_fails(store: Store, folders: Folders, tmp_path: Path) -> None:
    artifacts, item = store(), published()
    cases = {
        artifacts.packaged: "mlp.h5 does not come with the package; allow another way",
        artifacts.cached: f"mlp.h5: there is no file {folders.artifact(item)}; check the path",
        artifacts.mirrored: "mlp.h5: no mirror is set; set ZOO_MIRROR to a folder or url",
        artifacts.downloaded: ("mlp.h5: no url is known for it; set ZOO_MIRROR to a folder that has it"),
    }
    for way, text in cases.items():
        with pytest.raises(UnavailableError) as caught:
            way(item)
        assert str(caught.value) == text
    with pytest.raises(UnavailableError, match=r"mlp\.h5 has no pinned hash and is not cached"):
        artifacts.cached(unpinned())
    with pytest.raises(UnavailableError, match=f"there is no file {tmp_path / 'mlp.h5'}"):
        store(mirror=str(tmp_path)).mirrored(item)


@pytest.mark.parametrize("mirror", ["ftp://host/", "file:///tmp"])
def test_a_mirror_of_another_kind(store: Store, mirror: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        store(mirror=mirror).mirrored(published())
    assert str(caught.value) == (
        f"mirror: expected a folder or an http(s) url, got {mirror!r}; set ZOO_MIRROR"
    )


def test_row_28_no_mirror_is_asked_for_names_outside(store: Store, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(BODY)
    (tmp_path / "mirror").mkdir()
    with pytest.raises(InvalidValueError):
        store(mirror=str(tmp_path / "mirror")).mirrored(unpinned(file="../secret"))


def test_fetch_lists_what_was_tried(
    store: Store, serve: Serve, tmp_path: Path, reporter: Remembering
) -> None:
    server = serve(answer(status="404 Not Found"))
    item = published(server.url("/a"), server.url("/b"), local=str(tmp_path / "gone.h5"))
    with pytest.raises(UnavailableError) as caught:
        store(mirror=str(tmp_path)).fetch(item)
    text = str(caught.value)
    assert text.startswith(
        f"mlp.h5 cannot be had: mlp.h5: there is no file {tmp_path / 'gone.h5'}; check the path | "
        f"mlp.h5: there is no file {tmp_path / 'mlp.h5'}; check the path | "
    )
    assert f"{server.url('/a')}: expected status 200, got 404 Not Found" in text
    assert f"{server.url('/b')}: expected status 200, got 404 Not Found" in text
    assert text.endswith("; set ZOO_MIRROR to a folder that has mlp.h5")
    assert (reporter.notices, reporter.warnings) == ([], []), "one line says it all"


# ---------------------------------------------------------------- rows 11 to 16 and 18: next url


@pytest.mark.parametrize(
    "bad",
    [
        answer(status="404 Not Found"),
        answer(status="500 Broken"),
        resetting(),
        silent(),
        dripping(b"x" * 99),
        endless(answer(length=None)),
        answer(b"<html>pay</html>"),
        answer(status="302 Found", Location="file:///etc/passwd"),
        answer(WRONG),
    ],
    ids=[
        "row-11",
        "row-12-5xx",
        "row-12-reset",
        "row-13-stall",
        "row-13-drip",
        "row-14",
        "row-15",
        "row-16",
        "row-19",
    ],
)
def test_row_11_then_the_next_url(store: Store, serve: Serve, folders: Folders, bad: object) -> None:
    first, second = serve(bad), serve(answer(BODY))
    artifacts = store()
    artifacts.network.limits = FAST
    found = artifacts.downloaded(published(first.url(), second.url()))
    assert found.data == BODY
    assert first.connections
    assert kept(folders) == [f"{HASH}/mlp.h5"]


def test_row_18_then_the_next_url(store: Store, serve: Serve) -> None:
    urls = ["https://nowhere.invalid/x", "http://me:secret@127.0.0.1/", serve(answer(BODY)).url()]
    assert store().downloaded(published(*urls)).data == BODY


# ---------------------------------------------------------------- row 19


def test_row_19_wrong_bytes_are_told_loudly(
    store: Store, serve: Serve, reporter: Remembering, folders: Folders
) -> None:
    wrong, right = serve(answer(WRONG)), serve(answer(BODY))
    found = store().fetch(published(wrong.url(), right.url()))
    text = f"mlp.h5: {wrong.url()}: expected sha256 {HASH}, got {sha256_of(WRONG)}; discarded"
    assert found.warnings == (text,)
    assert reporter.warnings == [text]
    assert kept(folders) == [f"{HASH}/mlp.h5"]


@pytest.mark.parametrize("others", [[], [answer(status="404 Not Found")]], ids=["alone", "then-404"])
def test_row_19_wrong_bytes_only(
    store: Store, serve: Serve, folders: Folders, others: list[bytes]
) -> None:
    urls = [serve(body).url() for body in [answer(WRONG), *others]]
    with pytest.raises(IntegrityError) as caught:
        store().fetch(published(*urls))
    assert "mlp.h5" in str(caught.value)
    assert f"expected sha256 {HASH}, got {sha256_of(WRONG)}" in str(caught.value)
    assert caught.value.exit_code == 4
    assert kept(folders) == []


def test_row_19_a_mirror_with_wrong_bytes(
    store: Store, serve: Serve, tmp_path: Path, reporter: Remembering, folders: Folders
) -> None:
    (tmp_path / "mlp.h5").write_bytes(WRONG)
    artifacts = store(mirror=str(tmp_path))
    found = artifacts.fetch(published(serve(answer(BODY)).url()))
    text = f"mlp.h5: {tmp_path / 'mlp.h5'}: expected sha256 {HASH}, got {sha256_of(WRONG)}; not used"
    assert (found.way, found.warnings, reporter.warnings) == ("download", (text,), [text])
    (tmp_path / "mlp.h5").write_bytes(WRONG[:-1])
    with pytest.raises(IntegrityError, match=r"\(7999 bytes\); not used"):
        artifacts.mirrored(published())
    with pytest.raises(IntegrityError, match="expected 8000 bytes, got 7999 bytes; not used"):
        artifacts.mirrored(published(sha256=None))


def test_contents_decide_where_no_hash_is_pinned(
    store: Store, serve: Serve, folders: Folders, tmp_path: Path
) -> None:
    def check(data: bytes) -> None:
        if data != BODY:
            raise IntegrityError("mlp.h5: wrong arrays; not used")

    (tmp_path / "mlp.h5").write_bytes(WRONG)
    urls = [serve(answer(WRONG)).url(), serve(answer(BODY)).url()]
    found = store(mirror=str(tmp_path)).fetch(unpinned(*urls), check=check)
    assert (found.data, found.path, found.sha256) == (BODY, None, HASH)
    assert found.warnings == ("mlp.h5: wrong arrays; not used",) * 2
    assert not folders.home.exists(), "what is not pinned is not kept"


# ---------------------------------------------------------------- row 20


def test_row_20_offline(store: Store, folders: Folders, no_socket: None) -> None:
    item = published("http://127.0.0.1:1/x")
    artifacts = store(offline=True, mirror="http://127.0.0.1:1/")
    for way in (artifacts.mirrored, artifacts.downloaded):
        with pytest.raises(UnavailableError) as caught:
            way(item)
        assert str(caught.value) == (
            "mlp.h5: not downloaded, offline; unset ZOO_OFFLINE or leave --offline out"
        )
    assert not folders.home.exists()
    put(folders)
    assert artifacts.fetch(item).way == "cache"


def test_row_20_a_folder_is_no_network(store: Store, tmp_path: Path, no_socket: None) -> None:
    (tmp_path / "mlp.h5").write_bytes(BODY)
    assert store(offline=True, mirror=str(tmp_path)).fetch(published()).way == "mirror"


# ---------------------------------------------------------------- who named the place


def test_row_16_urls_of_a_registry_that_a_person_named(
    store: Store, serve: Serve, reporter: object
) -> None:
    """Its own server may be private and redirect within itself; any other may not."""
    own = serve(answer(status="302 Found", Location="/real"), answer(BODY))
    registry = own.url("/registry.toml")
    assert store(registry=registry).downloaded(published(own.url())).data == BODY
    other = serve(answer(status="302 Found", Location="/real"), answer(BODY))
    for settings in ({"registry": registry}, {"registry": "/some/registry.toml"}, {}):
        with pytest.raises(UnavailableError, match="refused: expected a redirect to https"):
            store(**settings).downloaded(published(other.url(), sha256=sha256_of(WRONG)))
        other.requests.clear()


def test_row_16_urls_that_a_registry_named_by_its_path_lists(store: Store, serve: Serve) -> None:
    """Whoever reads the registry marks its files: they may be had by http from private places."""
    server = serve(answer(status="302 Found", Location="/real"), answer(BODY))
    found = store(registry="/some/registry.toml").fetch(published(server.url(), user_named=True))
    assert (found.data, found.way) == (BODY, "download")
    for url in ("http://10.0.0.1/mlp.h5", "https://10.0.0.1/mlp.h5"):
        artifact = published(url, sha256=sha256_of(WRONG))
        with pytest.raises(UnavailableError, match="refused: expected "):
            store().downloaded(artifact)
        with pytest.raises(UnavailableError, match=r"10\.0\.0\.1:\d+ is out of reach: "):
            store().downloaded(replace(artifact, user_named=True))


def test_requests_is_imported_only_for_a_socket(isolated: Path) -> None:
    """Offline, without a url, and for a file that is there already, it is not."""
    code = """
import sys
from pathlib import Path
from zoo.errors import UnavailableError
from zoo.progress import LoggingReporter
from zoo.settings import Settings
from zoo.specs import Artifact
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.network import Network

here = Path(sys.argv[1])
(here / "x").write_bytes(b"x")
url = "http://127.0.0.1:1/x"
for offline, mirror, urls in ((True, url, (url,)), (False, None, ())):
    settings = Settings(home=here, offline=offline, mirror=mirror)
    reporter = LoggingReporter()
    artifacts = Artifacts(settings, Folders(here / "zoo"), Network(settings, reporter), reporter)
    for fetch in (artifacts.fetch, artifacts.mirrored, artifacts.downloaded):
        try:
            fetch(Artifact(file="x", urls=urls, limit=1))
        except UnavailableError:
            continue
        raise AssertionError
    assert artifacts.fetch(Artifact(file="x", local=str(here / "x"), limit=1)).way == "packaged"
print(sorted({"requests", "urllib3", "http.client", "ssl"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(isolated)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# ---------------------------------------------------------------- row 21

DOWNLOADING = """
import sys
from pathlib import Path
from zoo.progress import LoggingReporter
from zoo.settings import Settings
from zoo.specs import Artifact
from zoo.store.artifacts import Artifacts
from zoo.store.folders import Folders
from zoo.store.network import Network
home, url, sha256, size = sys.argv[1:]
settings, reporter = Settings(home=Path(home)), LoggingReporter()
artifacts = Artifacts(settings, Folders(settings.home), Network(settings, reporter), reporter)
item = Artifact(file="mlp.h5", limit=1 << 24, size=int(size), sha256=sha256, urls=(url,))
found = artifacts.fetch(item)
print(found.way, len(found.data), found.path)
"""


def downloading(folders: Folders, url: str, data: bytes = BODY) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DOWNLOADING, str(folders.home), url, sha256_of(data), str(len(data))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_row_21_interrupted_while_downloading(
    store: Store, serve: Serve, folders: Folders, how: signal.Signals
) -> None:
    server = serve(silent(answer(BODY)[:-1]), answer(BODY))
    with downloading(folders, server.url()) as process:
        while not server.requests:
            time.sleep(0.01)
            assert process.poll() is None, process.communicate()
        time.sleep(0.1)
        process.send_signal(how)
        process.communicate(timeout=10)
    assert kept(folders) == []
    started = time.monotonic()
    assert store().fetch(published(server.url())).data == BODY, "the next run works"
    assert time.monotonic() - started < 5, "no lock is left behind"
    assert kept(folders) == [f"{HASH}/mlp.h5"]


# ---------------------------------------------------------------- row 22


def test_row_22_eight_processes_on_one_cold_cache(serve: Serve, folders: Folders) -> None:
    body = bytes(range(256)) * 2000
    server = serve(answer(body))
    processes = [downloading(folders, server.url(), body) for _ in range(8)]
    outputs = [process.communicate(timeout=120) for process in processes]
    place = folders.artifacts / sha256_of(body) / "mlp.h5"
    assert [err for _, err in outputs] == [""] * 8
    ways = sorted(out.split()[0] for out, _ in outputs)
    assert ways == ["cache"] * 7 + ["download"]
    assert {out.split(maxsplit=1)[1] for out, _ in outputs} == {f"{len(body)} {place}\n"}
    assert len(server.requests) == 1, "downloaded once"
    assert place.read_bytes() == body
    assert kept(folders) == [f"{sha256_of(body)}/mlp.h5"]


# ---------------------------------------------------------------- row 23


def test_row_23_a_valid_file_in_a_read_only_cache_is_used(
    store: Store, folders: Folders, read_only: Callable[[Path], None], no_socket: None
) -> None:
    put(folders)
    read_only(folders.home)
    found = store().fetch(published("http://127.0.0.1:1/x"))
    assert (found.way, found.data) == ("cache", BODY)


def test_row_23_a_cold_read_only_cache(
    store: Store, serve: Serve, folders: Folders, read_only: Callable[[Path], None], tmp_path: Path
) -> None:
    folders.prepare()
    read_only(folders.home)
    (tmp_path / "mlp.h5").write_bytes(BODY)
    server = serve(answer(BODY))
    for artifacts in (store(), store(mirror=str(tmp_path))):
        with pytest.raises(ZooError) as caught:
            artifacts.fetch(published(server.url()))
        assert type(caught.value) is ZooError
        assert f"set ZOO_HOME to another folder (it is {folders.home} now)" in str(caught.value)
    assert server.connections == 0, "said before the download, not after"


def test_row_23_a_disk_that_fills_up(serve: Serve, small_disk: Path, reporter: Remembering) -> None:
    from zoo.settings import Settings
    from zoo.store.network import Network

    body = bytes(300_000)
    settings, folders = Settings(home=small_disk), Folders(small_disk)
    artifacts = Artifacts(settings, folders, Network(settings, reporter), reporter)
    item = published(serve(answer(body)).url(), size=len(body), sha256=sha256_of(body))
    with pytest.raises(ZooError) as caught:
        artifacts.fetch(item)
    assert str(caught.value) == (
        f"{folders.artifact(item)} cannot be written: got a full disk; "
        f"set ZOO_HOME to another folder (it is {small_disk} now)"
    )
    assert kept(folders) == []


def test_row_23_a_file_where_the_home_should_be(store: Store, serve: Serve, folders: Folders) -> None:
    folders.home.touch()
    with pytest.raises(ZooError, match="got a file where a folder should be; set ZOO_HOME"):
        store().fetch(published(serve(answer(BODY)).url()))


# ---------------------------------------------------------------- row 24


def damage(path: Path, how: str, elsewhere: Path) -> None:
    if how == "corrupted":
        path.write_bytes(BODY[:-1] + b"x")
    elif how == "truncated":
        path.write_bytes(BODY[:-1])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
        elsewhere.write_bytes(BODY)
        if how == "link":
            path.symlink_to(elsewhere)
        elif how == "pipe":
            os.mkfifo(path)
        else:
            path.mkdir()
            if how == "full-folder":
                (path / "mine.txt").write_bytes(b"mine")


DAMAGES = ["corrupted", "truncated", "empty", "link", "folder", "full-folder"]
DAMAGES += ["pipe"] if os.name == "posix" else []


@pytest.mark.parametrize("how", DAMAGES)
def test_row_24_damage_is_found_and_mended_once(
    store: Store, serve: Serve, folders: Folders, reporter: Remembering, tmp_path: Path, how: str
) -> None:
    path = put(folders)
    damage(path, how, tmp_path / "elsewhere")
    server = serve(answer(BODY))
    item = published(server.url())
    found = store().fetch(item)
    assert (found.way, found.data) == ("download", BODY)
    assert len(found.warnings) == len(reporter.warnings) == 1
    assert found.warnings[0].startswith(f"mlp.h5: {path}: expected ")
    assert stat.S_ISREG(path.lstat().st_mode)
    assert path.read_bytes() == BODY
    again = store().fetch(item)
    assert (again.way, again.warnings) == ("cache", ())
    assert len(server.requests) == 1
    if how == "link":
        assert (tmp_path / "elsewhere").read_bytes() == BODY
    if how == "full-folder":
        assert [p.read_bytes() for p in path.parent.glob("*/mine.txt")] == [b"mine"]


@pytest.mark.parametrize("how", DAMAGES)
def test_row_24_offline_a_clear_error(
    store: Store, folders: Folders, tmp_path: Path, no_socket: None, how: str
) -> None:
    path = put(folders)
    damage(path, how, tmp_path / "elsewhere")
    with pytest.raises(IntegrityError) as caught:
        store(offline=True).fetch(published("https://example.org/mlp.h5"))
    text = str(caught.value)
    assert text.startswith(f"mlp.h5 cannot be had: mlp.h5: {path}: expected ")
    assert "not downloaded, offline" in text


# ---------------------------------------------------------------- row 25


def test_row_25_two_versions_of_one_name(store: Store, serve: Serve, folders: Folders) -> None:
    old = published(serve(answer(BODY)).url())
    new = published(serve(answer(WRONG)).url(), sha256=sha256_of(WRONG))
    artifacts = store()
    for item in (old, new):
        artifacts.fetch(item)
    assert [artifacts.cached(item).data for item in (old, new)] == [BODY, WRONG]
    assert len(kept(folders)) == 2


# ---------------------------------------------------------------- the real files


@pytest.mark.mnist
def test_the_real_mirror(store: Store, mirror: Path, no_socket: None) -> None:
    sha256 = "349ae33f9893157d84f65827499f31195eef4ca63445943c6718e42072614761"
    item = Artifact(file="mlp_model.h5", limit=1 << 20, size=632_152, sha256=sha256)
    artifacts = store(mirror=str(mirror))
    assert artifacts.fetch(item).way == "mirror"
    assert artifacts.fetch(item).way == "cache"
