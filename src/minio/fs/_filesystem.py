"""The file system: a bucket is a directory at the top, and the key of an object is a path in it."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fsspec import register_implementation
from fsspec.asyn import get_loop, sync, sync_wrapper

from ..aio import AsyncMinio
from ..credentials import Provider
from ..error import InvalidArgumentError, InvalidArgumentTypeError
from ._errors import translated
from ._file import MinioFile
from ._many import JOBS
from ._options import Connection
from ._paths import object_place
from ._transfers import TransferCalls

if TYPE_CHECKING:
    from ..aio._object_reader import AsyncObjectReader
    from ..aio._object_writer import AsyncObjectWriter

_FOR_FSSPEC = frozenset({"listings_expiry_time", "max_paths", "skip_instance_cache", "use_listings_cache"})


class MinioFileSystem(TransferCalls):
    """The buckets of a server as a file system of fsspec.

    What is not given comes from the environment, as `Minio.from_env` reads it, or with `alias` from the configuration
    of `mc`, as `Minio.from_alias` reads it. If no variable has keys, they come from the files of AWS or of `mc`, and on
    AWS from the role of the machine. Everything is read when the file system is made.

    Listings are not kept: what another process writes is seen at once. `use_listings_cache=True` keeps them, with
    `listings_expiry_time` and `max_paths`.

    Args:
        endpoint: The server: `host:port`, or a URL whose scheme says whether to use TLS.
        key: The access key.
        secret: The secret key.
        token: The session token of temporary credentials.
        endpoint_url: Another name for `endpoint`.
        username: Another name for `key`.
        password: Another name for `secret`.
        anon: Send no credentials.
        secure: Use TLS, if the endpoint has no scheme. The default is True.
        use_ssl: Another name for `secure`.
        region: The region of all buckets.
        profile: A profile of AWS's files, for the keys.
        alias: An alias of `mc`, for the endpoint and the keys, instead of the environment.
        credentials: A credentials provider.
        client_kwargs: Further arguments of `AsyncMinio`, also under botocore's names.
        config_kwargs: Settings of botocore's `Config`: the time-outs, `retries`, `max_pool_connections`, and
            `s3={"addressing_style": ...}`.
        default_block_size: The bytes that an open file reads ahead, or collects before it uploads them. The default
            reads ahead as far as the program reads in order, up to 8 MiB, and uploads parts of 5 MiB.
        default_cache_type: The cache of files that are read: "adaptive", or one of fsspec's.
        version_aware: Paths may end with `?versionId=...`, and an open file is read at the version it had.
        asynchronous: The calls are awaited on the caller's own event loop.
        loop: The event loop for blocking calls. The default is fsspec's.
        batch_size: How many calls of `cat`, `get`, `put`, `pipe` and the like are under way at a time; 64 by default.
        storage_options: Options of fsspec, such as `use_listings_cache`.

    Raises:
        InvalidArgumentError: An option is invalid; the message names it.

    Example:
        >>> from minio.fs import MinioFileSystem
        >>> fs = MinioFileSystem("http://127.0.0.1:9000", "access key", "secret key")
        >>> with fs.open("my-bucket/table.csv", "w") as file:
        ...     length = file.write("a,b")
        >>> fs.cat("my-bucket/table.csv")
        b'a,b'
    """

    protocol: str | tuple[str, ...] = "minio"
    _loop: Any
    _pid: int
    root_marker = ""

    def __init__(
        self,
        endpoint: str | None = None,
        key: str | None = None,
        secret: str | None = None,
        token: str | None = None,
        *,
        endpoint_url: str | None = None,
        username: str | None = None,
        password: str | None = None,
        anon: bool = False,
        secure: bool | None = None,
        use_ssl: bool | None = None,
        region: str | None = None,
        profile: str | None = None,
        alias: str | None = None,
        credentials: Provider | None = None,
        client_kwargs: Mapping[str, Any] | None = None,
        config_kwargs: Mapping[str, Any] | None = None,
        default_block_size: int | None = None,
        default_cache_type: str = "adaptive",
        version_aware: bool = False,
        asynchronous: bool = False,
        loop: Any = None,
        batch_size: int | None = None,
        **storage_options: Any,
    ) -> None:
        _check_names(storage_options)
        self._connection = Connection(
            endpoint or endpoint_url,
            key or username,
            secret or password,
            token,
            anon,
            use_ssl if secure is None else secure,
            region,
            profile,
            alias,
            credentials,
            client_kwargs,
            config_kwargs,
        )
        storage_options = {"use_listings_cache": False, **storage_options}
        super().__init__(asynchronous=asynchronous, loop=loop, batch_size=batch_size or JOBS, **storage_options)
        self.default_block_size = default_block_size
        self.default_cache_type = default_cache_type
        self.version_aware = version_aware
        self._client = self._connection.open()
        self._fork_lock = threading.Lock()
        finalizer = weakref.finalize(self, _close, self._loop, self._client)
        finalizer.atexit = False

    @classmethod
    def register(cls, *protocols: str) -> None:
        """Let this file system serve the URLs of further protocols in this process, such as `s3`.

        Args:
            protocols: The protocols, without `://`.

        Example:
            >>> from minio.fs import MinioFileSystem
            >>> MinioFileSystem.register("minio")
        """
        known = (cls.protocol,) if isinstance(cls.protocol, str) else cls.protocol
        cls.protocol = tuple(dict.fromkeys([*known, *protocols]))
        for protocol in protocols:
            register_implementation(protocol, cls, clobber=True)

    @property
    def loop(self) -> Any:
        """The event loop of blocking calls. A forked child gets one of its own: threads do not survive a fork."""
        if self._pid != os.getpid():
            with self._fork_lock:
                self._loop = None if self.asynchronous else get_loop()
                self._pid = os.getpid()
        return self._loop

    @property
    def client(self) -> AsyncMinio:
        """The client that sends the requests. Its coroutines run on `loop`, or on the loop of the caller."""
        return self._client

    def _open_client(self) -> AsyncMinio:
        return self._client

    @property
    def fsid(self) -> str:
        """A name of the server, the same in every process."""
        return f"minio+{self._client._session.endpoint.scheme}://{self._client._session.endpoint}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.fsid.partition('+')[2]!r})"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        return super()._strip_protocol(path).lstrip("/")

    def invalidate_cache(self, path: str | None = None) -> None:
        """Forget the listings that contain a path, or all of them."""
        if path is None:
            self.dircache.clear()
        else:
            path = self._strip_protocol(path)
            self.dircache.pop(path, None)
            while path:
                path = self._parent(path)
                self.dircache.pop(path, None)
        super().invalidate_cache(path)

    def _open(
        self,
        path: str,
        mode: str = "rb",
        block_size: int | None = None,
        autocommit: bool = True,
        cache_type: str | None = None,
        cache_options: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> MinioFile:
        """Open an object. See `MinioFile`."""
        return MinioFile(
            self,
            path,
            mode,
            block_size=block_size or self.default_block_size,
            autocommit=autocommit,
            cache_type=cache_type or self.default_cache_type,
            cache_options=cache_options,
            **kwargs,
        )

    async def open_async(self, path: str, mode: str = "rb", **kwargs: Any) -> AsyncObjectReader | AsyncObjectWriter:
        """Open an object as an asynchronous file: `await file.read(n)`, `await file.write(data)`.

        The errors are those of the client. See `AsyncMinio.open_object` for the further arguments.
        """
        if mode not in ("rb", "wb"):
            raise InvalidArgumentError(f"mode must be 'rb' or 'wb', not {mode!r}")
        place = object_place(self._strip_protocol(path), self.version_aware)
        if mode == "wb":
            return await self._client.open_object(place.bucket, place.key, "wb", **kwargs)
        kwargs.setdefault("version_id", place.version_id)
        with translated(path):
            return await self._client.open_object(place.bucket, place.key, "rb", **kwargs)

    def checksum(self, path: str) -> int:
        """Return a number that changes when the object does. It takes one request."""
        return int(self.ukey(path), 16)

    def ukey(self, path: str) -> str:
        """Return a text that changes when the object does: a digest of its ETag, size and version."""
        from hashlib import sha256

        info = self.info(path)
        about = [info["name"], info.get("etag"), info["size"], info.get("VersionId")]
        return sha256(repr(about).encode("utf-8", "surrogatepass")).hexdigest()

    def modified(self, path: str) -> Any:
        """Return the time of the last modification, an aware datetime in UTC."""
        return self.info(path).get("last_modified")

    def close(self) -> None:
        """Close the connections. The file system opens new ones when it is used again."""
        client, self._client = self._client, self._connection.open()
        if self._loop is not None:
            sync(self.loop, client.close)

    rmdir = sync_wrapper(TransferCalls._rmdir)
    touch = sync_wrapper(TransferCalls._touch)
    sign = sync_wrapper(TransferCalls._sign)
    object_version_info = sync_wrapper(TransferCalls._object_version_info)


def _check_names(options: Iterable[str]) -> None:
    """Reject unknown options, so that a misspelled name is not ignored."""
    unknown = sorted(set(options) - _FOR_FSSPEC)
    if unknown:
        raise InvalidArgumentTypeError(f"unknown storage options: {', '.join(unknown)}")


def _close(loop: Any, client: AsyncMinio) -> None:
    """Close the connections of a file system that is no longer used, if its loop still runs."""
    import asyncio
    from contextlib import suppress

    if loop is not None and loop.is_running():
        with suppress(RuntimeError):
            asyncio.run_coroutine_threadsafe(client.close(), loop)
