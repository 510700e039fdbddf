# SPDX-License-Identifier: GPL-3.0-or-later
"""The practice host as a process, for the tests of the window."""

import email
import email.policy
import hashlib
import json
import ssl
import socket
import subprocess

import driver


class Host:
    """A submission server on free ports of this machine; see practice-host-run --help."""

    def __init__(self, *options):
        self.process = subprocess.Popen([driver.built("src/practice/practice-host-run"), *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise driver.DriverError("practice-host-run did not start")
        start = json.loads(line)
        self.port = start["implicit_port"]
        self.starttls_port = start["starttls_port"]
        self.ca_file = start["ca_file"]
        self.user = start["user"]
        self.password = start["password"]

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def commands(self):
        """All lines that clients sent."""
        return self.ask("commands")

    def verbs(self):
        """The first words of the commands, upper case."""
        return [line.split()[0].upper() for line in self.commands() if line.split()]

    def messages(self):
        """The messages received, parsed."""
        found = []
        for path in self.ask("messages"):
            with open(path, "rb") as file:
                found.append(email.message_from_binary_file(file, policy=email.policy.default))
        return found

    def set_fault(self, fault):
        self.ask("fault " + fault)

    def fingerprint(self):
        """SHA-256 of the certificate that the host really shows: hexadecimal, upper case, no colons."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection(("localhost", self.port), 30) as plain:
            with context.wrap_socket(plain, server_hostname="localhost") as tls:
                return hashlib.sha256(tls.getpeercert(binary_form=True)).hexdigest().upper()
