"""What each server cannot do, and why. A feature that is not named here is one that all of them have.

    @pytest.mark.requires("versioning", "object_lock")
    def test_...(client, bucket): ...

The test is then skipped, with the reason, on the servers that lack one of them.
"""

from __future__ import annotations

_SEGMENTS = "keys are paths of a file system"
_NOT_IMPLEMENTED = "501 NotImplemented"
_COPY_IF = "x-amz-copy-source-if-* is ignored on copy (it reads x-amz-copy-if-*)"

LACKS: dict[str, dict[str, str]] = {
    "seaweedfs": {
        "admin_api": "no MinIO admin API",
        "assume_role": "no AssumeRole for its static keys",
        "bucket_notification": "PUT ?notification: 409 BucketAlreadyOwnedByYou",
        "bucket_replication": "PUT ?replication: 409 BucketAlreadyOwnedByYou",
        "bucket_website": "PUT ?website: 409 BucketAlreadyOwnedByYou",
        "abort_twice_refused": "aborting an upload twice is accepted",
        "copy_result_namespace": "CopyObjectResult has no namespace and an unquoted ETag",
        "event_push": "no notifications",
        "fractional_timestamps": "timestamps have no fractions",
        "keys_backslash": "a backslash in a key becomes a slash",
        "keys_directory_body": "the body of an object named dir/ is lost",
        "keys_dot_segments": "the segments . and .. are refused",
        "keys_double_slash": "// in a key collapses",
        "keys_leading_slash": "a leading slash of a key is dropped",
        "keys_long_segment": "a segment of a key has 255 bytes at most",
        "list_uploads_delimiter": "list uploads ignores the delimiter",
        "listen": _NOT_IMPLEMENTED,
        "get_notification": "?notification is answered with a listing of the bucket",
        "topics": "no notifications",
        "policy_anonymous_write": "anonymous PUT and DELETE stay 403 whatever the policy says",
        "public_access_block": _NOT_IMPLEMENTED,
        "select": "405",
        "sha256_verified": "the body's sha256 is never verified",
        "snowball": "no MinIO extensions",
        "sse_kms": "needs a key server",
        "server_minio": "not the MinIO server",
    },
    "juicefs": {
        "content_encoding_kept": "Content-Encoding is not kept",
        "bucket_cors": _NOT_IMPLEMENTED,
        "bucket_encryption": _NOT_IMPLEMENTED,
        "bucket_lifecycle": _NOT_IMPLEMENTED,
        "bucket_replication": _NOT_IMPLEMENTED,
        "bucket_website": _NOT_IMPLEMENTED,
        "checksum_verified": "x-amz-checksum-* is ignored",
        "chunked_transfer_encoding": "411 MissingContentLength",
        "get_object_attributes": "?attributes is ignored: the object itself comes",
        "if_match_put": "If-Match on PUT is ignored",
        "if_match_put_quoted": "If-Match on PUT is ignored",
        "if_none_match_put": "If-None-Match on PUT is ignored",
        "if_none_match_put_versioned": "If-None-Match on PUT is ignored",
        "keys_directory_body": _SEGMENTS,
        "keys_dot_segments": _SEGMENTS,
        "keys_double_slash": _SEGMENTS,
        "keys_leading_slash": _SEGMENTS,
        "keys_long_segment": _SEGMENTS,
        "keys_prefix_of_each_other": "a and a/b cannot both exist",
        "lambda_notification": "Topic and Lambda targets: UnsupportedNotification",
        "listen_refused": "it can listen",
        "topics": "no topics",
        "multi_delete_without_md5": "multi-delete demands Content-MD5",
        "object_lock": _NOT_IMPLEMENTED,
        "ownership_controls": _NOT_IMPLEMENTED,
        "page_limit": "pages are not capped at 1,000 keys",
        "public_access_block": _NOT_IMPLEMENTED,
        "response_headers_kept": "Content-Language and Expires are not kept",
        "sse_c": "400: only over https",
        "sse_kms": _NOT_IMPLEMENTED,
        "sse_s3": _NOT_IMPLEMENTED,
        "versioning": _NOT_IMPLEMENTED,
    },
    "ceph": {
        "admin_api": "no MinIO admin API",
        "assume_role": "off: with it every failed signature is answered AccessDenied",
        "bucket_encryption": "?encryption is ignored: the list of objects comes",
        "bucket_website": "405",
        "checksum_verified": "x-amz-checksum-* is ignored",
        "complete_etag": "CompleteMultipartUpload returns an empty ETag",
        "complete_subset": "completing with a subset of the parts: 400",
        "copy_conditions": _COPY_IF,
        "empty_notification": "an empty configuration is 400: DELETE ?notification clears",
        "get_object_attributes": "500, or ?attributes is ignored",
        "if_none_match_put_versioned": "If-None-Match on PUT is ignored in a versioned bucket",
        "if_match_put_quoted": "PUT If-Match works only with an unquoted ETag",
        "lambda_notification": "Queue and Lambda targets: 400",
        "list_uploads_delimiter": "list uploads has no CommonPrefixes",
        "list_uploads_encoding": "list uploads has no EncodingType",
        "list_uploads_key_marker": "the key-marker of list uploads is inclusive",
        "listen": "no MinIO extensions",
        "ownership_controls": "?ownershipControls is ignored: the list of objects comes",
        "make_bucket_again_refused": "one's own bucket may be made again, as in AWS's first region",
        "location_of_buckets": "ListBuckets tells the location `default`",
        "copy_version_id": "CopyObject does not tell the version it made",
        "multipart_tags": "x-amz-tagging of CreateMultipartUpload is ignored",
        "multi_delete_over_1000": "1,001 keys in a multi-delete: 400 with an empty body",
        "notification_replaced": "PUT ?notification adds to what is there",
        "part_copy_percent": "UploadPartCopy from a key with % is 404",
        "queue_notification": "Queue and Lambda targets: 400",
        "select": "the records come wrapped in XML",
        "server_minio": "not the MinIO server",
        "snowball": "no MinIO extensions",
        "sse_kms": "needs a key server",
        "sse_s3": "x-amz-server-side-encryption: AES256 is ignored",
        "topic_notification_minio": "topics have to be made first",
        "trailing_checksum": "400 XAmzContentSHA256Mismatch",
    },
}

FEATURES = frozenset(feature for lacks in LACKS.values() for feature in lacks) | {
    # All three have these; named so that a test may still say what it rests on.
    "content_md5_verified",
    "keys_control",
    "list_uploads_by_prefix",
    "list_v1",
    "list_v2",
    "multipart",
    "part_copy",
    "post_policy",
    "presigned",
    "range",
}


def missing(server: str, features: tuple[str, ...]) -> str | None:
    """Why a server cannot run a test that needs some features, or None when it can."""
    for feature in features:
        if feature not in FEATURES:
            raise ValueError(f"no such feature in capabilities.py: {feature!r}")
        if feature in LACKS[server]:
            return f"{server}: {feature}: {LACKS[server][feature]}"
    return None
