"""The public names and signatures of the documented API, of earlier releases, and of this library alone.

Those of 7.2 are in test_surface.py.
"""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import minio
from minio import AsyncMinio, AsyncMinioAdmin, Minio, MinioAdmin
from minio.datatypes import PostPolicy
from test_surface import SURFACE

# Where the documented era finds its names.
DOCUMENTED = {
    "minio": "Minio PostPolicy CopyConditions ResponseError Bucket Object",
    "minio.copy_conditions": "CopyConditions",
    "minio.definitions": "Bucket CopyObjectResult IncompleteUpload MultipartUploadResult Object UploadPart",
    "minio.error": (
        "APINotImplemented AccessDenied AccountProblem AmbiguousGrantByEmailAddress ArgumentError BadDigest "
        "BucketAlreadyExists BucketAlreadyOwnedByYou BucketNotEmpty CredentialNotSupported "
        "CrossLocationLoggingProhibited EntityTooLarge EntityTooSmall ExpiredToken "
        "IllegalVersioningConfigurationException IncompleteBody IncorrectNumberOfFilesInPostRequest "
        "InlineDataTooLarge InternalError InvalidAccessKeyId InvalidAddressingHeader InvalidArgument "
        "InvalidArgumentError InvalidBucketError InvalidBucketName InvalidBucketState InvalidDigest "
        "InvalidEncryptionAlgorithmError InvalidEndpointError InvalidLocationConstraint InvalidObjectState "
        "InvalidPart InvalidPartOrder InvalidPayer InvalidPolicyDocument InvalidRange InvalidRequest "
        "InvalidSOAPRequest InvalidSecurity InvalidSizeError InvalidStorageClass InvalidTargetBucketForLogging "
        "InvalidToken InvalidURI InvalidXMLError KeyTooLong KnownResponseError MalformedACLError "
        "MalformedPOSTRequest MalformedXML MaxMessageLengthExceeded MaxPostPreDataLengthExceededError "
        "MetadataTooLarge MethodNotAllowed MinioError MissingAttachment MissingContentLength "
        "MissingRequestBodyError MissingSecurityElement MissingSecurityHeader MultiDeleteError "
        "NoLoggingStatusForKey NoSuchBucket NoSuchBucketPolicy NoSuchKey NoSuchLifecycleConfiguration "
        "NoSuchUpload NoSuchVersion NotSignedUp OperationAborted PermanentRedirect PreconditionFailed Redirect "
        "RequestIsNotMultiPartContent RequestTimeTooSkewed RequestTimeout RequestTorrentOfBucketError "
        "ResponseError RestoreAlreadyInProgress ServiceUnavailable SignatureDoesNotMatch SlowDown "
        "TemporaryRedirect TokenRefreshRequired TooManyBuckets UnexpectedContent "
        "UnresolvableGrantByEmailAddress UserKeyMustBeSpecified known_errors"
    ),
    "minio.compat": "basestring numeric_types queryencode urlencode",
    "minio.fold_case_dict": "FoldCaseDict",
    "minio.helpers": (
        "AWS_S3_ENDPOINT_MAP Hasher PartMetadata basestring dump_http encode_object_name get_md5_base64digest "
        "get_s3_endpoint get_s3_region_from_endpoint get_sha256_hexdigest get_target_url is_non_empty_string "
        "is_valid_bucket_name is_valid_bucket_notification_config is_valid_endpoint is_virtual_host mkdir_p "
        "optimal_part_info read_full"
    ),
    "minio.parsers": (
        "NOTIFICATIONS_ARN_FIELDNAME_MAP parse_copy_object parse_get_bucket_notification parse_list_buckets "
        "parse_list_multipart_uploads parse_list_objects parse_list_objects_v2 parse_list_parts "
        "parse_location_constraint parse_multi_object_delete_response parse_multipart_upload_result "
        "parse_new_multipart_upload"
    ),
    "minio.policy": "Policy get_policy set_policy",
    "minio.post_policy": "PostPolicy",
    "minio.select.errors": "SelectCRCValidationError SelectMessageError",
    "minio.select.helpers": "byte_int calculate_crc validate_crc",
    "minio.select.options": (
        "CSVInput CSVOutput InputSerialization JSONInput JSONOutput OutputSerialization ParquetInput RequestProgress "
        "SelectObjectOptions"
    ),
    "minio.select.reader": "SelectObjectReader",
    "minio.select_object_options": (
        "CSVInput CSVOutput InputSerialization JSONInput JsonOutput OutputSerialization ParquetInput RequestProgress "
        "SelectObjectOptions"
    ),
    "minio.select_object_reader": "CRCValidationError SelectObjectReader",
    "minio.signer": (
        "generate_authorization_header generate_canonical_request generate_credential_string generate_scope_string "
        "generate_signing_key generate_string_to_sign get_signed_headers post_presign_signature presign_v4 sign_v4"
    ),
    "minio.sse": "SSE_C SSE_KMS SSE_S3 copy_SSE_C",
    "minio.thread_pool": "ThreadPool Worker",
    "minio.xml_marshal": (
        "NOTIFICATIONS_ARN_FIELDNAME_MAP xml_marshal_bucket_constraint xml_marshal_bucket_notifications "
        "xml_marshal_complete_multipart_upload xml_marshal_delete_objects"
    ),
}

