#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""aiosmtpd, as a submission and a submissions port without PIPELINING and
CHUNKING, so that lock-step and DATA are tried. Run by itself it is the server:
aiosmtpd_host.py SETTINGS.json"""

import json
import logging
import os
import re
import signal
import smtplib
import ssl
import sys

import hostlab


class Aiosmtpd:
    name = "aiosmtpd"
    mechanism = "PLAIN"
    binding = None
    chunking = {"implicit": False, "starttls": False}

    def __init__(self, lab, user, password, relay_port, size_limit, refused):
        self.lab = lab
        self.folder = lab.make_folder("aiosmtpd")
        self.log = os.path.join(self.folder, "log")
        self.settings = {"user": user, "password": password, "relay": relay_port, "size_limit": size_limit,
                         "refused": refused, "certificate": lab.certificate, "key": lab.key,
                         "token": lab.token, "log": self.log}
        lab.log_names.append(self.log)
        hostlab.start_on_free_ports(self.start)

    def start(self):
        self.implicit_port, self.starttls_port = hostlab.free_port(), hostlab.free_port()
        ports = {"implicit_port": self.implicit_port, "starttls_port": self.starttls_port}
        settings = self.lab.write("aiosmtpd/settings.json", json.dumps(self.settings | ports))
        process = self.lab.start(sys.executable, os.path.abspath(__file__), settings)
        hostlab.wait_for(
            lambda: process.poll() is not None or hostlab.says(self.starttls_port, self.lab.token),
            "aiosmtpd's greeting")
        return process.poll() is None and hostlab.wait_for(lambda: self.ends(0), "aiosmtpd's log")

    def mark(self):
        return len(hostlab.read_text(self.log))

    def ends(self, mark):
        return re.findall(r"^gone .*", hostlab.read_text(self.log)[mark:], re.M)

    def signed_in(self, mark):
        return hostlab.wait_for(lambda: self.ends(mark), "aiosmtpd's log") and (
            "auth True" in hostlab.read_text(self.log)[mark:])

    def refused_without_sign_in(self, mark):
        hostlab.wait_for(lambda: self.ends(mark), "aiosmtpd's log to tell of the end of the connection")
        return "auth" not in hostlab.read_text(self.log)[mark:]


def serve(settings):
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult

    # pylint: disable=invalid-name
    log = open(settings["log"], "a", encoding="utf-8", buffering=1)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings["certificate"], settings["key"])

    class Session(SMTP):
        def connection_lost(self, error):
            log.write(f"gone {type(error).__name__}\n")
            super().connection_lost(error)

    class Host(Controller):
        def factory(self):
            return Session(self.handler, **self.SMTP_kwargs)

    class Handshakes(logging.Handler):
        """asyncio tells of a handshake that failed only when it is debugged."""

        def emit(self, record):
            if "handshake" in record.getMessage() or "Fatal error" in record.getMessage():
                log.write("gone in the handshake\n")

    logging.getLogger("asyncio").addHandler(Handshakes())
    logging.getLogger("asyncio").setLevel(logging.DEBUG)

    class Handler:
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address == settings["refused"]:
                return "550 5.1.1 No such user here"
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 Ok"

        async def handle_DATA(self, server, session, envelope):
            trace = b"Received: from client by " + settings["token"].encode() + b"\r\n"
            with smtplib.SMTP("127.0.0.1", settings["relay"]) as relay:
                relay.sendmail(envelope.mail_from, envelope.rcpt_tos, trace + envelope.original_content,
                               ["BODY=8BITMIME"] + ["SMTPUTF8"] * envelope.smtp_utf8)
            return "250 2.0.0 Ok"

    def authenticate(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (settings["user"].encode(), settings["password"].encode())
        log.write(f"auth {good}\n")
        return AuthResult(success=good, handled=False)

    common = {"hostname": "127.0.0.1", "data_size_limit": settings["size_limit"], "enable_SMTPUTF8": True,
              "auth_required": True, "authenticator": authenticate, "ident": settings["token"]}
    hosts = [
        Host(Handler(), port=settings["implicit_port"], ssl_context=context, auth_require_tls=False, **common),
        Host(Handler(), port=settings["starttls_port"], tls_context=context, require_starttls=True, **common),
    ]
    for host in hosts:
        host.loop.set_debug(True)
        host.start()
    signal.sigwait([signal.SIGTERM])


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        serve(json.load(file))
