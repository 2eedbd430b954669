"""Edges of the connection's clock: TLS. A handshake has exchanges of its own, before the first request."""

import os
import ssl
import subprocess
import tempfile

from clockkit import SIZE, REQUEST, Connection, edge

REQUESTS = 3


def certificate(folder):
    """A key and a certificate that it has signed itself."""
    key, signed = os.path.join(folder, "key"), os.path.join(folder, "certificate")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", signed],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return signed, key


def server_context(version, tickets):
    """What a server of that version needs, which hands out so many session tickets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = version
    context.num_tickets = tickets
    with tempfile.TemporaryDirectory() as folder:
        context.load_cert_chain(*certificate(folder))
    return context


def encrypted(version, tickets):
    """A server of that version and its client."""
    connection, context = Connection(), server_context(version, tickets)

    def serve():
        sock = context.wrap_socket(connection.here, server_side=True)
        for _ in range(REQUESTS):
            sock.sendall(sock.recv(SIZE))

    def client():
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        sock = trusting.wrap_socket(connection.there)
        for _ in range(REQUESTS):
            sock.sendall(REQUEST)
            assert sock.recv(SIZE) == REQUEST

    return [connection], serve, client


@edge("tls", exchanges=2 + REQUESTS)
def tls_1_2():
    """Two for the handshake: its hello, and its key."""
    return encrypted(ssl.TLSVersion.TLSv1_2, 2)


@edge("tls", exchanges=2 + REQUESTS)
def tls_1_3():
    """Two, too: its hello, and its end, which is answered by tickets for later sessions."""
    return encrypted(ssl.TLSVersion.TLSv1_3, 2)


@edge("tls", exchanges=1 + REQUESTS)
def tls_no_tickets():
    """Without tickets the handshake's end is not answered: it goes with the first request."""
    return encrypted(ssl.TLSVersion.TLSv1_3, 0)
