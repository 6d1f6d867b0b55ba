"""Operations on buckets: list, create, check, locate, delete."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..bucket_datatypes import Bucket, ListAllMyBucketsResult
from ..exceptions import InvalidXMLError
from ..wire import xml
from ..wire.endpoint import parse_region
from ..wire.marshal import marshal
from ..wire.message import Headers, Request, Response

if TYPE_CHECKING:
    from ...bucketconfig import CreateBucketConfiguration


@dataclass(frozen=True, slots=True)
class ListBuckets:
    """List the caller's buckets, one page per request. Without arguments, servers send all of them."""

    region: str = ""
    """Only buckets of this region."""
    most: int | None = None
    prefix: str = ""
    token: str = ""
    """The start of the page."""

    def request(self) -> Request:
        named = {
            "bucket-region": self.region,
            "max-buckets": "" if self.most is None else str(self.most),
            "prefix": self.prefix,
            "continuation-token": self.token,
        }
        return Request(method="GET", query={name: value for name, value in named.items() if value})

    def parse(self, response: Response, /) -> BucketsPage:
        root = xml.parse(response.body, "ListAllMyBucketsResult")
        buckets = ListAllMyBucketsResult.fromxml(root).buckets
        return BucketsPage(buckets, (xml.text(root, "ContinuationToken") or "").strip())


@dataclass(frozen=True, slots=True)
class BucketsPage:
    """A page of buckets. `token` is the start of the next page, or "" for the last one."""

    buckets: list[Bucket]
    token: str


@dataclass(frozen=True, slots=True)
class CreateBucket:
    """Create a bucket in a region."""

    bucket: str
    region: str
    object_lock: bool = False
    config: CreateBucketConfiguration | None = None
    """The rest of the configuration of the new bucket."""

    def request(self) -> Request:
        headers = {"x-amz-bucket-object-lock-enabled": "true"} if self.object_lock else {}
        return Request(
            method="PUT",
            bucket=self.bucket,
            headers=headers,
            body=b"" if self.region == "us-east-1" and self.config is None else self._body(),
            region=self.region,
            path_style=True,
            already_done_codes=frozenset({"BucketAlreadyOwnedByYou"}),
        )

    def _body(self) -> bytes:
        if self.config is not None:
            region = None if self.region == "us-east-1" or self.config.location else self.region
            return marshal(replace(self.config, location_constraint=region))
        root = xml.new("CreateBucketConfiguration")
        xml.add(root, "LocationConstraint", self.region)
        return xml.render(root)

    def parse(self, response: Response, /) -> None:
        return None


@dataclass(frozen=True, slots=True)
class HeadBucket:
    """Check that a bucket exists and is accessible."""

    bucket: str

    def request(self) -> Request:
        return Request(method="HEAD", bucket=self.bucket)

    def parse(self, response: Response, /) -> Headers:
        return response.headers


@dataclass(frozen=True, slots=True)
class GetBucketLocation:
    """Get a bucket's region."""

    bucket: str

    def request(self) -> Request:
        return Request(method="GET", bucket=self.bucket, query={"location": ""}, region="us-east-1", path_style=True)

    def parse(self, response: Response, /) -> str:
        root = xml.parse(response.body)
        found = (root.text or xml.text(root, "LocationConstraint") or "").strip()
        region = parse_region({"": "us-east-1", "EU": "eu-west-1"}.get(found, found))
        if region is None:
            raise InvalidXMLError(f"the bucket's region is not a name: {found[:100]!r}")
        return region


@dataclass(frozen=True, slots=True)
class DeleteBucket:
    """Delete an empty bucket."""

    bucket: str

    def request(self) -> Request:
        return Request(method="DELETE", bucket=self.bucket, already_done_codes=frozenset({"NoSuchBucket"}))

    def parse(self, response: Response, /) -> None:
        return None
