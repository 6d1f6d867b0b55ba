"""Bare sockets: the speed of an unsigned GET into a file in Python, without a client library."""

from __future__ import annotations

import socket

from _worker import Client, serve


class Bare(Client):
    def connect(self) -> None:
        host, _, port = self.endpoint.rpartition(":")
        self.socket = socket.create_connection((host, int(port)))
        self.view = memoryview(bytearray(1024 * 1024))

    def download(self, key: str, path: str) -> None:
        request = f"GET /{self.bucket}/{key} HTTP/1.1\r\nHost: {self.endpoint}\r\n\r\n"
        self.socket.sendall(request.encode())
        with open(path, "wb", buffering=0) as file:
            left = self.read_head()
            while left:
                count = self.socket.recv_into(self.view, min(left, len(self.view)))
                if not count:
                    raise ConnectionError("the server closed the connection")
                file.write(self.view[:count])
                left -= count

    def read_head(self) -> int:
        """Read the head byte by byte, so that none of the body is consumed, and return the body's length."""
        head = bytearray()
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        fields = dict(line.split(": ", 1) for line in head.decode().lower().split("\r\n")[1:-2])
        return int(fields["content-length"])


if __name__ == "__main__":
    serve(Bare)
