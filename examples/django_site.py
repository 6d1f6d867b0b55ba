"""Django keeps uploaded files in a bucket: STORAGES with django-minio-storage, which uses this client.

    MINIO_ENDPOINT=127.0.0.1:9000 MINIO_SECURE=0 MINIO_ACCESS_KEY=... MINIO_SECRET_KEY=... \
        python django_site.py runserver
"""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import path

settings.configure(
    DEBUG=False,
    SECRET_KEY=os.environ.get("SECRET_KEY", "for this example only"),
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["*"],
    USE_TZ=True,
    STORAGES={
        "default": {"BACKEND": "minio_storage.storage.MinioMediaStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    },
    MINIO_STORAGE_ENDPOINT=os.environ["MINIO_ENDPOINT"],
    MINIO_STORAGE_ACCESS_KEY=os.environ["MINIO_ACCESS_KEY"],
    MINIO_STORAGE_SECRET_KEY=os.environ["MINIO_SECRET_KEY"],
    MINIO_STORAGE_USE_HTTPS=os.environ.get("MINIO_SECURE", "1") != "0",
    MINIO_STORAGE_MEDIA_BUCKET_NAME=os.environ.get("MINIO_BUCKET", "media"),
    MINIO_STORAGE_AUTO_CREATE_MEDIA_BUCKET=True,
    MINIO_STORAGE_MEDIA_USE_PRESIGNED=True,
)
django.setup()


def upload(request: HttpRequest) -> JsonResponse:
    """Store the file of a form, and return the URL with which it can be read for a while."""
    file = request.FILES["file"]
    assert isinstance(file, UploadedFile)
    name = default_storage.save(file.name, file)
    return JsonResponse({"name": name, "size": default_storage.size(name), "url": default_storage.url(name)})


urlpatterns = [path("upload", upload)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
