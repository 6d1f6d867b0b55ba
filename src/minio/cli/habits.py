"""What people type who know `mc`, `aws s3` or `s5cmd`, and what to type here instead.

These are hints in errors: nothing is guessed, and nothing is done. A flag that means the same under another name is
accepted by `flags` instead.
"""

from __future__ import annotations

_ATTR = "mio attr set {} ALIAS/BUCKET {}"
_ONLY_MC = "only mc has it"
_LEAVE = "leave it out"

COMMANDS: dict[str, str] = {
    "anonymous": _ATTR.format("policy", "--file FILE"),
    "batch": _ONLY_MC,
    "bucket-version": _ATTR.format("versioning", "enabled"),
    "cors": _ATTR.format("cors", "--file FILE"),
    "encrypt": _ATTR.format("encryption", "AES256"),
    "event": _ATTR.format("notification", "--file FILE"),
    "idp": _ONLY_MC,
    "ilm": _ATTR.format("lifecycle", "--file FILE"),
    "legalhold": "mio attr set legal-hold ALIAS/BUCKET/KEY on",
    "license": _ONLY_MC,
    "od": _ONLY_MC,
    "policy": _ATTR.format("policy", "--file FILE"),
    "quota": _ONLY_MC,
    "replicate": _ATTR.format("replication", "--file FILE"),
    "retention": "mio attr set retention ALIAS/BUCKET/KEY 'GOVERNANCE 30d'",
    "run": "write the commands in a shell script, or use `mio cp --files-from`",
    "s3": "leave out s3, as in `mio ls s3://my-bucket`",
    "s3api": "see `mio attr --help` and `mio stat --help`",
    "select": "only s5cmd has it",
    "sql": _ONLY_MC,
    "support": _ONLY_MC,
    "tag": "mio attr set tags ALIAS/BUCKET/KEY NAME=VALUE",
    "update": "pip install --upgrade minio",
    "version": "mio attr set versioning ALIAS/BUCKET enabled' or 'mio --version",
    "website": "only aws has it",
}
"""Commands of other programs."""

WORDS: dict[tuple[str, str], str] = {
    ("admin", "accesskey"): "mio admin key",
    ("admin", "info"): "mio admin server info ALIAS",
    ("alias", "export"): "mio config path",
    ("alias", "import"): "mio config path",
    ("attr", "info"): "mio attr get",
    ("attr", "list"): "mio attr get",
    ("attr", "ls"): "mio attr get",
    ("attr", "remove"): "mio attr rm",
    ("config", "host"): "mio alias set NAME URL",
    ("config", "list"): "mio config show",
    ("config", "set"): "mio alias set NAME URL",
}
"""Words of other programs, where a command expects one of its own."""

_ACL = "objects have no ACLs here; use `mio attr set policy BUCKET --file FILE`"
_SYNC = "use `mio sync`, which transfers only what differs"
_REPLACES = "leave it out: what exists is replaced"
_SAME = "leave it out: every transfer is verified"

