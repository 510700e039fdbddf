#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_extensions.py aiosmtpd|dovecot|exim|postfix WAXSEAL: the extensions of SMTP that a
real server offers, and what is done with each and without it, over implicit TLS. What
comes out behind the server, at the sink, is the witness."""

import email
import email.policy
import hashlib
import json
import os
import re
import subprocess
import sys

import exim
import hostlab
import sink as far_end
from aiosmtpd_host import Aiosmtpd
from dovecot import Dovecot
from exim import Exim
from postfix import Postfix
from test_submission import PASSWORD, RECIPIENT, REFUSED, SENDER, USER, Submission, assert_equal, raw_message

SIZE_LIMIT = 64 * 1024 * 1024
LARGE = 30 * 1024 * 1024
MEMORY_LIMIT = 64 * 1024  # KiB
CAROL, DAVE = "carol@example.com", "dave@example.com"
UTF8_RECIPIENT = "jörg@example.com"

ASKED_FOR = {"PIPELINING", "CHUNKING", "BINARYMIME", "8BITMIME", "SMTPUTF8", "SIZE", "DSN", "ENHANCEDSTATUSCODES",
             "REQUIRETLS", "LIMITS", "FUTURERELEASE", "DELIVERBY", "MT-PRIORITY"}
# Of these, what each server offers as it is set up here: Dovecot as it comes, and as it is
# told of a relay that takes more.
OFFERED = {
    "aiosmtpd": {"8BITMIME", "SMTPUTF8", "SIZE"},
    "Dovecot": {"PIPELINING", "CHUNKING", "8BITMIME", "SIZE", "ENHANCEDSTATUSCODES"},
    "Dovecot with more": {"PIPELINING", "CHUNKING", "BINARYMIME", "8BITMIME", "SIZE", "DSN", "ENHANCEDSTATUSCODES"},
    "Exim": {"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8", "SIZE", "DSN", "LIMITS"},
    "Postfix": {"PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8", "SIZE", "DSN", "ENHANCEDSTATUSCODES"},
}
DOVECOT_MORE = "\nsubmission_backend_capabilities = 8bitmime binarymime chunking dsn size pipelining vrfy\n"
SINK_MORE = far_end.PLAIN + ("CHUNKING", "BINARYMIME", "DSN")
# Of Postfix: the ports without something.
WITHOUT = ("pipelining", "chunking", "8bitmime,smtputf8,chunking", "smtputf8", "dsn")
# What no server here offers: how it is asked for, and the error and state that follow.
OFFERED_BY_NONE = (
    (("--require-tls",), "REQUIRETLS", "needs-requiretls", "blocked"),
    (("--hold-until", "2100-01-01T08:00Z"), "FUTURERELEASE", "needs-hold", "failed"),
    (("--deliver-by", "600:return"), "DELIVERBY", "needs-deliverby", "failed"),
    (("--priority", "3"), "MT-PRIORITY", "needs-priority", "failed"),
)
DSN = ("--dsn", "success,failure", "--envid", "X+1", "--dsn-return", "headers")

PROBE_KEYS = {"connection", "timing_ms", "error"}
CONNECTION_KEYS = {"host", "address", "port", "mode", "tls", "auth", "extensions"}
TLS_KEYS = {"version", "cipher", "verified", "checks", "chain"}
CERTIFICATE_KEYS = {"subject", "issuer", "not_before", "not_after", "sha256", "spki_sha256", "key", "signature"}
TIMING_KEYS = {"connect", "tls", "auth", "envelope", "body", "total"}
CHECKS = {"hostname", "chain", "validity", "revocation", "pin", "policy", "dane"}

# Runs a program and says, in the named file, what it used at most, in KiB; a small program
# itself, since what a child was before it became another program counts, too.
MEASURE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[2:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=open(sys.argv[1], "w"))
sys.exit(code)
"""


def keywords(extensions):
    return {line.split()[0] for line in extensions}


def assert_holds(found, expected, what):
    missing = set(expected) - set(found)
    assert not missing, f"{what}: {sorted(missing)} missing in {sorted(found)}"


