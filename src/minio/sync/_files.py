# Generated from src/minio/aio/_files.py by tools/generate_sync.py. Do not edit.
"""Objects as files: reading at any position, and sequential writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack, overload

from .._core.arguments import DictType, check_headers, check_metadata, check_names, optional_text
from ..error import InvalidArgumentError
from ._backend import public_call
from ._objects import ObjectCalls
from ._upload import UploadCalls, guess_type

if TYPE_CHECKING:
    from .._core.engine.call_options import CallOptions
    from ._object_reader import ObjectReader
    from ._object_writer import ObjectWriter
    from ._text import TextObjectReader, TextObjectWriter


class FileCalls(UploadCalls, ObjectCalls):
    """Objects as files."""

    @overload
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: Literal["rb"] = "rb",
        *,
        version_id: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectReader: ...
    @overload
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: Literal["r", "rt"],
        *,
        version_id: str | None = None,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        **options: Unpack[CallOptions],
    ) -> TextObjectReader: ...
    @overload
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: Literal["wb"],
        *,
        content_type: str | None = "application/octet-stream",
        metadata: DictType | None = None,
        part_size: int = 0,
        if_match: str | None = None,
        if_none_match: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectWriter: ...
    @overload
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: Literal["w", "wt"],
        *,
        content_type: str | None = "application/octet-stream",
        metadata: DictType | None = None,
        part_size: int = 0,
        if_match: str | None = None,
        if_none_match: str | None = None,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        **options: Unpack[CallOptions],
    ) -> TextObjectWriter: ...
    @public_call
    def open_object(
        self,
        bucket_name: str,
        object_name: str,
        mode: str = "rb",
        *,
        version_id: str | None = None,
        content_type: str | None = "application/octet-stream",
        metadata: DictType | None = None,
        part_size: int = 0,
        if_match: str | None = None,
        if_none_match: str | None = None,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ObjectReader | TextObjectReader | ObjectWriter | TextObjectWriter:
        """Open an object as a file.

        The modes are those of Python's `open`: "rb" and "wb" for bytes, "r" and "w" for text.

        Reading: a binary file can seek to any position. All reads return data of the same object version.

        Writing: data is uploaded while it is written. The object appears when the file is closed. Nothing is stored if
        an exception leaves the `with` block, if the file is closed while an exception that was raised after it was
        opened is being handled, or if the file is garbage collected without `close()`, which emits a `ResourceWarning`.

        If the server ignores ranges, the file downloads the whole object once. It keeps the content in memory or, above
        8 MiB, in a temporary file.

        S3 operations: HeadObject and GetObject for reading; those of `put_object` for writing.

        Args:
            bucket_name: The bucket.
            object_name: The object.
            mode: "rb" or "wb" for bytes; "r", "rt", "w" or "wt" for text.
            version_id: The version to read.
            content_type: The content type of a written object. None derives it from the ending of the object's name.
            metadata: The metadata of a written object.
            part_size: The size of uploaded parts in bytes, 5 MiB to 5 GiB. 0 means 5 MiB, and more after 950 parts.
            if_match: Store only if the object exists and has this ETag; see `put_object`.
            if_none_match: "*" stores only if the object does not exist; see `put_object`.
            encoding: The text encoding. The default is "utf-8", regardless of the locale.
            errors: The handling of encoding and decoding errors; see `open`. The default is "strict".
            newline: The translation of line endings; see `open`.
            options: The region and additional headers and query parameters of the requests; see `CallOptions`.

        Returns:
            An open file.

        Raises:
            InvalidArgumentError: The mode is not supported, or an option does not apply to it.
            NoSuchKey: The object to read does not exist.
            PreconditionFailed: The object does not meet a condition. For a written object raised on closing.
            ResponseError: The server returns an error.

        Example:
            >>> with client.open_object("my-bucket", "my-file", "wb") as file:
            ...     file.write(b"some bytes")
            >>> with client.open_object("my-bucket", "my-file") as file:
            ...     file.seek(5)
            ...     rest = file.read()
            >>> with client.open_object("my-bucket", "my-text", "w") as text:
            ...     text.write("some text")
        """
        from .._core.ops.conditions import write_conditions
        from .._core.ops.objects import HeadObject
        from .._core.transfer.text import parse_mode
        from ._object_reader import ObjectReader
        from ._object_writer import ObjectWriter
        from ._text import TextObjectReader, TextObjectWriter

        check_names(bucket_name, object_name)
        direction, text = parse_mode(mode, encoding, errors, newline)
        if direction == "r":
            if if_match is not None or if_none_match is not None:
                raise InvalidArgumentError("if_match and if_none_match are for writing: mode must be 'wb' or 'w'")
            version_id = optional_text("version_id", version_id) or None
            found = self._call(HeadObject(bucket_name, object_name, version_id))
            reader = ObjectReader(self, found, version_id)
            if found.size is None:
                reader._learn_size()
            return reader if text is None else TextObjectReader(reader, text)
        # Check the arguments now: nothing is sent before the file is closed, which is late to report a wrong argument.
        check_metadata("metadata", metadata)
        if content_type is None:
            content_type = guess_type(metadata, object_name)
        check_headers("content_type", {"Content-Type": content_type})
        write_conditions(if_match, if_none_match)
        written = {
            "content_type": content_type,
            "metadata": metadata,
            "part_size": part_size,
            "if_match": if_match,
            "if_none_match": if_none_match,
        }
        writer = ObjectWriter(self, bucket_name, object_name, written)
        return writer if text is None else TextObjectWriter(writer, text)