FLAGS: dict[str, str] = {
    "--acl": _ACL,
    "--api": "leave it out: requests are always signed with version 4",
    "--checksum-algorithm": _SAME,
    "--checksum-mode": _SAME,
    "--cli-connect-timeout": "--timeout",
    "--cli-read-timeout": "--timeout",
    "--config-dir": "set MC_CONFIG_DIR to the directory",
    "--continue": "--checkpoint FILE",
    "--credentials-file": "set AWS_SHARED_CREDENTIALS_FILE to the file",
    "--disable-multipart": "--part-size 5GiB",
    "--enc-kms": "--sse aws:kms:KEY-ID",
    "--enc-s3": "--sse AES256",
    "--etag": "use --json, which has the ETags",
    "--exec": "use `mio find -0 ... | xargs -0 ...`",
    "--expires": "--cache-control max-age=SECONDS",
    "--flatten": "name the objects without -r: each goes into the target under the last part of its name",
    "--grants": _ACL,
    "--humanize": "--human-readable",
    "--if-size-differ": _SYNC,
    "--if-source-newer": _SYNC,
    "--legal-hold": "mio attr set legal-hold ADDRESS on",
    "--log": "--quiet' or '--debug",
    "--maxdepth": "mio ls",
    "--max-items": "--limit N",
    "--md5": _SAME,
    "--metadata-directive": "leave it out: what --metadata and its like say replaces, all else is kept",
    "--monitoring-address": _LEAVE,
    "--no-cli-pager": "leave it out: there is no pager",
    "--no-guess-mime-type": "--content-type application/octet-stream",
    "--no-list": _LEAVE,
    "--no-paginate": _LEAVE,
    "--non-current": "mio ls --all-versions",
    "--offset": "--range FIRST-",
    "--output": "--json",
    "--page-size": _LEAVE,
    "--parallel": "--concurrency N",
    "--part-number": "--range FIRST-LAST",
    "--print": "leave it out: the addresses are always printed",
    "--query": "use --json and jq",
    "--retention-duration": "mio attr set retention ADDRESS 'GOVERNANCE 30d'",
    "--retention-mode": "mio attr set retention ADDRESS 'GOVERNANCE 30d'",
    "--retry": "--retries N",
    "--rewind": "--version-id ID' or '--all-versions",
    "--show-fullpath": "mio find",
    "--show-progress": "--progress",
    "--skip-errors": "leave it out: what fails never stops the rest",
    "--source-region": _LEAVE,
    "--sse-kms-key-id": "--sse aws:kms:KEY-ID",
    "--stat": "leave it out: the summary has the numbers",
    "--stdin": "--files-from -",
    "--summary": "leave it out: there is always a summary",
    "--tail": "--range -BYTES",
    "--use-list-objects-v1": _LEAVE,
    "--use-path-style": "leave it out: the style is found by itself",
    "--watch": "run the command again, from cron or a loop",
    "-C": "set MC_CONFIG_DIR to the directory",
    "-e": "use --json, which has the ETags",
    "-g": "--json",
    "-sp": "--progress",
    "-u": _SYNC,
    "-w": "run the command again, from cron or a loop",
    "cat -r": "write a pattern, as in 's3://my-bucket/logs/**'",
    "cp --checksum": "mio sync --checksum",
    "cp --delete": "mio sync --delete",
    "cp --exact-timestamps": "mio sync --exact-timestamps",
    "cp --size-only": "mio sync --size-only",
    "cp --force": _REPLACES,
    "cp -f": _REPLACES,
    "cp -p": "--preserve",
    "cp -s": _SYNC,
    "mv --force": _REPLACES,
    "mv -f": _REPLACES,
    "ping -c": "--count N",
    "rb --dangerous": "name the buckets",
    "rb -f": "--force",
    "rm -i": "leave it out: patterns and -r ask on a terminal",
    "stat -n": "mio cat --lines N",
    "stat --lines": "mio cat --lines N",
    "sync --continue": "leave it out: the same command goes on",
    "sync --force": _REPLACES,
}
"""Flags of other programs, of any command or, with its name in front, of one."""

VALUE_FLAGS = frozenset(
    {
        "--cli-connect-timeout",
        "--cli-read-timeout",
        "--config-dir",
        "--credentials-file",
        "--jobs",
        "--limit-download",
        "--limit-upload",
        "--log",
        "--numworkers",
        "--output",
        "--query",
        "--retry-count",
        "-C",
        "-j",
    }
)
"""Flags with a value that other programs have in front of the command."""


def of_flag(command: str, flag: str) -> str:
    """Return what to type instead of a flag that a command does not have, or ""."""
    return FLAGS.get(f"{command} {flag}") or FLAGS.get(flag, "")


def of_word(command: str, message: str) -> str:
    """Return what to type instead of a word that a command does not know, or "".

    Args:
        command: The name of the command.
        message: What argparse says about the word.
    """
    _, found, rest = message.partition("invalid choice: '")
    return WORDS.get((command, rest.partition("'")[0]), "") if found else ""