# Names of this library alone.
OWN = {
    "minio": "AsyncMinioAdmin MinioAdmin",
    "minio.crypto": "DecryptionError",
    "minio.accesscontrol": "AccessControlPolicy:fromxml Grant:fromxml",
    "minio.args": (
        "BucketInfo CallOptions Directive LocationInfo ProgressType PutObjectFanOutEntry SnowballObject SourceObject"
    ),
    "minio.bucketconfig": "BucketInfo:toxml CreateBucketConfiguration:toxml LocationInfo:toxml",
    "minio.checksum": (
        "Algorithm CRC32 CRC32C CRC64NVME Hasher:digest,reset,update MD5 SHA1 SHA256 Type base64_string "
        "base64_string_to_sum hex_string hex_string_to_sum md5sum_hash new_hashers reset_hashers sha256_hash "
        "update_hashers"
    ),
    "minio.fanout": "PutObjectFanOutEntry:to_json PutObjectFanOutResult:read",
    "minio.parallel": "KeyRange:list_objects RangeResult key_ranges map_ranges",
    "minio.minio": "Minio",
    "minio.models": (
        "AccessControlPolicy Bucket CORSConfig Checksum CompleteMultipartUploadResult CreateBucketConfiguration "
        "DeleteRequest DeleteResult EventIterable Filter GetObjectAclResponse GetObjectAttributesOutput "
        "GetObjectAttributesResponse GetObjectResponse HeadBucketResponse HeadObjectResponse LegalHold LifecycleConfig "
        "ListAllMyBucketsResult ListMultipartUploadsResult ListPartsResult NotificationConfig Object ObjectLockConfig "
        "ObjectWriteResponse Part PostPolicy PromptObjectResponse PutObjectFanOutResponse ReplicationConfig Retention "
        "SSEConfig SelectObjectContentRequest SelectObjectResponse StatObjectResponse Status Tag Tagging Tags "
        "VersioningConfig parse_list_objects"
    ),
    "minio.corsconfig": "CORSConfig:fromxml,toxml Rule:fromxml,toxml",
    "minio.directories": "Action Outcome Prefix Summary:add TransferProgress",
    "minio.error": "ConditionalRequestConflict DecryptionError NotModified PartialFailure UnsafeDeleteError",
    "minio.fs": "MinioFile MinioFileSystem:register",
    "minio.hooks": "RequestEvent ResponseEvent:request_id,host_id,body_size RetryEvent",
    "minio.local": "LocalServer",
    "minio.minioadmin": "AsyncMinioAdmin MinioAdminException",
    "minio.objectattributes": "ATTRIBUTES Checksum ObjectAttributes ObjectPart ObjectParts",
    "minio.otel": "OpenTelemetry:on_request,on_response,on_retry instrument",
    "minio.progress": "RichProgress TqdmProgress",
    "minio.pytest": "MinioServer:client,async_client,environment,endpoint,secure",
    "minio.retry": "Retry",
}

CASES = [(module, name) for names in (DOCUMENTED, OWN) for module, text in names.items() for name in text.split()]


@pytest.mark.parametrize(("module", "entry"), CASES, ids=lambda value: value.partition(":")[0])
def test_name_is_there(module: str, entry: str) -> None:
    name, _, members = entry.partition(":")
    found = getattr(importlib.import_module(module), name)
    for member in filter(None, members.split(",")):
        assert hasattr(found, member), f"{module}.{name}.{member}"


def test_modern_form_data_is_a_method_of_a_policy_with_a_bucket() -> None:
    from datetime import UTC, datetime, timedelta

    assert callable(PostPolicy("my-bucket", datetime.now(UTC) + timedelta(hours=1)).form_data)


# The parameters of the documented API, by position.
METHODS = {
    "bucket_exists": "bucket_name",
    "copy_object": "bucket_name object_name object_source copy_conditions metadata",
    "fget_object": "bucket_name object_name file_path request_headers",
    "fput_object": "bucket_name object_name file_path content_type metadata",
    "get_bucket_notification": "bucket_name",
    "get_bucket_policy": "bucket_name prefix",
    "get_object": "bucket_name object_name request_headers",
    "get_partial_object": "bucket_name object_name offset length request_headers",
    "list_buckets": "",
    "list_incomplete_uploads": "bucket_name prefix recursive",
    "list_objects": "bucket_name prefix recursive",
    "list_objects_v2": "bucket_name prefix recursive",
    "listen_bucket_notification": "bucket_name prefix suffix events",
    "make_bucket": "bucket_name location",
    "presigned_get_object": "bucket_name object_name expires response_headers",
    "presigned_post_policy": "post_policy",
    "presigned_put_object": "bucket_name object_name expires",
    "put_object": "bucket_name object_name data length content_type metadata",
    "remove_all_bucket_notification": "bucket_name",
    "remove_bucket": "bucket_name",
    "remove_incomplete_upload": "bucket_name object_name",
    "remove_object": "bucket_name object_name",
    "remove_objects": "bucket_name objects_iter",
    "set_bucket_notification": "bucket_name notification",
    "set_bucket_policy": "bucket_name prefix policy",
    "stat_object": "bucket_name object_name",
    "set_app_info": "app_name app_version",
    "trace_on": "stream",
}

