#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_submission.py aiosmtpd|dovecot|exim|postfix WAXSEAL: the built `waxseal send` against a real
submission server, over implicit TLS and over STARTTLS. What the server relays
is compared with what was sent, octet by octet; what is refused must be refused
in time, and the server's own log is the witness."""

import base64
import email
import email.policy
import functools
import json
import os
import smtplib
import ssl
import subprocess
import sys

import exim
import hostlab
from aiosmtpd_host import Aiosmtpd
from dovecot import Dovecot
from exim import Exim
from postfix import Postfix
from sink import Sink

USER, PASSWORD = "alice", "corréct horse"
SENDER = "alice@example.org"
RECIPIENT = "bob@example.com"
REFUSED = "nobody@example.com"
SIZE_LIMIT = 1024 * 1024
MODES = {"implicit": "smtps", "starttls": "smtp"}


def assert_equal(found, expected, what):
    if found != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {found!r}")


def raw_message(marker, filler=b""):
    """All that makes a body hard to carry unchanged."""
    return (
        f"From: Alice <{SENDER}>\r\nTo: Bob <{RECIPIENT}>\r\nDate: Tue, 24 Nov 2026 06:00:00 +0000\r\n"
        f"Message-ID: <{marker}@example.org>\r\nSubject: {marker}\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ).encode() + (
        b".\r\n..\r\n.dot\r\nFrom here\r\n\r\n\ttab and blanks  \r\n" + "Grüße\r\n".encode() + b"x" * 998 + b"\r\n"
        + filler + b"\r\n.end\r\n\r\n")


