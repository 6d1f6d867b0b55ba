# Generated from src/minio/aio/_admin.py by tools/generate_sync.py. Do not edit.
"""The admin client class, which combines all families of admin calls."""

from __future__ import annotations

from .._core.public import public_names
from ._admin_accounts import AdminAccountCalls
from ._admin_config import AdminConfigCalls
from ._admin_policies import AdminPolicyCalls
from ._admin_server import AdminServerCalls
from ._admin_sites import AdminSiteCalls
from ._admin_users import AdminUserCalls


@public_names
class MinioAdmin(
    AdminUserCalls,
    AdminPolicyCalls,
    AdminAccountCalls,
    AdminConfigCalls,
    AdminServerCalls,
    AdminSiteCalls,
):
    """The client of MinIO's admin API: users, groups, policies, service accounts and the server itself.

    Example:
        >>> from minio.credentials import StaticProvider
        >>> keys = StaticProvider("access key", "secret key")
        >>> with MinioAdmin(endpoint="127.0.0.1:9000", credentials=keys, secure=False) as admin:
        ...     print(admin.group_list())
        [...]

    Payloads with secrets are encrypted, which needs the extra `admin`: pip install "minio[admin]". Calls return the
    text of the response, which is JSON unless their documentation says otherwise. The client can be used concurrently,
    reuses connections, survives a fork and can be pickled.
    """
