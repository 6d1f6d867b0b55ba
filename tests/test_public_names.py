"""The public names and signatures: those of the documented API, and those of the 7.2 API."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

import minio
from minio import AsyncMinio, Minio
from minio.datatypes import PostPolicy

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
    "minio.policy": "Policy get_policy set_policy",
    "minio.post_policy": "PostPolicy",
    "minio.sse": "SSE_C SSE_KMS SSE_S3 copy_SSE_C",
}

# Where the 7.2 era finds its names; a class's methods stand behind a colon.
MODERN = {
    "minio": "InvalidResponseError S3Error:copy,fromxml ServerError:status_code __license__ __title__ __version__",
    "minio.api": "COPY MAX_MULTIPART_COUNT MAX_MULTIPART_OBJECT_SIZE MAX_PART_SIZE MIN_PART_SIZE Minio REPLACE",
    "minio.commonconfig": (
        "AndOperator:fromxml,toxml BaseRule:parsexml,toxml COMPLIANCE COPY "
        "ComposeSource:build_headers,headers,object_size,of CopySource:of DISABLED ENABLED Filter:fromxml,toxml "
        "GOVERNANCE ObjectConditionalReadArgs:gen_copy_headers REPLACE SnowballObject Tag:fromxml,toxml "
        "Tags:fromxml,new_bucket_tags,new_object_tags,toxml check_status"
    ),
    "minio.credentials": (
        "AWSConfigProvider:retrieve AssumeRoleProvider:retrieve CertificateIdentityProvider:retrieve "
        "ChainedProvider:retrieve ClientGrantsProvider:retrieve Credentials:is_expired EnvAWSProvider:retrieve "
        "EnvMinioProvider:retrieve IamAwsProvider:fetch,retrieve LdapIdentityProvider:retrieve "
        "MinioClientConfigProvider:retrieve Provider:retrieve StaticProvider:retrieve WebIdentityProvider:retrieve"
    ),
    "minio.credentials.credentials": "Credentials",
    "minio.credentials.providers": (
        "AWSConfigProvider AssumeRoleProvider CertificateIdentityProvider ChainedProvider ClientGrantsProvider "
        "EnvAWSProvider EnvMinioProvider IamAwsProvider LdapIdentityProvider MinioClientConfigProvider Provider "
        "StaticProvider WebIdentityProvider"
    ),
    "minio.datatypes": (
        "Bucket CompleteMultipartUploadResult EventIterable ListAllMyBucketsResult:fromxml "
        "ListMultipartUploadsResult ListPartsResult Object:fromxml,is_dir Part:fromxml PeerInfo:to_dict "
        "PeerSite:to_dict PostPolicy:add_content_length_range_condition,add_equals_condition,"
        "add_starts_with_condition,bucket_name,remove_content_length_range_condition,remove_equals_condition,"
        "remove_starts_with_condition SiteReplicationStatusOptions:to_query_params Upload parse_copy_object "
        "parse_list_objects"
    ),
    "minio.deleteobjects": (
        "DeleteError:fromxml DeleteObject:toxml DeleteRequest:toxml DeleteResult:fromxml DeletedObject:fromxml"
    ),
    "minio.error": "InvalidResponseError MinioAdminException MinioException S3Error ServerError",
    "minio.helpers": (
        "MAX_MULTIPART_COUNT MAX_MULTIPART_OBJECT_SIZE MAX_PART_SIZE MIN_PART_SIZE ObjectWriteResult "
        "ProgressType:set_meta,update check_bucket_name check_non_empty_string check_object_name check_sse "
        "check_ssec genheaders get_part_info headers_to_strings is_valid_policy_type makedirs md5sum_hash "
        "normalize_headers queryencode quote read_part_data sha256_hash url_replace"
    ),
    "minio.legalhold": "LegalHold:fromxml,toxml",
    "minio.lifecycleconfig": (
        "AbortIncompleteMultipartUpload:fromxml,toxml DateDays:parsexml,toxml Expiration:fromxml,toxml "
        "LifecycleConfig:fromxml,toxml NoncurrentVersionExpiration:fromxml,toxml "
        "NoncurrentVersionTransition:fromxml,toxml Rule:fromxml,toxml Transition:fromxml,toxml"
    ),
    "minio.notificationconfig": (
        "CloudFuncConfig:fromxml,toxml CommonConfig:parsexml,toxml FilterRule:fromxml,toxml "
        "NotificationConfig:fromxml,toxml PrefixFilterRule QueueConfig:fromxml,toxml SuffixFilterRule "
        "TopicConfig:fromxml,toxml"
    ),
    "minio.objectlockconfig": "COMPLIANCE DAYS ENABLED GOVERNANCE ObjectLockConfig:fromxml,toxml YEARS",
    "minio.replicationconfig": (
        "AccessControlTranslation:fromxml,toxml DISABLED DeleteMarkerReplication Destination:fromxml,toxml "
        "EncryptionConfig:fromxml,toxml EventThreshold ExistingObjectReplication Metrics:fromxml,toxml "
        "ReplicationConfig:fromxml,toxml ReplicationTime:fromxml,toxml ReplicationTimeValue:fromxml,toxml "
        "Rule:fromxml,toxml SourceSelectionCriteria:fromxml,toxml SseKmsEncryptedObjects Status:fromxml,toxml Time"
    ),
    "minio.retention": "COMPLIANCE GOVERNANCE Retention:fromxml,toxml",
    "minio.select": (
        "COMPRESSION_TYPE_BZIP2 COMPRESSION_TYPE_GZIP COMPRESSION_TYPE_NONE CSVInputSerialization:toxml "
        "CSVOutputSerialization:toxml FILE_HEADER_INFO_IGNORE FILE_HEADER_INFO_NONE FILE_HEADER_INFO_USE "
        "InputSerialization:toxml JSONInputSerialization:toxml JSONOutputSerialization:toxml JSON_TYPE_DOCUMENT "
        "JSON_TYPE_LINES OutputSerialization:toxml ParquetInputSerialization:toxml QUOTE_FIELDS_ALWAYS "
        "QUOTE_FIELDS_ASNEEDED SelectObjectReader:close,readable,stats,stream,writeable SelectRequest:toxml Stats"
    ),
    "minio.signer": ("SIGN_V4_ALGORITHM get_credential_string post_presign_v4 presign_v4 sign_v4_s3 sign_v4_sts"),
    "minio.sse": (
        "Sse:copy_headers,headers,tls_required SseCustomerKey:copy_headers,headers SseKMS:headers "
        "SseS3:headers,tls_required"
    ),
    "minio.sseconfig": ("AES256 AWS_KMS Rule:fromxml,new_sse_kms_rule,new_sse_s3_rule,toxml SSEConfig:fromxml,toxml"),
    "minio.tagging": "Tagging:fromxml,toxml",
    "minio.time": (
        "from_http_header from_iso8601utc to_amz_date to_float to_http_header to_iso8601utc to_signer_date utcnow"
    ),
    "minio.versioningconfig": "DISABLED ENABLED OFF SUSPENDED VersioningConfig:fromxml,status_string,toxml",
    "minio.xml": (
        "Element FromXmlType:fromxml SubElement ToXmlType:toxml find findall findtext getbytes marshal unmarshal"
    ),
}

CASES = [(module, name) for names in (DOCUMENTED, MODERN) for module, text in names.items() for name in text.split()]


@pytest.mark.parametrize(("module", "entry"), CASES, ids=lambda value: value.partition(":")[0])
def test_name_is_there(module: str, entry: str) -> None:
    name, _, members = entry.partition(":")
    found = getattr(importlib.import_module(module), name)
    for member in filter(None, members.split(",")):
        assert hasattr(found, member), f"{module}.{name}.{member}"


def test_modern_form_data_is_a_method_of_a_policy_with_a_bucket() -> None:
    from datetime import UTC, datetime, timedelta

    assert callable(PostPolicy("my-bucket", datetime.now(UTC) + timedelta(hours=1)).form_data)


# The parameters by position: (documented, 7.2). None: that era has no such method.
METHODS: dict[str, tuple[str | None, str | None]] = {
    "bucket_exists": ("bucket_name", "bucket_name"),
    "copy_object": (
        "bucket_name object_name object_source copy_conditions metadata",
        "bucket_name object_name source sse metadata tags retention legal_hold metadata_directive tagging_directive",
    ),
    "fget_object": (
        "bucket_name object_name file_path request_headers",
        "bucket_name object_name file_path request_headers ssec version_id extra_query_params tmp_file_path progress",
    ),
    "fput_object": (
        "bucket_name object_name file_path content_type metadata",
        "bucket_name object_name file_path content_type metadata sse progress part_size num_parallel_uploads tags "
        "retention legal_hold",
    ),
    "get_bucket_notification": ("bucket_name", "bucket_name"),
    "get_bucket_policy": ("bucket_name prefix", "bucket_name"),
    "get_object": (
        "bucket_name object_name request_headers",
        "bucket_name object_name offset length request_headers ssec version_id extra_query_params",
    ),
    "get_partial_object": ("bucket_name object_name offset length request_headers", None),
    "list_buckets": ("", ""),
    "list_incomplete_uploads": ("bucket_name prefix recursive", None),
    "list_objects": (
        "bucket_name prefix recursive",
        "bucket_name prefix recursive start_after include_user_meta include_version use_api_v1 "
        "use_url_encoding_type fetch_owner extra_headers extra_query_params",
    ),
    "list_objects_v2": ("bucket_name prefix recursive", None),
    "listen_bucket_notification": ("bucket_name prefix suffix events", "bucket_name prefix suffix events"),
    "make_bucket": ("bucket_name location", "bucket_name location object_lock"),
    "presigned_get_object": (
        "bucket_name object_name expires response_headers",
        "bucket_name object_name expires response_headers request_date version_id extra_query_params",
    ),
    "presigned_post_policy": ("post_policy", "policy"),
    "presigned_put_object": ("bucket_name object_name expires", "bucket_name object_name expires"),
    "put_object": (
        "bucket_name object_name data length content_type metadata",
        "bucket_name object_name data length content_type metadata sse progress part_size num_parallel_uploads tags "
        "retention legal_hold write_offset",
    ),
    "remove_all_bucket_notification": ("bucket_name", None),
    "remove_bucket": ("bucket_name", "bucket_name"),
    "remove_incomplete_upload": ("bucket_name object_name", None),
    "remove_object": ("bucket_name object_name", "bucket_name object_name version_id"),
    "remove_objects": ("bucket_name objects_iter", "bucket_name delete_object_list bypass_governance_mode"),
    "set_bucket_notification": ("bucket_name notification", "bucket_name config"),
    "set_bucket_policy": ("bucket_name prefix policy", "bucket_name policy"),
    "stat_object": (
        "bucket_name object_name",
        "bucket_name object_name ssec version_id extra_headers extra_query_params",
    ),
    # Beyond the document.
    "append_object": (None, "bucket_name object_name data length chunk_size progress extra_headers"),
    "compose_object": (None, "bucket_name object_name sources sse metadata tags retention legal_hold"),
    "delete_bucket_encryption": (None, "bucket_name"),
    "delete_bucket_lifecycle": (None, "bucket_name"),
    "delete_bucket_notification": (None, "bucket_name"),
    "delete_bucket_policy": (None, "bucket_name"),
    "delete_bucket_replication": (None, "bucket_name"),
    "delete_bucket_tags": (None, "bucket_name"),
    "delete_object_lock_config": (None, "bucket_name"),
    "delete_object_tags": (None, "bucket_name object_name version_id"),
    "disable_accelerate_endpoint": (None, ""),
    "disable_dualstack_endpoint": (None, ""),
    "disable_object_legal_hold": (None, "bucket_name object_name version_id"),
    "disable_virtual_style_endpoint": (None, ""),
    "enable_accelerate_endpoint": (None, ""),
    "enable_dualstack_endpoint": (None, ""),
    "enable_object_legal_hold": (None, "bucket_name object_name version_id"),
    "enable_virtual_style_endpoint": (None, ""),
    "get_bucket_encryption": (None, "bucket_name"),
    "get_bucket_lifecycle": (None, "bucket_name"),
    "get_bucket_replication": (None, "bucket_name"),
    "get_bucket_tags": (None, "bucket_name"),
    "get_bucket_versioning": (None, "bucket_name"),
    "get_object_lock_config": (None, "bucket_name"),
    "get_object_retention": (None, "bucket_name object_name version_id"),
    "get_object_tags": (None, "bucket_name object_name version_id"),
    "get_presigned_url": (
        None,
        "method bucket_name object_name expires response_headers request_date version_id extra_query_params",
    ),
    "is_object_legal_hold_enabled": (None, "bucket_name object_name version_id"),
    "prompt_object": (None, "bucket_name object_name prompt lambda_arn request_headers ssec version_id"),
    "select_object_content": (None, "bucket_name object_name request"),
    "set_app_info": ("app_name app_version", "app_name app_version"),
    "set_bucket_encryption": (None, "bucket_name config"),
    "set_bucket_lifecycle": (None, "bucket_name config"),
    "set_bucket_replication": (None, "bucket_name config"),
    "set_bucket_tags": (None, "bucket_name tags"),
    "set_bucket_versioning": (None, "bucket_name config"),
    "set_object_lock_config": (None, "bucket_name config"),
    "set_object_retention": (None, "bucket_name object_name config version_id"),
    "set_object_tags": (None, "bucket_name object_name tags version_id"),
    "trace_off": (None, ""),
    "trace_on": ("stream", "stream"),
    "upload_snowball_objects": (
        None,
        "bucket_name object_list metadata sse tags retention legal_hold staging_filename compression",
    ),
}

ERAS = ("documented", "7.2")
CALLS = [
    pytest.param(name, text.split(), id=f"{name}-{era}")
    for name, eras in METHODS.items()
    for era, text in zip(ERAS, eras, strict=True)
    if text is not None
]


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize(("name", "parameters"), CALLS)
def test_method_takes_the_parameters(client: type, name: str, parameters: list[str]) -> None:
    signature = inspect.signature(getattr(client, name))
    signature.bind(None, **dict.fromkeys(parameters))  # by name
    signature.bind(None, *parameters)  # by position


@pytest.mark.parametrize("client", [Minio, AsyncMinio])
@pytest.mark.parametrize(
    "parameters",
    [
        "endpoint access_key secret_key secure region http_client",
        "endpoint access_key secret_key session_token secure region http_client credentials cert_check",
    ],
    ids=ERAS,
)
def test_constructor_takes_the_parameters(client: type, parameters: str) -> None:
    names = parameters.split()
    signature = inspect.signature(client)
    signature.bind(**dict.fromkeys(names))
    signature.bind(*names)


@pytest.mark.parametrize("name", METHODS)
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


@pytest.mark.parametrize("module", sorted({*DOCUMENTED, *MODERN}))
def test_module_can_be_imported_first(module: str) -> None:
    """A circle of imports shows only when it is entered at the wrong place."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", f"import {module}"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, minio; print(*sorted(set(sys.modules) & {'lxml', 'urllib3', 'asyncio', 'httptools', 'ssl'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
