"""The values of site replication in the admin API: a site, a change to a site, and what to report.

Import them from `minio.minioadmin` or `minio.datatypes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._core.display import shows
from ._core.exceptions import InvalidArgumentError
from ._core.public import publish
from ._core.wire.dates import to_iso8601utc

if TYPE_CHECKING:
    from datetime import datetime


@shows("name", "endpoint", "access_key")
@dataclass(frozen=True)
class PeerSite:
    """A site to add to site replication."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str

    def to_dict(self) -> dict[str, str]:
        """Return the site in the form that the server expects."""
        return {
            "name": self.name,
            "endpoints": self.endpoint,
            "accessKey": self.access_key,
            "secretKey": self.secret_key,
        }


@shows()
@dataclass(frozen=True)
class PeerInfo:
    """A change to a site of site replication."""

    deployment_id: str
    endpoint: str
    bucket_bandwidth_limit: str
    bucket_bandwidth_set: str
    name: str | None = None
    sync_status: str | None = None
    bucket_bandwidth_updated_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the change in the form that the server expects."""
        bandwidth = {"bandwidthLimitPerBucket": self.bucket_bandwidth_limit, "set": self.bucket_bandwidth_set}
        if self.bucket_bandwidth_updated_at is not None:
            bandwidth["updatedAt"] = to_iso8601utc(self.bucket_bandwidth_updated_at) or ""
        found: dict[str, Any] = {
            "endpoint": self.endpoint,
            "deploymentID": self.deployment_id,
            "defaultbandwidth": bandwidth,
        }
        if self.name is not None:
            found["name"] = self.name
        if self.sync_status is not None:
            found["sync"] = self.sync_status
        return found


@shows()
@dataclass(frozen=True)
class SiteReplicationStatusOptions:
    """The options of a request for the site replication status.

    Raises:
        InvalidArgumentError: Only one of `entity` and `entity_value` is given.
    """

    buckets: bool = False
    policies: bool = False
    users: bool = False
    groups: bool = False
    metrics: bool = False
    show_deleted: bool = False
    entity: str | None = None
    entity_value: str | None = None

    def __post_init__(self) -> None:
        if bool(self.entity) != bool(self.entity_value):
            raise InvalidArgumentError("entity and entity_value go together")

    def to_query_params(self) -> dict[str, str]:
        """Return the options as query parameters."""
        flags = {
            "buckets": self.buckets,
            "policies": self.policies,
            "users": self.users,
            "groups": self.groups,
            "metrics": self.metrics,
            "showDeleted": self.show_deleted,
        }
        query = {name: "true" if flag else "false" for name, flag in flags.items()}
        if self.entity and self.entity_value:
            query |= {"entity": self.entity, "entityvalue": self.entity_value}
        return query


publish("minio.datatypes", vars())
