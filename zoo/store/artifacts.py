"""Published files: from the package, the cache, a mirror or their urls, and always verified."""

from __future__ import annotations

import contextlib
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, urlsplit

from zoo.errors import IntegrityError, InvalidValueError, UnavailableError, ZooError, complaint
from zoo.progress import Reporter
from zoo.settings import Settings, at_home
from zoo.specs import Artifact
from zoo.store.files import clear, exists, read_bytes, sha256_of, write_whole
from zoo.store.folders import Folders, check_file_name
from zoo.store.locks import locked

if TYPE_CHECKING:
    from zoo.store.network import Network

__all__ = ["Artifacts", "Check", "Facts", "Found", "Way"]

Way = Literal["packaged", "cache", "mirror", "download"]

Check = Callable[[bytes], None]
"""Looks into bytes whose hash is not pinned; raises `IntegrityError` where they are wrong."""


@dataclass(frozen=True)
class Facts:
    """Where an artifact might come from, without having opened a file or a socket."""

    packaged: bool
    cached: bool
    mirror: bool
    urls: int
    offline: bool


@dataclass(frozen=True)
class Found:
    """Verified bytes of an artifact, and how they were had.

    Attributes:
        path: Where they lie now; None where they are not kept (no pinned hash).
        sha256: Of the bytes.
        warnings: What a person should know: wrong bytes that were met and discarded on the way.
    """

    artifact: Artifact
    data: bytes
    path: Path | None
    way: Way
    reason: str
    sha256: str
    warnings: tuple[str, ...] = ()


class Artifacts:
    """Obtains artifacts. A file is kept in the cache if, and only if, its hash is pinned."""

    def __init__(
        self, settings: Settings, folders: Folders, network: Network, reporter: Reporter
    ) -> None:
        self.settings = settings
        self.folders = folders
        self.network = network
        self.reporter = reporter

    def facts(self, artifact: Artifact) -> Facts:
        """Look at names and sizes only."""
        mirror = self.settings.mirror
        if mirror is not None and _is_url(mirror):
            mirrored = not self.settings.offline
        else:
            mirrored = mirror is not None and _has_file(_folder(mirror) / artifact.file, artifact)
        return Facts(
            packaged=artifact.local is not None and _has_file(Path(artifact.local), artifact),
            cached=artifact.sha256 is not None
            and _has_file(self.folders.artifact(artifact), artifact, links=False),
            mirror=mirrored,
            urls=len(artifact.urls),
            offline=self.settings.offline,
        )

    def packaged(self, artifact: Artifact, *, check: Check | None = None) -> Found:
        """Read the file that came with the package or registry.

        Raises:
            UnavailableError: If there is none.
            IntegrityError: If it is damaged.
        """
        if artifact.local is None:
            raise UnavailableError(f"{artifact.file} does not come with the package; allow another way")
        path = Path(artifact.local)
        data = read_bytes(path, limit=artifact.limit, thing=artifact.file, follow_links=True)
        sha256 = _verify(artifact, data, str(path), check)
        return Found(artifact, data, path, "packaged", "comes with the package", sha256)

    def cached(self, artifact: Artifact, *, check: Check | None = None) -> Found:
        """Read the file from the cache; its hash is checked each time.

        Raises:
            UnavailableError: If it is not there.
            IntegrityError: If it is damaged, a link or a folder.
        """
        if artifact.sha256 is None:
            raise UnavailableError(
                f"{artifact.file} has no pinned hash and is not cached; allow another way"
            )
        path = self.folders.artifact(artifact)
        data = read_bytes(path, limit=artifact.limit, thing=artifact.file)
        sha256 = _verify(artifact, data, str(path), check)
        return Found(artifact, data, path, "cache", "already in the cache", sha256)

    def mirrored(self, artifact: Artifact, *, check: Check | None = None) -> Found:
        """Get the file from the mirror of the settings and keep it.

        Raises:
            UnavailableError: If there is no mirror, it has no such file or is out of reach.
            IntegrityError: If its file is not the right one.
            ZooError: If ZOO_HOME cannot be written to.
        """
        mirror = self.settings.mirror
        if mirror is None:
            text = f"{artifact.file}: no mirror is set; set ZOO_MIRROR to a folder or url"
            raise UnavailableError(text)
        check_file_name(artifact.file)
        if not _is_url(mirror):
            source = _folder(mirror) / artifact.file
            data = read_bytes(source, limit=artifact.limit, thing=artifact.file, follow_links=True)
            sha256 = _verify(artifact, data, str(source), check)
            return self._keep(artifact, data, "mirror", f"from the mirror {mirror}", sha256)
        if urlsplit(mirror).scheme not in ("http", "https"):
            expected = "a folder or an http(s) url"
            raise InvalidValueError(
                complaint("mirror", expected=expected, got=repr(mirror), do="set ZOO_MIRROR")
            )
        url = f"{mirror.rstrip('/')}/{quote(artifact.file)}"
        return self._from_network(artifact, "mirror", url, True, check)

    def downloaded(self, artifact: Artifact, *, check: Check | None = None) -> Found:
        """Download the file from its urls, in order, and keep it.

        Processes that want the same file at the same time wait for the first one's.

        Raises:
            UnavailableError: If no url gave it.
            IntegrityError: If a url gave wrong bytes and none the right ones.
            ZooError: If ZOO_HOME cannot be written to.
        """
        if not artifact.urls:
            raise UnavailableError(
                f"{artifact.file}: no url is known for it; set ZOO_MIRROR to a folder that has it"
            )
        self.network.require(artifact.file)
        tried: list[ZooError] = []
        for url in artifact.urls:
            try:
                user_named = artifact.user_named or self._is_user_named(url)
                found = self._from_network(artifact, "download", url, user_named, check)
            except (UnavailableError, IntegrityError) as error:
                tried.append(error)
            else:
                self.tell(tried)
                return _with_warnings(found, tried)
        raise _all_failed(artifact, tried)

    def fetch(self, artifact: Artifact, *, check: Check | None = None) -> Found:
        """Get the file: packaged, else cached, else mirrored, else downloaded.

        Raises:
            UnavailableError: If no way gave it; lists what was tried.
            IntegrityError: If a way gave wrong bytes and none the right ones.
            ZooError: If ZOO_HOME cannot be written to.
        """
        tried: list[ZooError] = []
        ways: list[Callable[..., Found]] = []
        if artifact.local is not None:
            ways.append(self.packaged)
        if artifact.sha256 is not None and exists(self.folders.artifact(artifact)):
            ways.append(self.cached)
        if self.settings.mirror is not None:
            ways.append(self.mirrored)
        ways.append(self.downloaded)
        for way in ways:
            try:
                found = way(artifact, check=check)
            except (UnavailableError, IntegrityError) as error:
                tried.append(error)
            else:
                self.tell(tried)
                return _with_warnings(found, tried)
        raise _all_failed(artifact, tried)

    def _from_network(
        self, artifact: Artifact, way: Way, url: str, user_named: bool, check: Check | None
    ) -> Found:
        self.network.require(artifact.file)  # before a lock is taken or a folder made
        with self._alone(artifact):
            if artifact.sha256 is not None:
                with contextlib.suppress(UnavailableError, IntegrityError):
                    return self.cached(artifact, check=check)  # another process was first
            from zoo.store.download import download  # imports requests: only for a socket

            data = download(
                self.network,
                url,
                limit=artifact.limit,
                size=artifact.size,
                sha256=artifact.sha256,
                label=artifact.file,
                user_named=user_named,
            )
            sha256 = _verify(artifact, data, url, check)
            words = "from the mirror" if way == "mirror" else "downloaded from"
            return self._keep(artifact, data, way, f"{words} {urlsplit(url).hostname}", sha256)

    @contextlib.contextmanager
    def _alone(self, artifact: Artifact) -> Iterator[None]:
        if artifact.sha256 is None:
            yield  # nothing is kept, so nothing is shared
            return
        with locked(self.folders, f"artifact-{artifact.sha256[:16]}", reporter=self.reporter):
            yield

    def _keep(self, artifact: Artifact, data: bytes, way: Way, reason: str, sha256: str) -> Found:
        path = None
        if artifact.sha256 is not None:
            self.folders.prepare()
            path = self.folders.artifact(artifact)
            if path.is_dir() and not path.is_symlink():
                clear(path)  # a file or link is replaced in one step; a folder cannot be
            write_whole(path, data)
        return Found(artifact, data, path, way, reason, sha256)

    def _is_user_named(self, url: str) -> bool:
        """Say whether `url` lies on the server of the registry that a person named."""
        registry = self.settings.registry or ""
        return _is_url(registry) and urlsplit(url)[:2] == urlsplit(registry)[:2]

    def tell(self, tried: Sequence[ZooError]) -> None:
        """Say what failed before something else worked; if nothing does, the error says it all."""
        for error in tried:
            say = self.reporter.warning if isinstance(error, IntegrityError) else self.reporter.notice
            say(str(error))


