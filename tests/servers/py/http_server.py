#!/usr/bin/env -S python3 -B
"""http.server as `python3 -m http.server` runs it: a thread per connection, blocking reads.

Out: each request is a line in its log, stderr. It serves --connections and goes on listening.
"""

import os
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from common import Server


class Handler(SimpleHTTPRequestHandler):
    """Connections are kept; the answer does not wait for the client's delayed ACK."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True


server = Server()
with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
    os.chdir(os.path.dirname(server.options.port_file))
    server.announce(httpd.server_address[1])
    sys.stderr.reconfigure(line_buffering=True)
    httpd.serve_forever()
