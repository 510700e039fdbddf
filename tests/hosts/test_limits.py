#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_limits.py WAXSEAL, through with-keyring: the outbox of a profile, and Exim that
takes so many messages of a connection and so many recipients of a message, and says so
(LIMITS, RFC 9422), or does not say so."""

import functools
import json
import os
import subprocess
import sys

import exim
import hostlab
from exim import Exim
from sink import Sink
from test_extensions import assert_equal
from test_submission import PASSWORD, REFUSED, SENDER, SIZE_LIMIT, USER

RECIPIENTS_MAX = 4


class Outbox:
    """A profile with an account at an Exim of these limits."""

    def __init__(self, lab, sink, waxseal, **limits):
        self.lab, self.sink, self.waxseal = lab, sink, waxseal
        self.server = Exim(lab, USER, PASSWORD, sink.port, SIZE_LIMIT, REFUSED, **limits)
        self.profile = lab.path(f"profile-{self.server.implicit_port}")
        code, result = self.run("account", "add", "--server", f"smtps://{USER}@localhost:{self.server.implicit_port}",
                                "--ca", lab.ca, "--address", SENDER, "--label", "main", "--password-file",
                                lab.write("password", PASSWORD + "\n", 0o600))
        assert_equal(code, 0, f"the exit code (of {result})")

    def run(self, *arguments):
        command = [self.waxseal, *arguments, "--profile", self.profile, "--json"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              check=False)
        try:
            return done.returncode, json.loads(done.stdout)
        except json.JSONDecodeError:
            raise AssertionError(f"exit code {done.returncode}, and no JSON: {done.stdout!r} {done.stderr!r}") from None

    def submit(self, *arguments, recipients=("bob@example.com",)):
        """Its Message-ID."""
        to = [word for recipient in recipients for word in ("--to", recipient)]
        code, result = self.run("send", "--account", "main", "--subject", "limits", "--no-wait", *to, *arguments)
        assert_equal((code, result["state"]), (0, "queued"), "what was queued")
        return result["message_id"]

    def run_outbox(self, expected):
        """Runs it; the connections that Exim then saw with mail on them."""
        mark = self.server.mark()
        code, result = self.run("outbox", "run")
        assert_equal([item["state"] for item in result["items"]], expected, f"the states (exit code {code})")
        return code, mark

    def connections(self, mark, count):
        def ends():
            # A connection that the server breaks off ends in a second line, of TLS.
            return [end for end in self.server.ends(mark) if end.startswith("SMTP connection")]
        return hostlab.wait_for(lambda: len(ends()) >= count and ends(), "Exim's log")


def several_connections(lab, sink, waxseal, messages, connections, **limits):
    """More messages than a connection may have: each arrives once, over as few as needed."""
    outbox = Outbox(lab, sink, waxseal, **limits)
    ids = [outbox.submit() for _ in range(messages)]
    code, mark = outbox.run_outbox(["sent"] * messages)
    assert_equal(code, 0, "the exit code")
    for message_id in ids:
        hostlab.wait_for(lambda message_id=message_id: sink.find(message_id), message_id)
    assert_equal(len(outbox.connections(mark, connections)), connections, "connections")
    assert_equal([len(sink.find(message_id)) for message_id in ids], [1] * messages, "how often each came")
    assert_equal(outbox.run("outbox", "run")[1]["items"], [], "what is left")


def recipients(lab, sink, waxseal, **limits):
    """More recipients than a message may have."""
    everyone = tuple(f"user{number}@example.com" for number in range(RECIPIENTS_MAX * 2 + 1))
    outbox = Outbox(lab, sink, waxseal, recipients_max=RECIPIENTS_MAX, **limits)

    told = limits.get("limits", True)
    together = outbox.submit(recipients=everyone)
    # What is told is known before; a 452 to the fifth might be over later.
    code, _ = outbox.run_outbox(["failed" if told else "deferred"])
    assert_equal(code, 67 if told else 75, "without --send-to-rest")
    split = outbox.submit("--send-to-rest", recipients=everyone)
    code, _ = outbox.run_outbox(["sent" if told else "partial"])
    assert_equal(code, 0 if told else 67, "with --send-to-rest")
    expected = sorted(everyone if told else everyone[:RECIPIENTS_MAX])
    def got():
        return sorted(address for each in sink.find(split) for address in each.recipients)
    hostlab.wait_for(lambda: len(got()) >= len(expected), "the recipients")
    assert_equal(got(), expected, "who got it")
    assert_equal(sink.find(together), [], "what went without --send-to-rest")


def main():
    reason = hostlab.missing()
    if not os.path.exists(exim.program()):
        reason = "Exim is not unpacked here"
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    with hostlab.Lab() as lab:
        sink = Sink(REFUSED)
        kinds = [
            ("seven messages, three of a connection",
             functools.partial(several_connections, messages=7, connections=3, mail_max=3)),
            ("two messages, one of a connection",
             functools.partial(several_connections, messages=2, connections=2, mail_max=1)),
            ("two messages, one of a connection, which is not told",
             functools.partial(several_connections, messages=2, connections=2, mail_max=1, limits=False)),
            ("nine recipients, four of a message", recipients),
            ("nine recipients, four of a message, which is not told", functools.partial(recipients, limits=False)),
        ]
        return hostlab.run_tests([(name, functools.partial(case, lab, sink, sys.argv[1])) for name, case in kinds], lab)


if __name__ == "__main__":
    sys.exit(main())