def _verify(artifact: Artifact, data: bytes, source: str, check: Check | None) -> str:
    thing = f"{artifact.file}: {source}"
    sha256 = sha256_of(data)
    if artifact.sha256 is not None and sha256 != artifact.sha256:
        got = sha256 if artifact.size in (None, len(data)) else f"{sha256} ({len(data)} bytes)"
        raise IntegrityError(
            complaint(thing, expected=f"sha256 {artifact.sha256}", got=got, do="not used")
        )
    if artifact.size is not None and len(data) != artifact.size:
        expected, got = f"{artifact.size} bytes", f"{len(data)} bytes"
        raise IntegrityError(complaint(thing, expected=expected, got=got, do="not used"))
    if check is not None:
        check(data)
    return sha256


def _with_warnings(found: Found, tried: list[ZooError]) -> Found:
    wrong = tuple(str(error) for error in tried if isinstance(error, IntegrityError))
    return replace(found, warnings=wrong + found.warnings)


def _all_failed(artifact: Artifact, tried: list[ZooError]) -> ZooError:
    """Build one error of several: an `IntegrityError` if all bytes that were had were wrong."""
    if len(tried) == 1:
        return tried[0]
    is_wrong = any(isinstance(error, IntegrityError) for error in tried)
    text = complaint(
        f"{artifact.file} cannot be had: {' | '.join(str(error) for error in tried)}",
        do=f"set ZOO_MIRROR to a folder that has {artifact.file}",
    )
    return IntegrityError(text) if is_wrong else UnavailableError(text)


def _is_url(text: str) -> bool:
    return re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", text) is not None


def _folder(mirror: str) -> Path:
    return at_home(mirror).absolute()


def _has_file(path: Path, artifact: Artifact, *, links: bool = True) -> bool:
    try:
        info = path.stat() if links else path.lstat()
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(info.st_mode) and artifact.size in (None, info.st_size)