# The parameters of methods that only 4.x to 6.x have, by position.
EARLIER_METHODS = {
    "disable_bucket_versioning": "bucket_name",
    "enable_bucket_versioning": "bucket_name",
    "get_assume_role_creds": "arn session_name policy duration",
    "put_bucket_encryption": "bucket_name enc_config",
    "use_s3_accelerate": "value",
}

# The parameters of methods of this library alone, by position.
OWN_METHODS = {
    "close": "",
    "copy_prefix": "bucket_name prefix source",
    "delete_bucket_cors": "bucket_name",
    "download_directory": "bucket_name prefix directory",
    "copy_objects": "bucket_name items",
    "from_alias": "alias filename",
    "from_env": "",
    "get_bucket_cors": "bucket_name",
    "get_objects": "bucket_name names",
    "get_object_acl": "bucket_name object_name version_id",
    "get_object_attributes": "bucket_name object_name version_id ssec object_attributes max_parts part_number_marker",
    "head_bucket": "bucket_name",
    "load_plan": "path",
    "list_objects_parallel": "bucket_name prefix",
    "open_object": "bucket_name object_name mode",
    "plan_sync": "source target",
    "move_object": "bucket_name object_name source sse",
    "object_exists": "bucket_name object_name version_id",
    "put_objects": "bucket_name items",
    "stat_objects": "bucket_name names",
    "put_object_fan_out": "bucket_name data length entries sse checksum",
    "presigned_url": "method bucket_name object_name",
    "remove_prefix": "bucket_name prefix",
    "set_bucket_cors": "bucket_name config",
    "transfer": "plan",
    "upload_directory": "bucket_name prefix directory",
    "with_options": "",
}

CALLS = [
    pytest.param(name, text.split(), id=name)
    for methods in (METHODS, EARLIER_METHODS, OWN_METHODS)
    for name, text in methods.items()
]
ALL_METHODS = {*METHODS, *EARLIER_METHODS, *OWN_METHODS, *SURFACE["minio.api"]["Minio"]["members"]}


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize(("name", "parameters"), CALLS)
def test_method_takes_the_parameters(client: type, name: str, parameters: list[str]) -> None:
    signature = inspect.signature(getattr(client, name))
    first = (None,) if "self" in signature.parameters else ()  # a class method has its class already
    signature.bind(*first, **dict.fromkeys(parameters))  # by name
    signature.bind(*first, *parameters)  # by position


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize(
    "parameters",
    [
        "endpoint access_key secret_key secure region http_client",
        "endpoint access_key secret_key session_token secure region http_client credentials cert_check",
    ],
    ids=["documented", "7.2"],
)
def test_constructor_takes_the_parameters(client: type, parameters: str) -> None:
    names = parameters.split()
    signature = inspect.signature(client)
    signature.bind(**dict.fromkeys(names))
    signature.bind(*names)


@pytest.mark.parametrize("name", sorted(ALL_METHODS))
def test_both_clients_have_one_signature(name: str) -> None:
    blocking, asynchronous = (inspect.signature(getattr(client, name)) for client in (Minio, AsyncMinio))
    assert [(item.name, item.kind) for item in blocking.parameters.values()] == [
        (item.name, item.kind) for item in asynchronous.parameters.values()
    ]


def test_everything_that_is_announced_is_there() -> None:
    for name in minio.__all__:
        assert getattr(minio, name) is not None
    with pytest.raises(AttributeError, match="no_such_name"):
        minio.no_such_name  # noqa: B018


@pytest.mark.parametrize("module", sorted({*DOCUMENTED, *OWN, *SURFACE}))
def test_module_can_be_imported_first(module: str) -> None:
    """A circle of imports shows only when it is entered at the wrong place."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", f"import {module}"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, minio; print(*sorted(set(sys.modules) & {'lxml', 'urllib3', 'asyncio', 'httptools', 'ssl'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("cls", [Minio, AsyncMinio, MinioAdmin, AsyncMinioAdmin])
def test_public_callables_are_plain_functions(cls: type) -> None:
    """Packages that wrap a client, such as multiminio, take each of them for a function."""
    public = {name: getattr(cls, name) for name in dir(cls) if not name.startswith("_")}
    assert {name for name, value in public.items() if callable(value) and not inspect.isfunction(value)} == set()
    signatures = [inspect.signature(value) for value in public.values() if callable(value)]
    assert "cls" not in {name for signature in signatures for name in signature.parameters}


def test_factories_show_the_public_name() -> None:
    assert Minio.from_env.__qualname__ == "Minio.from_env"
    assert AsyncMinio.from_alias.__qualname__ == "AsyncMinio.from_alias"
