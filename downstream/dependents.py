"""The packages that depend on `minio`: the release, where its tests come from, and which servers it is run against.

The releases are fixed, so that a run can be repeated. What they require is not: pip chooses it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

THEIRS = "minio==7.2.20"

SEAWEEDFS = "seaweedfs"
JUICEFS = "juicefs"
TLS = "seaweedfs-tls"


@dataclass(frozen=True)
class Dependent:
    """One package of PyPI that imports `minio`.

    Args:
        name: The name on PyPI.
        version: The release that is installed.
        group: The environment that it is installed into, together with the others of the group.
        servers: The servers that its tests are run against, one after the other.
        extra: The extra of the package that is installed, such as `bulk_writer`.
        needs: What is installed besides the package and its requirements.
        pinned: True if the package demands one release of `minio`, so that pip must not look at its requirements.
        own_tests: The arguments for pytest if the package's own tests are run, which its source distribution contains.
            Without them `uses/test_<name>.py` is run.
        missing_files: Files that the package's own tests read, and that its source distribution leaves out.
        plugins: Modules of `uses` that pytest loads for the package's own tests.
        below: The first version of Python that the package does not support, if there is one.
    """

    name: str
    version: str
    group: str
    servers: tuple[str, ...] = (SEAWEEDFS,)
    extra: str = ""
    needs: tuple[str, ...] = ()
    pinned: bool = False
    own_tests: tuple[str, ...] = ()
    missing_files: dict[str, bytes] = field(default_factory=dict)
    plugins: tuple[str, ...] = ()
    below: tuple[int, int] | None = None

    @property
    def requirement(self) -> str:
        """The package as pip takes it."""
        return f"{self.name}[{self.extra}]=={self.version}" if self.extra else f"{self.name}=={self.version}"

    @property
    def supported(self) -> bool:
        """Whether the package runs on this Python."""
        return self.below is None or sys.version_info < self.below

    @property
    def unsupported(self) -> str:
        """Why the package does not run on this Python."""
        return f"it needs a Python below {'.'.join(map(str, self.below or ()))}"

    @property
    def use(self) -> str:
        """The name of the file that uses the package."""
        return f"test_{self.name.lower().replace('-', '_')}.py"


DEPENDENTS = (
    Dependent("django-minio-storage", "0.6.0", "web", servers=(SEAWEEDFS, JUICEFS)),
    Dependent(
        "django-minio-backend",
        "4.4.4",
        "web",
        servers=(SEAWEEDFS, JUICEFS),
        pinned=True,
        needs=("django>=4.2", "pillow>=10"),
    ),
    # It imports flask._app_ctx_stack, which Flask 2.3 removed.
    Dependent("Flask-Minio", "0.1.2", "web", servers=(SEAWEEDFS, JUICEFS), needs=("Flask<2.3", "Werkzeug<2.3")),
    Dependent("minio-flask-cache", "0.0.3", "web"),
    # It reads trytond.config as an object, as trytond did before 7.
    Dependent("tryton-filestore-minio", "0.2.3", "web", needs=("trytond<7",)),
    Dependent("multiminio", "1.0.2", "tools", servers=(JUICEFS,)),
    Dependent("minio-manager", "0.5.1", "tools", servers=(SEAWEEDFS, JUICEFS)),
    Dependent("pyminio", "0.3.1", "tools", servers=(SEAWEEDFS, JUICEFS)),
    Dependent("MinioProgress", "0.1.1", "tools"),
    Dependent("testcontainers", "4.15.0", "tools", extra="minio"),
    Dependent("evolvishub-minio-adapter", "0.1.2", "tools"),
    Dependent(
        "pytest-minio-mock",
        "0.4.19",
        "mock",
        own_tests=("tests",),
        missing_files={"tests/fixtures/maya.jpeg": b"a picture"},
    ),
    Dependent("swarmauri-storage-minio", "0.2.0", "swarmauri", below=(3, 13)),
    Dependent(
        "audbackend",
        "3.0.2",
        "data",
        servers=(SEAWEEDFS, JUICEFS),
        needs=("audformat",),
        own_tests=("tests", "-k", "minio or Minio", "--ignore=tests/test_minimal_install.py"),
        plugins=("audbackend_host",),
    ),
    Dependent("pymilvus", "3.0.2", "data", servers=(SEAWEEDFS, TLS), extra="bulk_writer"),
    Dependent("llama-index-readers-minio", "0.6.0", "llama"),
)

HEAVY = frozenset({"llama", "swarmauri"})
"""The groups that `--quick` leaves out: they install hundreds of megabytes for one small module each."""
