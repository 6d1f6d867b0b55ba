"""The command line: `mio`, also `python -m minio`.

The library imports nothing of this package, and the package holds no logic of transfers: it reads arguments, calls the
library, and shows results.

A command is a module of `commands`, and a row of `registry.COMMANDS`. It is imported when it is chosen, and has:

* `EXAMPLES`: pairs of a command line and what it does. `--help` shows them, and `tests/cli/test_examples.py` runs each
  of them, in a shell, where bucket `my-bucket`, alias `play` and the directory `album` exist.
* `add_arguments(parser)`: the arguments of this command. Flags that several commands share are in `flags`; those of
  output and connection exist already. Positional arguments and flags may be mixed.
* `run(context, arguments) -> int`: the command. It returns an exit status, or raises. `context.rest` holds what follows
  `--`, if `Command.takes_rest` is set.

What a command uses:

* `context.address(text)` and its variants turn arguments into addresses (`addresses`): a `Remote` has `alias`, `bucket`
  and `key`, and `str(remote)` is an address again. `context.client(remote)` is the client for it (`connections`);
  `context.reader(remote)` only lists and reads, and is imported faster.
* `context.output` (`output`) writes results: `row(columns, cells)` for lists (`table`), `line(text)` for text,
  `record(type, **fields)` for `--json` only; the others write nothing then. `item(...)` and `outcome(...)` report one
  item of a transfer or removal and count it for the summary, which `main` writes. `warn` and `fail` report warnings and
  failures of single items; failures make the exit status 1.
* Errors are raised: `UsageProblem` (2), `NotFound` (3), `NoCredentials` (4) of `errors`, or whatever the library
  raises. `main` turns them into one line and an exit status. No command catches KeyboardInterrupt.
* `with context.progress() as progress:` is a bar, lines or nothing (`progress`), as `progress=` of the library.
* `context.confirm(question)` asks on a terminal, and refuses with exit status 2 without one, unless `--yes` is given.

Text from servers and names of files are escaped before they are shown; `output` does so.
"""