class Submission:
    """The cases, against one server."""

    def __init__(self, lab, server, sink, waxseal):
        self.lab, self.server, self.sink, self.waxseal = lab, server, sink, waxseal
        self.password_file = lab.write("password", PASSWORD + "\n", 0o600)
        self.count = 0

    def marker(self, words):
        self.count += 1
        return f"{words}-{self.count}"

    def port(self, mode):
        return self.server.implicit_port if mode == "implicit" else self.server.starttls_port

    def send(self, mode, *arguments, host="localhost", port=None, ca=None, password_file=None,
             recipients=(RECIPIENT,)):
        """Runs `waxseal send`; its exit code and what it printed."""
        url = f"{MODES[mode]}://{USER}@{host}:{port or self.port(mode)}"
        command = [self.waxseal, "send", "--server", url, "--from", SENDER, "--ca", ca or self.lab.ca,
                   "--password-file", password_file or self.password_file, "--json"]
        for recipient in recipients:
            command += ["--to", recipient]
        home = self.lab.make_folder("home")
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("WAXSEAL_PROFILE", "DBUS_SESSION_BUS_ADDRESS")}
        environment |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
        done = subprocess.run(command + list(arguments), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=120, check=False, env=environment)
        try:
            return done.returncode, json.loads(done.stdout)
        except json.JSONDecodeError:
            raise AssertionError(f"exit code {done.returncode}, and no JSON: {done.stdout!r} {done.stderr!r}") from None

    def send_raw(self, mode, marker, filler=b"", **keywords):
        octets = raw_message(marker, filler)
        file = self.lab.write(marker + ".eml", octets)
        return *self.send(mode, "--raw", file, **keywords), octets

    def wait_for_message(self, marker):
        return hostlab.wait_for(lambda: self.sink.find(marker), f"the message {marker}")[0]

    # The cases.

    def control(self, mode):
        """Another client, so that what the cases look for is known to show."""
        marker = self.marker("control")
        octets = raw_message(marker)
        mark = self.server.mark()
        context = ssl.create_default_context(cafile=self.lab.ca)
        if mode == "implicit":
            client = smtplib.SMTP_SSL("localhost", self.port(mode), context=context)
        else:
            client = smtplib.SMTP("localhost", self.port(mode))
            client.starttls(context=context)
        with client:
            client.ehlo()
            identity = base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()
            assert_equal(client.docmd("AUTH", "PLAIN " + identity)[0], 235, "the reply to AUTH")
            client.sendmail(SENDER, [RECIPIENT], octets, mail_options=["BODY=8BITMIME"])
        assert self.server.signed_in(mark), "the log does not tell of the sign-in"
        assert not self.server.refused_without_sign_in(mark), "the log hides a sign-in"
        self.compare(self.wait_for_message(marker), octets)

    def compare(self, message, octets):
        """What was relayed is what was sent, behind the server's own trace header."""
        assert message.octets.endswith(octets), f"other octets than were sent: {message.octets!r}"
        trace = message.octets[:-len(octets)].decode()
        assert trace.startswith("Received: ") and trace.endswith("\r\n"), f"not a trace header: {trace!r}"
        names = [line.split(":")[0] for line in trace.split("\r\n")[:-1] if not line.startswith(("\t", " "))]
        assert_equal(names, ["Received"], "the headers put before the message")

    def delivers(self, mode):
        marker = self.marker("delivers")
        mark = self.server.mark()
        code, result, octets = self.send_raw(mode, marker, recipients=(RECIPIENT, "carol@example.com"))

        assert_equal(code, 0, f"the exit code (of {result})")
        assert_equal(result["state"], "sent", "state")
        assert_equal(result["error"], None, "error")
        assert_equal(result["message_id"], f"<{marker}@example.org>", "message_id")
        assert_equal(result["reply"]["code"], 250, "the final reply")
        assert_equal([(each["address"], each["code"]) for each in result["recipients"]],
                     [(RECIPIENT, 250), ("carol@example.com", 250)], "recipients")
        self.check_connection(mode, result["connection"])
        assert self.server.signed_in(mark), "the server's log does not tell of the sign-in"

        messages = [self.wait_for_message(marker)]
        # Postfix may relay in one transaction a recipient.
        hostlab.wait_for(lambda: sum(len(each.recipients) for each in self.sink.find(marker)) == 2, "both recipients")
        messages = self.sink.find(marker)
        for message in messages:
            assert_equal(message.sender, SENDER, "the envelope's sender")
            self.compare(message, octets)
        assert_equal(sorted(address for each in messages for address in each.recipients),
                     [RECIPIENT, "carol@example.com"], "the envelope's recipients")

    def check_connection(self, mode, connection):
        assert_equal(connection["mode"], mode, "connection.mode")
        assert_equal(connection["host"], "localhost", "connection.host")
        assert_equal(connection["tls"]["version"], "TLS1.3", "tls.version")
        assert_equal(connection["tls"]["verified"], True, "tls.verified")
        checks = {check["name"]: check["result"] for check in connection["tls"]["checks"]}
        for name in ("hostname", "chain", "validity"):
            assert_equal(checks.get(name), "pass", f"the check of {name}")
        assert_equal(connection["auth"]["mechanism"], self.server.mechanism, "auth.mechanism")
        assert_equal(connection["auth"].get("channel_binding"), self.server.binding, "auth.channel_binding")
        assert connection["tls"]["chain"], "no certificate in the report"
        assert_equal("CHUNKING" in connection["extensions"], self.server.chunking[mode], "CHUNKING is offered")

    def composes(self, mode):
        marker = self.marker("composes")
        attachment = bytes(range(256)) * 1000
        body = self.lab.write("body.txt", "Grüße,\n.\nAlice\n")
        file = self.lab.write("Angebot ä.bin", attachment)
        code, result = self.send(mode, "--subject", f"Tschüß {marker}", "--body-file", body, "--attach", file,
                                 "--bcc", "hidden@example.com")

        assert_equal(code, 0, f"the exit code (of {result})")
        hostlab.wait_for(
            lambda: sum(len(each.recipients) for each in self.sink.find(result["message_id"])) == 2, "the message")
        octets = self.sink.find(result["message_id"])[0].octets
        message = email.message_from_bytes(octets, policy=email.policy.default)
        assert_equal(message["Subject"], f"Tschüß {marker}", "Subject")
        assert_equal(message["From"].addresses[0].addr_spec, SENDER, "From")
        shown = [name for name, value in message.items() if name != "Received" and "hidden@" in value]
        assert_equal(shown, [], "the headers that show a Bcc recipient")
        assert_equal(message.get_body().get_content().replace("\r\n", "\n").strip(), "Grüße,\n.\nAlice", "the text")
        parts = list(message.iter_attachments())
        assert_equal(len(parts), 1, "the attachments")
        assert_equal(parts[0].get_filename(), "Angebot ä.bin", "the attachment's name")
        assert_equal(parts[0].get_payload(decode=True), attachment, "the attachment's octets")

    def refused(self, mode, marker, expected_code, expected_step, **keywords):
        """A send that must fail with nothing delivered; returns the result."""
        code, result, _ = self.send_raw(mode, marker, **keywords)
        assert_equal(code, expected_code, f"the exit code (of {result})")
        assert_equal(result["error"]["step"], expected_step, "error.step")
        assert result["error"]["message"], "no sentence for the user"
        assert_equal(self.sink.find(marker), [], "what was delivered all the same")
        return result

    def wrong_password(self, mode):
        file = self.lab.write("wrong", "incorrect horse\n", 0o600)
        result = self.refused(mode, self.marker("password"), 77, "auth", password_file=file)
        assert_equal(result["state"], "blocked", "state")
        assert "incorrect horse" not in json.dumps(result), "the password is in the report"

    def untrusted_ca(self, mode):
        mark = self.server.mark()
        result = self.refused(mode, self.marker("ca"), 77, "tls", ca=self.lab.other_ca)
        assert_equal(result["state"], "blocked", "state")
        assert_equal(result["connection"]["tls"]["verified"], False, "tls.verified")
        assert self.server.refused_without_sign_in(mark), "the server's log tells of a sign-in"

    def wrong_host_name(self, mode):
        """The certificate is for localhost, and not for 127.0.0.1."""
        mark = self.server.mark()
        result = self.refused(mode, self.marker("name"), 77, "tls", host="127.0.0.1")
        assert_equal(result["state"], "blocked", "state")
        checks = {check["name"]: check["result"] for check in result["connection"]["tls"]["checks"]}
        assert_equal(checks.get("hostname"), "fail", "the check of hostname")
        assert self.server.refused_without_sign_in(mark), "the server's log tells of a sign-in"

    def wrong_port(self, mode):
        """TLS to the port that begins without it, or the other way round."""
        other = "starttls" if mode == "implicit" else "implicit"
        result = self.refused(mode, self.marker("port"), 78, "greeting" if mode == "starttls" else "tls",
                              port=self.port(other))
        assert_equal(result["error"]["code"], "wrong-port", "error.code")
        assert f"{MODES[other]}://" in result["error"]["hint"], f"the hint: {result['error']['hint']!r}"

    def too_large(self, mode):
        self.refused(mode, self.marker("size"), 65, "envelope", filler=b"0123456789abcdef\r\n" * (SIZE_LIMIT // 16))

    def recipient_refused(self, mode):
        result = self.refused(mode, self.marker("recipient"), 67, "envelope",
                              recipients=(RECIPIENT, REFUSED, "carol@example.com"))
        assert_equal(result["state"], "failed", "state")
        codes = {each["address"]: each["code"] for each in result["recipients"]}
        assert_equal(codes.get(REFUSED), 550, "the refused recipient's code")
        # A whole send behind it: had anything of the refused one been taken, it
        # would have come before.
        self.delivers(mode)
        assert_equal(self.sink.find("recipient-"), [], "what was delivered all the same")

    def cases(self):
        kinds = [
            ("another client delivers", self.control),
            ("delivers what was sent", self.delivers),
            ("delivers a composed message", self.composes),
            ("a wrong password blocks", self.wrong_password),
            ("an untrusted CA blocks before AUTH", self.untrusted_ca),
            ("a wrong host name blocks before AUTH", self.wrong_host_name),
            ("the other kind of port is told from this one", self.wrong_port),
            ("too large for the server", self.too_large),
            ("one of three recipients refused: none is sent", self.recipient_refused),
        ]
        return [(f"{self.server.name}, {mode}: {name}", functools.partial(case, mode))
                for name, case in kinds for mode in MODES]


def main():
    reason = hostlab.missing()
    if sys.argv[1] == "exim" and not os.path.exists(exim.program()):
        reason = "Exim is not unpacked here"
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    with hostlab.Lab() as lab:
        sink = Sink(REFUSED)
        if sys.argv[1] == "dovecot":
            server = Dovecot(lab, USER, PASSWORD, sink.port, SIZE_LIMIT)
        else:
            kind = {"aiosmtpd": Aiosmtpd, "exim": Exim, "postfix": Postfix}[sys.argv[1]]
            server = kind(lab, USER, PASSWORD, sink.port, SIZE_LIMIT, REFUSED)
        return hostlab.run_tests(Submission(lab, server, sink, sys.argv[2]).cases(), lab)


if __name__ == "__main__":
    sys.exit(main())
