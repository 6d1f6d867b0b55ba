"""The calls of release 8, which takes every argument by keyword: each call and its keywords.

"..." means the options of all requests: `region`, `extra_headers` and `extra_query_params`.
"""

from __future__ import annotations

OPTIONS = ("region", "extra_headers", "extra_query_params")

_SURFACE = {
    "__init__": (
        "endpoint access_key secret_key session_token secure region http_client credentials cert_check enable_rdma"
    ),
    "append_object": "bucket_name object_name filename stream data length chunk_size progress ...",
    "bucket_exists": "bucket_name ...",
    "compose_object": "bucket_name object_name sources sse user_metadata tags retention legal_hold ...",
    "copy_object": (
        "bucket_name object_name source sse user_metadata tags retention legal_hold metadata_directive "
        "tagging_directive ..."
    ),
    "delete_bucket_cors": "bucket_name ...",
    "delete_bucket_encryption": "bucket_name ...",
    "delete_bucket_lifecycle": "bucket_name ...",
    "delete_bucket_notification": "bucket_name ...",
    "delete_bucket_policy": "bucket_name ...",
    "delete_bucket_replication": "bucket_name ...",
    "delete_bucket_tags": "bucket_name ...",
    "delete_object_lock_config": "bucket_name ...",
    "delete_object_tags": "bucket_name object_name version_id ...",
    "disable_accelerate_endpoint": "",
    "disable_dualstack_endpoint": "",
    "disable_object_legal_hold": "bucket_name object_name version_id ...",
    "disable_virtual_style_endpoint": "",
    "enable_accelerate_endpoint": "",
    "enable_dualstack_endpoint": "",
    "enable_object_legal_hold": "bucket_name object_name version_id ...",
    "enable_virtual_style_endpoint": "",
    "fget_object": (
        "bucket_name object_name file_path match_etag not_match_etag modified_since unmodified_since "
        "fetch_checksum ssec version_id tmp_file_path progress ..."
    ),
    "fput_object": (
        "bucket_name object_name file_path content_type headers user_metadata sse progress part_size "
        "checksum num_parallel_uploads tags retention legal_hold ..."
    ),
    "get_bucket_cors": "bucket_name ...",
    "get_bucket_encryption": "bucket_name ...",
    "get_bucket_lifecycle": "bucket_name ...",
    "get_bucket_notification": "bucket_name ...",
    "get_bucket_policy": "bucket_name ...",
    "get_bucket_replication": "bucket_name ...",
    "get_bucket_tags": "bucket_name ...",
    "get_bucket_versioning": "bucket_name ...",
    "get_object": (
        "bucket_name object_name version_id ssec offset length match_etag not_match_etag modified_since "
        "unmodified_since fetch_checksum region extra_headers extra_query_params into"
    ),
    "get_object_acl": "bucket_name object_name version_id ...",
    "get_object_attributes": (
        "bucket_name object_name version_id ssec object_attributes max_parts part_number_marker ..."
    ),
    "get_object_lock_config": "bucket_name ...",
    "get_object_retention": "bucket_name object_name version_id ...",
    "get_object_tags": "bucket_name object_name version_id ...",
    "get_presigned_url": ("method bucket_name object_name expires request_date version_id region extra_query_params"),
    "head_bucket": "bucket_name ...",
    "is_object_legal_hold_enabled": "bucket_name object_name version_id ...",
    "list_buckets": "bucket_region max_buckets prefix extra_headers extra_query_params",
    "list_objects": (
        "bucket_name prefix recursive start_after include_user_meta include_version use_api_v1 "
        "use_url_encoding_type fetch_owner ..."
    ),
    "listen_bucket_notification": "bucket_name prefix suffix events ...",
    "make_bucket": "bucket_name object_lock location_config bucket_config tags ...",
    "presigned_get_object": ("bucket_name object_name expires request_date version_id region extra_query_params"),
    "presigned_post_policy": "policy",
    "presigned_put_object": "bucket_name object_name expires region extra_query_params",
    "prompt_object": "bucket_name object_name prompt lambda_arn ssec version_id ...",
    "put_object": (
        "bucket_name object_name data length content_type headers user_metadata sse progress part_size "
        "checksum num_parallel_uploads tags retention legal_hold ..."
    ),
    "put_object_fan_out": "bucket_name data length entries sse checksum ...",
    "remove_bucket": "bucket_name ...",
    "remove_object": "bucket_name object_name version_id ...",
    "remove_objects": "bucket_name objects bypass_governance_mode ...",
    "select_object_content": "bucket_name object_name request ...",
    "set_app_info": "app_name app_version",
    "set_bucket_cors": "bucket_name config ...",
    "set_bucket_encryption": "bucket_name config ...",
    "set_bucket_lifecycle": "bucket_name config ...",
    "set_bucket_notification": "bucket_name config ...",
    "set_bucket_policy": "bucket_name policy ...",
    "set_bucket_replication": "bucket_name config ...",
    "set_bucket_tags": "bucket_name tags ...",
    "set_bucket_versioning": "bucket_name config ...",
    "set_object_lock_config": "bucket_name config ...",
    "set_object_retention": "bucket_name object_name config version_id ...",
    "set_object_tags": "bucket_name object_name tags version_id ...",
    "stat_object": (
        "bucket_name object_name version_id ssec offset length match_etag not_match_etag modified_since "
        "unmodified_since fetch_checksum ..."
    ),
    "trace_off": "",
    "trace_on": "stream",
    "upload_snowball_objects": (
        "bucket_name objects headers user_metadata sse tags retention legal_hold staging_filename compression ..."
    ),
}

SURFACE: dict[str, list[str]] = {
    name: [word for each in text.split() for word in (OPTIONS if each == "..." else (each,))]
    for name, text in _SURFACE.items()
}
