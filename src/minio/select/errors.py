"""The errors of SelectObjectContent, under the names of the 5.x and 6.x APIs. The reader raises these classes."""

from __future__ import annotations

from .._core.exceptions import TransportError
from ..error import S3Error

__all__ = ["SelectCRCValidationError", "SelectMessageError"]

SelectMessageError = S3Error
SelectCRCValidationError = TransportError
