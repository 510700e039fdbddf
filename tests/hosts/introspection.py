# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server asks of a token (RFC 7662): an endpoint that knows some."""

import http.server
import json
import threading
import urllib.parse


class Introspection:
    """Listens on a free port of 127.0.0.1; `users` is the user of each token that is
    still good."""

    def __init__(self, users):
        introspection = self
        self.users, self.asked = users, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):  # pylint: disable=invalid-name
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                token = urllib.parse.parse_qs(body).get("token", [""])[0]
                introspection.asked.append(token)
                user = introspection.users.get(token)
                answer = {"active": True, "username": user, "scope": "mail.send"} if user else {"active": False}
                octets = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