class Extensions(Submission):
    """The cases, against one server."""

    def __init__(self, lab, server, sink, waxseal):
        super().__init__(lab, server, sink, waxseal)
        self.more = None  # Dovecot that offers more

    def deliver(self, *arguments, recipients=(RECIPIENT,), port=None, marker="extension"):
        """A composed message with an umlaut that must arrive; the result, and what the
        sink got, which may be several times."""
        marker = self.marker(marker)
        body = self.lab.write("body.txt", f"Grüße, {marker}\n")
        code, result = self.send("implicit", "--subject", marker, "--body-file", body, *arguments,
                                 recipients=recipients, port=port)
        assert_equal(code, 0, f"the exit code (of {result})")
        assert_equal(result["state"], "sent", "state")
        return result, self.arrived(result["message_id"], recipients)

    def arrived(self, message_id, recipients):
        """Waits for all of them; each must have it once."""
        def find():
            # A notification, which has it too, has no sender.
            return [each for each in self.sink.find(message_id) if each.sender]
        hostlab.wait_for(lambda: sum(len(each.recipients) for each in find()) >= len(recipients), message_id)
        assert_equal(sorted(address for each in find() for address in each.recipients), sorted(recipients),
                     "who got the message")
        return find()

    def cannot_send(self, code, words, *arguments, recipients=(RECIPIENT,), port=None, state="failed", exit_code=65):
        """Refused before MAIL: nothing is said of the message."""
        body = self.lab.write("body.txt", "Hi\n")
        exit_found, result = self.send("implicit", "--subject", "never", "--body-file", body, *arguments,
                                       recipients=recipients, port=port)
        assert_equal(exit_found, exit_code, f"the exit code (of {result})")
        assert_equal((result["error"]["code"], result["error"]["step"], result["state"]), (code, "envelope", state),
                     "the error")
        assert words in result["error"]["message"], result["error"]["message"]
        assert_equal(result["reply"], None, "the server's reply")
        assert_equal([each["code"] for each in result["recipients"] if each["code"]], [], "replies to RCPT")
        return result

    # The cases.

    def probe(self, server=None, name=None):
        server = server or self.server
        command = [self.waxseal, "probe", "--json", "--ca", self.lab.ca, "--password-file", self.password_file,
                   f"smtps://{USER}@localhost:{server.implicit_port}"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              check=False)
        assert_equal(done.returncode, 0, f"the exit code ({done.stderr})")
        report = json.loads(done.stdout)
        assert_holds(report, PROBE_KEYS, "the report")
        assert "state" not in report and "replies" not in report, sorted(report)
        connection = report["connection"]
        assert_holds(connection, CONNECTION_KEYS, "connection")
        assert_holds(connection["tls"], TLS_KEYS, "connection.tls")
        assert_holds({check["name"] for check in connection["tls"]["checks"]}, CHECKS, "the checks")
        for certificate in connection["tls"]["chain"]:
            assert_holds(certificate, CERTIFICATE_KEYS, "a certificate")
        assert_holds(report["timing_ms"], TIMING_KEYS, "timing_ms")
        assert_equal(report["error"], None, "error")
        self.check_connection("implicit", connection)
        found = keywords(connection["extensions"])
        assert_equal(sorted(found & ASKED_FOR), sorted(OFFERED[name or server.name]), "what is offered")
        assert f"SIZE {SIZE_LIMIT}" in connection["extensions"], connection["extensions"]
        assert_equal(self.sink.messages(), [], "messages by a probe")

    def offered_by_none(self):
        for arguments, extension, code, state in OFFERED_BY_NONE:
            self.cannot_send(code, extension, *arguments, state=state)

    def notification_parameters(self):
        """What was asked for comes out behind the server as it was said."""
        self.sink.extensions = SINK_MORE
        try:
            _, messages = self.deliver(*DSN, port=self.more and self.more.implicit_port)
        finally:
            self.sink.extensions = far_end.PLAIN
        mail, rcpt = messages[0].commands
        assert re.search(r" RET=HDRS\b", mail) and re.search(r" ENVID=X\+2B1( |$)", mail), mail
        assert re.search(r" NOTIFY=SUCCESS,FAILURE\b", rcpt, re.I), rcpt
        assert re.search(rf" ORCPT=rfc822;{re.escape(RECIPIENT)}( |$)", rcpt, re.I), rcpt

    def notification_comes(self):
        """The sink without DSN: then the server itself notifies that it relayed."""
        result, _ = self.deliver(*DSN)
        def notifications():
            return [each for each in self.sink.find("Original-Envelope-Id: X+1") if each.recipients == [SENDER]]
        report = hostlab.wait_for(notifications, "the notification")[0]
        text = report.octets.decode()
        assert_equal(report.sender, "", "the notification's sender")
        assert re.search(rf"^Original-Recipient: rfc822; ?{re.escape(RECIPIENT)}", text, re.M | re.I), text
        assert re.search(r"^Action: relayed", text, re.M), text
        assert result["message_id"] in text, "the headers were asked back"
        assert "Grüße" not in text, "the body came back"

    def no_notification(self):
        port = self.server.ports["dsn"] if self.server.name == "Postfix" else None
        for arguments in (DSN, ("--dsn", "never"), ("--dsn-return", "full")):
            self.cannot_send("needs-dsn", "DSN", *arguments, port=port)

    def check_text(self, message):
        parsed = email.message_from_bytes(message.octets, policy=email.policy.default)
        assert_equal(parsed["Content-Transfer-Encoding"], "8bit", "the text's encoding")
        assert "Grüße".encode() in message.octets, "the text is not as it was"
        assert "Grüße" in parsed.get_content(), parsed.get_content()

    def eight_bit(self):
        mark = self.server.mark()
        _, messages = self.deliver()
        self.check_text(messages[0])
        if self.server.name == "Exim":  # which does not pass it on
            assert " M8S=8 " in hostlab.read_text(self.server.log)[mark:], "BODY=8BITMIME was not said"
        else:
            assert "BODY=8BITMIME" in messages[0].commands[0], messages[0].commands

    def seven_bit(self):
        _, messages = self.deliver(port=self.server.ports["8bitmime,smtputf8,chunking"])
        parsed = email.message_from_bytes(messages[0].octets, policy=email.policy.default)
        assert_equal(parsed["Content-Transfer-Encoding"], "quoted-printable", "the text's encoding")
        assert messages[0].octets.isascii(), "octets above 127"
        assert "Grüße" in parsed.get_content(), parsed.get_content()

    def seven_bit_raw(self):
        """A finished message is encoded anew."""
        marker = self.marker("seven")
        code, result, octets = self.send_raw("implicit", marker, port=self.server.ports["8bitmime,smtputf8,chunking"])
        assert_equal(code, 0, f"the exit code (of {result})")
        message = self.wait_for_message(marker)
        assert message.octets.isascii(), "octets above 127"
        was, now = (email.message_from_bytes(each, policy=email.policy.default) for each in (octets, message.octets))
        assert_equal(now.get_payload(decode=True), was.get_payload(decode=True), "the text")

    def binary(self):
        """No base64 where both ends take binary; NUL, bare CR and LF and what looks like
        the end of the data are all in it."""
        attachment = bytes(range(256)) * 64 + b"\r\n.\r\nMAIL FROM:<x@example.org>\r\n\n.\n\r.\r" + bytes(100)
        file = self.lab.write("binary.bin", attachment)
        self.sink.extensions = SINK_MORE
        try:
            _, messages = self.deliver("--attach", file, port=self.more.implicit_port)
        finally:
            self.sink.extensions = far_end.PLAIN
        octets = messages[0].octets
        assert "BODY=BINARYMIME" in messages[0].commands[0], messages[0].commands
        # Dovecot 2.4.1 makes a bare LF a CRLF on its way through, in binary too.
        assert re.sub(rb"(?<!\r)\n", b"\r\n", attachment) in octets, "the attachment did not go as it is"
        assert re.search(rb"^Content-Transfer-Encoding: binary\r$", octets, re.M), "not told to be binary"
        assert b"base64" not in octets, "something is base64"

    def utf8(self):
        _, messages = self.deliver(recipients=(UTF8_RECIPIENT,))
        assert "SMTPUTF8" in messages[0].commands[0], messages[0].commands
        assert f"To: {UTF8_RECIPIENT}".encode() in messages[0].octets, "the header's address"

    def utf8_domain(self):
        """A domain alone needs no extension: it goes as A-labels."""
        self.deliver_to_domain("bob@exämple.com", "bob@xn--exmple-cua.com")

    def deliver_to_domain(self, recipient, expected):
        marker = self.marker("domain")
        code, result = self.send("implicit", "--subject", marker, "--body-file", self.lab.write("body.txt", "Hi\n"),
                                 recipients=(recipient,))
        assert_equal(code, 0, f"the exit code (of {result})")
        message = hostlab.wait_for(lambda: self.sink.find(result["message_id"]), marker)[0]
        assert_equal(message.recipients, [expected], "the envelope")
        assert "SMTPUTF8" not in message.commands[0], message.commands

    def no_utf8(self):
        port = self.server.ports["smtputf8"] if self.server.name == "Postfix" else None
        self.cannot_send("needs-utf8", "SMTPUTF8", recipients=(RECIPIENT, UTF8_RECIPIENT), port=port)

    def rest(self):
        marker = self.marker("rest")
        everyone = (RECIPIENT, REFUSED, CAROL)
        code, result, _ = self.send_raw("implicit", marker, recipients=everyone)
        assert_equal((code, result["state"]), (67, "failed"), "without --send-to-rest")

        file = self.lab.write("rest.eml", raw_message(marker + "-b"))
        code, result = self.send("implicit", "--raw", file, "--send-to-rest", recipients=everyone)
        assert_equal((code, result["state"]), (67, "partial"), f"with it ({result})")
        assert_equal([(each["address"], each["code"]) for each in result["recipients"]],
                     [(RECIPIENT, 250), (REFUSED, 550), (CAROL, 250)], "recipients")
        self.arrived(f"<{marker}-b@example.org>", (RECIPIENT, CAROL))
        assert_equal(self.sink.find(f"<{marker}@example.org>"), [], "what went without --send-to-rest")

        file = self.lab.write("rest.eml", raw_message(marker + "-c"))
        code, result = self.send("implicit", "--raw", file, "--send-to-rest", recipients=(REFUSED,))
        assert_equal((code, result["state"]), (67, "failed"), "nobody is left")

    def groups(self):
        """PIPELINING without CHUNKING, and CHUNKING without PIPELINING: one and three."""
        lost = (("pipelining", "PIPELINING"), ("chunking", "CHUNKING"))
        for without, keyword in lost:
            other = ({"PIPELINING", "CHUNKING"} - {keyword}).pop()
            for recipients in ((RECIPIENT,), (RECIPIENT, CAROL, DAVE)):
                mark = self.server.mark()
                result, _ = self.deliver(recipients=recipients, port=self.server.ports[without])
                found = keywords(result["connection"]["extensions"])
                assert keyword not in found and other in found, sorted(found)
                end = hostlab.wait_for(lambda mark=mark: self.server.ends(mark), "Postfix's log")[0]
                verbs = {word.split("=")[0] for word in end.split()}
                assert_equal(("bdat" in verbs, "data" in verbs), (other == "CHUNKING", other == "PIPELINING"),
                             f"BDAT and DATA in {end}")

    def no_recipient_left(self):
        """A refusal in each of these ways: nothing is delivered, not even an empty message."""
        before = len(self.sink.messages())
        for port in (self.server.implicit_port, self.server.ports["pipelining"], self.server.ports["chunking"]):
            for recipients in ((REFUSED,), (REFUSED, RECIPIENT)):
                code, result, _ = self.send_raw("implicit", self.marker("none"), recipients=recipients, port=port)
                assert_equal((code, result["state"]), (67, "failed"), f"{recipients} at {port}")
        self.deliver()
        assert_equal(len(self.sink.messages()), before + 1, "messages")

    def large(self):
        attachment = os.urandom(LARGE)
        file, peak = self.lab.write("large.bin", attachment), self.lab.path("peak")
        plain = self.waxseal
        self.waxseal = self.lab.write("measured", f"#!/bin/sh\nexec {sys.executable} -c '{MEASURE}' '{peak}' "
                                      f"'{plain}' \"$@\"\n", 0o755)
        try:
            _, messages = self.deliver("--attach", file)
        finally:
            self.waxseal = plain
        parsed = email.message_from_bytes(messages[0].octets, policy=email.policy.default)
        part, = parsed.iter_attachments()
        assert_equal(hashlib.sha256(part.get_payload(decode=True)).hexdigest(),
                     hashlib.sha256(attachment).hexdigest(), "the attachment's digest")
        used = int(hostlab.read_text(peak))
        print(f"# {self.server.name}: {LARGE} octets attached, {used} KiB of memory at most", flush=True)
        # The sanitizers' own memory is not the program's.
        with open(plain, "rb") as program:
            sanitized = b"libasan.so" in program.read()
        if not sanitized:
            assert used < MEMORY_LIMIT, f"{used} KiB of memory"

    def cases(self):
        kinds = [
            ("a probe tells what is offered", self.probe, None),
            ("offered by none: an error before anything is sent", self.offered_by_none, None),
            ("notifications: what was asked for is passed on", self.notification_parameters,
             ("Dovecot", "Exim", "Postfix")),
            ("notifications: one comes", self.notification_comes, ("Postfix",)),
            ("notifications: not offered", self.no_notification, ("aiosmtpd", "Dovecot", "Postfix")),
            ("text in eight bits", self.eight_bit, None),
            ("text in seven bits without 8BITMIME", self.seven_bit, ("Postfix",)),
            ("a finished message is encoded anew without 8BITMIME", self.seven_bit_raw, ("Postfix",)),
            ("an attachment in binary", self.binary, ("Dovecot",)),
            ("an address with an umlaut", self.utf8, ("aiosmtpd", "Exim", "Postfix")),
            ("a domain with an umlaut", self.utf8_domain, None),
            ("an address with an umlaut: not offered", self.no_utf8, ("Dovecot", "Postfix")),
            ("to the rest, or to nobody", self.rest, None),
            ("PIPELINING and CHUNKING, each alone", self.groups, ("Postfix",)),
            ("a refusal delivers nothing in any grouping", self.no_recipient_left, ("Postfix",)),
            ("a large message in little memory", self.large, None),
        ]
        if self.more:
            kinds.insert(1, ("a probe tells what else can be offered",
                             lambda: self.probe(self.more, "Dovecot with more"), None))
        return [(f"{self.server.name}: {name}", case) for name, case, servers in kinds
                if servers is None or self.server.name in servers]


def main():
    reason = hostlab.missing()
    if sys.argv[1] == "exim" and not os.path.exists(exim.program()):
        reason = "Exim is not unpacked here"
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    with hostlab.Lab() as lab:
        sink = far_end.Sink(REFUSED)
        common = (lab, USER, PASSWORD, sink.port, SIZE_LIMIT)
        if sys.argv[1] == "dovecot":
            extensions = Extensions(lab, Dovecot(*common), sink, sys.argv[2])
            extensions.more = Dovecot(*common, more=DOVECOT_MORE)
        elif sys.argv[1] == "postfix":
            extensions = Extensions(lab, Postfix(*common, REFUSED, without=WITHOUT), sink, sys.argv[2])
        else:
            kind = {"aiosmtpd": Aiosmtpd, "exim": Exim}[sys.argv[1]]
            extensions = Extensions(lab, kind(*common, REFUSED), sink, sys.argv[2])
        return hostlab.run_tests(extensions.cases(), lab)


if __name__ == "__main__":
    sys.exit(main())
