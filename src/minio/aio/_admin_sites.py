"""Admin calls for site replication."""

from __future__ import annotations

from .._core.admin_arguments import names_list, peer_info_fields
from .._core.arguments import check_type, checked_list
from .._core.ops import admin as ops
from .._sitereplication import PeerInfo, PeerSite, SiteReplicationStatusOptions
from ..error import InvalidArgumentError
from ._admin_base import AsyncAdminBase
from ._backend import public_call


class AsyncAdminSiteCalls(AsyncAdminBase):
    """Calls for site replication."""

    @public_call
    async def add_site_replication(self, peer_sites: list[PeerSite]) -> str:
        """Set up replication between sites.

        Admin operation: SiteReplicationAdd.

        Args:
            peer_sites: All sites, including this one. Their secret keys are sent encrypted.

        Returns:
            A JSON object with the status.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> from minio.minioadmin import PeerSite
            >>> one = PeerSite("one", "https://one.example.com", "access key", "secret key")
            >>> two = PeerSite("two", "https://two.example.com", "access key", "secret key")
            >>> await admin.add_site_replication([one, two])  # doctest: +SKIP
        """
        sites = checked_list("peer_sites", peer_sites, PeerSite)
        hidden = tuple(site.secret_key for site in sites)
        return await self._run_json(ops.ADD_SITES, [site.to_dict() for site in sites], {"api-version": "1"}, hidden)

    @public_call
    async def edit_site_replication(self, peer_info: PeerInfo) -> str:
        """Change the endpoint, the name or the bandwidth of a site.

        Admin operation: SiteReplicationEdit.

        Args:
            peer_info: The change.

        Returns:
            A JSON object with the status.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            MinioAdminException: The server returns an error.

        Example:
            >>> from minio.minioadmin import PeerInfo
            >>> change = PeerInfo("deployment id", "https://two.example.com", "100000000", "true")
            >>> await admin.edit_site_replication(change)  # doctest: +SKIP
        """
        check_type("peer_info", peer_info, PeerInfo)
        return await self._run_json(ops.EDIT_SITE, peer_info_fields(peer_info.to_dict()), {"api-version": "1"})

    @public_call
    async def remove_site_replication(self, sites: str | list[str] | None = None, all_sites: bool = False) -> str:
        """Remove sites from site replication.

        Admin operation: SiteReplicationRemove.

        Args:
            sites: The names of the sites. A str is one site.
            all_sites: Remove all sites, whatever `sites` says.

        Returns:
            A JSON object with the status.

        Raises:
            InvalidArgumentError: An argument is invalid.
            ImportError: The extra `admin` is not installed.
            TransportError: The response was lost. The request is not sent again, because the server may have
                applied it.
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.remove_site_replication(["two"])  # doctest: +SKIP
        """
        if all_sites:
            return await self._run_json(ops.REMOVE_SITES, {"all": True}, {"api-version": "1"})
        if sites is None:
            raise InvalidArgumentError("either sites or all_sites must be given, but neither is given")
        return await self._run_json(ops.REMOVE_SITES, {"sites": names_list("sites", sites)}, {"api-version": "1"})

    @public_call
    async def get_site_replication_info(self) -> str:
        """Get the sites of site replication.

        Admin operation: SiteReplicationInfo.

        Returns:
            A JSON object.

        Raises:
            MinioAdminException: The server returns an error.

        Example:
            >>> await admin.get_site_replication_info()  # doctest: +SKIP
        """
        return await self._run(ops.GET_SITES)

    @public_call
    async def get_site_replication_status(self, options: SiteReplicationStatusOptions) -> str:
        """Compare what the sites hold.

        Admin operation: SiteReplicationStatus.

        Args:
            options: What to compare.

        Returns:
            A JSON object.

        Raises:
            InvalidArgumentError: An argument is invalid.
            MinioAdminException: The server returns an error.

        Example:
            >>> from minio.minioadmin import SiteReplicationStatusOptions
            >>> await admin.get_site_replication_status(SiteReplicationStatusOptions(buckets=True))  # doctest: +SKIP
        """
        check_type("options", options, SiteReplicationStatusOptions)
        return await self._run(ops.GET_SITES_STATUS, options.to_query_params())
