#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_host_run.py PROGRAM: the practice host as a program of its own, served
by a client that others wrote: Python's smtplib over OpenSSL."""

import base64
import json
import os
import smtplib
import ssl
import subprocess
import sys
import traceback

MESSAGE = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\n.dot\r\n..\r\nend\r\n"


class Host:
    def __init__(self, *options):
        self.process = subprocess.Popen([sys.argv[1], *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.start = json.loads(self.process.stdout.readline())
        self.context = ssl.create_default_context(cafile=self.start["ca_file"])

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.stdin.close()
        self.process.stdout.close()
        assert self.process.wait(60) == 0 or value, "practice-host-run failed"

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def connect(self, implicit=True):
        if implicit:
            client = smtplib.SMTP_SSL("localhost", self.start["implicit_port"], context=self.context)
        else:
            client = smtplib.SMTP("localhost", self.start["starttls_port"])
            client.starttls(context=self.context)
        client.ehlo("client.example")
        return client


def delivers():
    with Host() as host:
        for implicit in (True, False):
            with host.connect(implicit) as client:
                client.login("practice", "practice")
                client.sendmail("a@example.org", ["b@example.org"], MESSAGE)
        paths = host.ask("messages")
        assert len(paths) == 2, paths
        for path in paths:
            with open(path, "rb") as file:
                assert file.read() == MESSAGE
        assert "STARTTLS" in host.ask("plaintext")
        assert not any(line.startswith("AUTH") for line in host.ask("plaintext"))
        assert any(line.upper().startswith("MAIL FROM:<A@EXAMPLE.ORG>") for line in host.ask("commands"))
    assert not os.path.exists(host.start["ca_file"])
    assert not os.path.exists(host.start["maildir"])


def speaks_tls_1_2():
    with Host("--tls-1.2-only", "--mechanisms", "PLAIN", "--user", "ann", "--password", "pw") as host:
        with host.connect() as client:
            assert client.sock.version() == "TLSv1.2", client.sock.version()
            assert client.esmtp_features["auth"].split() == ["PLAIN"], client.esmtp_features
            identity = base64.b64encode(b"\0ann\0pw").decode()
            assert client.docmd("AUTH", "PLAIN " + identity)[0] == 235


def shows_another_certificate():
    for kind in ("wrong-name", "expired", "unknown-ca"):
        with Host("--certificate", kind) as host:
            try:
                host.connect()
            except ssl.SSLCertVerificationError:
                continue
            raise AssertionError(f"{kind} was accepted")


def takes_faults():
    with Host("--fault", "mail,reply,text=451 4.3.0 Later, please\\r\\n") as host:
        with host.connect() as client:
            client.login("practice", "practice")
            assert client.mail("a@example.org") == (451, b"4.3.0 Later, please")
        assert host.ask("fault none") == []
        with host.connect() as client:
            client.login("practice", "practice")
            assert client.mail("a@example.org")[0] == 250


def ends_in_order_on_a_signal():
    with Host() as host:
        client = host.connect()
        host.process.terminate()
        assert host.process.wait(60) == 0
        client.close()
        assert not os.path.exists(host.start["ca_file"])
        assert not os.path.exists(host.start["maildir"])


def refuses_bad_options():
    for options in (["--certificate", "none"], ["--fault", "mail"], ["--fault", "mail,drop,nth"], ["--mechanisms", "X"]):
        done = subprocess.run([sys.argv[1], *options], stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert done.returncode == 64 and done.stderr, options


def main():
    cases = [delivers, speaks_tls_1_2, shows_another_certificate, takes_faults, ends_in_order_on_a_signal,
             refuses_bad_options]
    failed = 0
    print(f"1..{len(cases)}")
    for number, case in enumerate(cases, 1):
        try:
            case()
        except Exception:  # pylint: disable=broad-except
            failed = 1
            print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
            print(f"not ok {number} - {case.__name__}")
        else:
            print(f"ok {number} - {case.__name__}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
