"""Operations on buckets: list, make, look at, find the region of, remove."""

from __future__ import annotations

from dataclasses import dataclass

from ...datatypes import Bucket, ListAllMyBucketsResult
from ...error import InvalidXMLError
from ..wire import xml
from ..wire.endpoint import told_region
from ..wire.errors import refuse_page
from ..wire.message import Request, Response


@dataclass(frozen=True, slots=True)
class ListBuckets:
    """List the caller's buckets."""

    def request(self) -> Request:
        return Request(method="GET")

    def parse(self, response: Response, /) -> list[Bucket]:
        return ListAllMyBucketsResult.fromxml(xml.parse(response.body, "ListAllMyBucketsResult")).buckets


@dataclass(frozen=True, slots=True)
class CreateBucket:
    """Make a bucket in a region."""

    bucket: str
    region: str
    object_lock: bool = False

    def request(self) -> Request:
        headers = {"x-amz-bucket-object-lock-enabled": "true"} if self.object_lock else {}
        return Request(
            method="PUT",
            bucket=self.bucket,
            headers=headers,
            body=b"" if self.region == "us-east-1" else self._body(),
            region=self.region,
            path_style=True,
            echoes=frozenset({"BucketAlreadyOwnedByYou"}),
        )

    def _body(self) -> bytes:
        root = xml.new("CreateBucketConfiguration")
        xml.add(root, "LocationConstraint", self.region)
        return xml.render(root)

    def parse(self, response: Response, /) -> None:
        refuse_page(response)


@dataclass(frozen=True, slots=True)
class HeadBucket:
    """Look whether a bucket is there and may be used."""

    bucket: str

    def request(self) -> Request:
        return Request(method="HEAD", bucket=self.bucket)

    def parse(self, response: Response, /) -> None:
        return None


@dataclass(frozen=True, slots=True)
class GetBucketLocation:
    """Ask for a bucket's region."""

    bucket: str

    def request(self) -> Request:
        return Request(method="GET", bucket=self.bucket, query={"location": ""}, region="us-east-1", path_style=True)

    def parse(self, response: Response, /) -> str:
        root = xml.parse(response.body)
        found = (root.text or xml.text(root, "LocationConstraint") or "").strip()
        region = told_region({"": "us-east-1", "EU": "eu-west-1"}.get(found, found))
        if region is None:
            raise InvalidXMLError(f"the bucket's region is no name: {found[:100]!r}")
        return region


@dataclass(frozen=True, slots=True)
class DeleteBucket:
    """Remove an empty bucket."""

    bucket: str

    def request(self) -> Request:
        return Request(method="DELETE", bucket=self.bucket, echoes=frozenset({"NoSuchBucket"}))

    def parse(self, response: Response, /) -> None:
        return None
