"""The sub-resources of a bucket or an object: settings that consist of one document each.

Each sub-resource is a row of the table in this file. The same three operations get, set and delete all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ..exceptions import InvalidArgumentError, InvalidXMLError
from ..wire import xml
from ..wire.message import Request, Response
from ..wire.url import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...corsconfig import CORSConfig
    from ...legalhold import LegalHold
    from ...lifecycleconfig import LifecycleConfig
    from ...notificationconfig import NotificationConfig
    from ...objectlockconfig import ObjectLockConfig
    from ...replicationconfig import ReplicationConfig
    from ...retention import Retention
    from ...sseconfig import SSEConfig
    from ...tagging import Tagging
    from ...versioningconfig import VersioningConfig

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subresource(Generic[T]):
    """A sub-resource whose document is XML."""

    name: str
    """The name in the query."""
    title: str
    """The name of the S3 operations, without the verb."""
    cls: str = ""
    """The class that reads and writes the document, as `module.Class`. It is imported on first use."""
    root: str = ""
    """The local name of the root element."""
    none: frozenset[str] = frozenset()
    """The error codes of a sub-resource without a document."""
    of_object: bool = False
    """True if it belongs to an object, not to a bucket."""
    may_be_blank: bool = False
    """True if servers send an empty body when there is no document."""
    deletion: str = ""
    """The name of the S3 operation that deletes it, if it is not `Delete` plus the title."""

    def load(self) -> type[T]:
        """Return the class."""
        module, _, name = self.cls.partition(".")
        return cast("type[T]", getattr(import_module(f"minio.{module}"), name))

    def read(self, body: bytes) -> T | None:
        """Parse a document. Return None if it is empty.

        Raises:
            InvalidXMLError: It is another document, or it contains something that the class does not support.
        """
        if self.may_be_blank and not body.strip():
            return None
        root = xml.parse(body)
        if xml.is_empty(root):
            # Servers use different names for root elements, but an empty one can only be identified by its name.
            xml.check_root(root, self.root)
            return None
        try:
            return cast(T, cast(Any, self.load()).fromxml(root))
        except (InvalidArgumentError, InvalidXMLError) as error:
            xml.check_root(root, self.root)
            raise InvalidXMLError(f"the response is not a valid {self.cls.partition('.')[2]}: {error}") from error

    def check(self, body: bytes) -> None:
        """Check that the body is a document of this sub-resource, without reading its contents.

        Raises:
            InvalidXMLError: It is another document, such as a listing of objects.
        """
        if not self.may_be_blank or body.strip():
            xml.parse(body, self.root)


class JsonSubresource(Subresource[str]):
    """A sub-resource whose document is JSON. It is returned as text."""

    __slots__ = ()

    def check(self, body: bytes) -> None:
        if not body.lstrip().startswith(b"{"):
            raise InvalidXMLError("the response is not a JSON object")

    def read(self, body: bytes) -> str:
        if not body.strip():
            raise InvalidXMLError("the response has no document")
        try:
            return body.decode()
        except UnicodeDecodeError as error:
            raise InvalidXMLError(f"the response is not UTF-8 text: {body[:100]!r}") from error


# The table

CORS: Subresource[CORSConfig] = Subresource(
    name="cors",
    title="BucketCors",
    cls="corsconfig.CORSConfig",
    root="CORSConfiguration",
    none=frozenset({"NoSuchCORSConfiguration"}),
)
ENCRYPTION: Subresource[SSEConfig] = Subresource(
    name="encryption",
    title="BucketEncryption",
    cls="sseconfig.SSEConfig",
    root="ServerSideEncryptionConfiguration",
    none=frozenset({"ServerSideEncryptionConfigurationNotFoundError"}),
)
LIFECYCLE: Subresource[LifecycleConfig] = Subresource(
    name="lifecycle",
    title="BucketLifecycleConfiguration",
    cls="lifecycleconfig.LifecycleConfig",
    root="LifecycleConfiguration",
    none=frozenset({"NoSuchLifecycleConfiguration"}),
    deletion="DeleteBucketLifecycle",
)
NOTIFICATION: Subresource[NotificationConfig] = Subresource(
    name="notification",
    title="BucketNotificationConfiguration",
    cls="notificationconfig.NotificationConfig",
    root="NotificationConfiguration",
    may_be_blank=True,
)
# For a bucket created without object lock, the server's error is raised: it is not a bucket without a rule.
OBJECT_LOCK: Subresource[ObjectLockConfig] = Subresource(
    name="object-lock",
    title="ObjectLockConfiguration",
    cls="objectlockconfig.ObjectLockConfig",
    root="ObjectLockConfiguration",
)
POLICY = JsonSubresource(
    name="policy",
    title="BucketPolicy",
    none=frozenset({"NoSuchBucketPolicy"}),
)
REPLICATION: Subresource[ReplicationConfig] = Subresource(
    name="replication",
    title="BucketReplication",
    cls="replicationconfig.ReplicationConfig",
    root="ReplicationConfiguration",
    none=frozenset({"ReplicationConfigurationNotFoundError"}),
)
BUCKET_TAGGING: Subresource[Tagging] = Subresource(
    name="tagging",
    title="BucketTagging",
    cls="tagging.Tagging",
    root="Tagging",
    none=frozenset({"NoSuchTagSet"}),
)
VERSIONING: Subresource[VersioningConfig] = Subresource(
    name="versioning",
    title="BucketVersioning",
    cls="versioningconfig.VersioningConfig",
    root="VersioningConfiguration",
)
LEGAL_HOLD: Subresource[LegalHold] = Subresource(
    name="legal-hold",
    title="ObjectLegalHold",
    cls="legalhold.LegalHold",
    root="LegalHold",
    none=frozenset({"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError", "NoSuchObjectLegalHold"}),
    of_object=True,
)
RETENTION: Subresource[Retention] = Subresource(
    name="retention",
    title="ObjectRetention",
    cls="retention.Retention",
    root="Retention",
    none=frozenset({"NoSuchObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"}),
    of_object=True,
)
OBJECT_TAGGING: Subresource[Tagging] = Subresource(
    name="tagging",
    title="ObjectTagging",
    cls="tagging.Tagging",
    root="Tagging",
    none=frozenset({"NoSuchTagSet"}),
    of_object=True,
)


# The operations


@dataclass(frozen=True, slots=True)
class GetSubresource(Generic[T]):
    """Get the document. The result is None if it is empty."""

    resource: Subresource[T]
    bucket: str
    key: str = ""
    query: Query = field(default_factory=dict)
    check: Callable[[T], object] | None = None
    """A function that raises InvalidArgumentError if the caller cannot use the document."""

    @property
    def s3_name(self) -> str:
        return f"Get{self.resource.title}"

    def request(self) -> Request:
        return Request(
            method="GET",
            bucket=self.bucket,
            key=self.key,
            query={self.resource.name: "", **self.query},
            may_be_empty=self.resource.may_be_blank,
        )

    def parse(self, response: Response, /) -> T | None:
        found = self.resource.read(response.body)
        if found is not None and self.check is not None:
            try:
                self.check(found)
            except InvalidArgumentError as error:
                raise InvalidXMLError(f"the response is not a valid {self.resource.name}: {error}") from error
        return found


@dataclass(frozen=True, slots=True)
class FindSubresource(GetSubresource[Any]):
    """Check that the server supports the sub-resource. The document may contain unknown elements."""

    def parse(self, response: Response, /) -> None:
        if not response.mocked:  # a mock answers every request alike, and has no bucket to lose
            self.resource.check(response.body)


@dataclass(frozen=True, slots=True)
class PutSubresource:
    """Set the document. S3 requires Content-MD5 for most of them."""

    resource: Subresource[Any]
    body: bytes
    bucket: str
    key: str = ""
    query: Query = field(default_factory=dict)

    @property
    def s3_name(self) -> str:
        return f"Put{self.resource.title}"

    def request(self) -> Request:
        return Request(
            method="PUT",
            bucket=self.bucket,
            key=self.key,
            query={self.resource.name: "", **self.query},
            body=self.body,
            md5=True,
        )

    def parse(self, response: Response, /) -> None:
        return None


@dataclass(frozen=True, slots=True)
class DeleteSubresource:
    """Delete the document."""

    resource: Subresource[Any]
    bucket: str
    key: str = ""
    query: Query = field(default_factory=dict)

    @property
    def s3_name(self) -> str:
        return self.resource.deletion or f"Delete{self.resource.title}"

    def request(self) -> Request:
        return Request(
            method="DELETE",
            bucket=self.bucket,
            key=self.key,
            query={self.resource.name: "", **self.query},
            already_done_codes=self.resource.none,
        )

    def parse(self, response: Response, /) -> None:
        return None
