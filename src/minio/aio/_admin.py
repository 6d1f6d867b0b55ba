"""The admin client class, which combines all families of admin calls."""

from __future__ import annotations

from .._core.public import public_names
from ._admin_accounts import AsyncAdminAccountCalls
from ._admin_config import AsyncAdminConfigCalls
from ._admin_policies import AsyncAdminPolicyCalls
from ._admin_server import AsyncAdminServerCalls
from ._admin_sites import AsyncAdminSiteCalls
from ._admin_users import AsyncAdminUserCalls


@public_names
class AsyncMinioAdmin(
    AsyncAdminUserCalls,
    AsyncAdminPolicyCalls,
    AsyncAdminAccountCalls,
    AsyncAdminConfigCalls,
    AsyncAdminServerCalls,
    AsyncAdminSiteCalls,
):
    """The client of MinIO's admin API: users, groups, policies, service accounts and the server itself.

    Example:
        >>> from minio.credentials import StaticProvider
        >>> keys = StaticProvider("access key", "secret key")
        >>> async with AsyncMinioAdmin(endpoint="127.0.0.1:9000", credentials=keys, secure=False) as admin:
        ...     print(await admin.group_list())
        [...]

    Payloads with secrets are encrypted, which needs the extra `admin`: pip install "minio[admin]". Calls return the
    text of the response, which is JSON unless their documentation says otherwise. The client can be used concurrently,
    reuses connections, survives a fork and can be pickled.
    """
