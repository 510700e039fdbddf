#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_dane.py WAXSEAL: `waxseal probe` and `send` against a real server whose TLSA
records are in a real signed zone. The server's name is one below `localhost`, which
the system finds on this machine, and NSD has its zone."""

import functools
import hashlib
import json
import os
import subprocess
import sys

import hostlab
import nsd
from aiosmtpd_host import Aiosmtpd

USER, PASSWORD = "alice", "practice"
HOST = "mail.test.localhost"
ZONE = "test.localhost."


def key_digest(certificate):
    """SHA-256 of the SubjectPublicKeyInfo."""
    public = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-pubkey"], check=True,
                            capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"], input=public, check=True,
                         capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


def certificate_octets(certificate):
    return subprocess.run(["openssl", "x509", "-in", certificate, "-outform", "DER"], check=True,
                          capture_output=True).stdout


class Dane:
    """The cases, against one server and several versions of its zone."""

    def __init__(self, lab, waxseal):
        self.lab, self.waxseal = lab, waxseal
        self.password_file = lab.write("password", PASSWORD + "\n", 0o600)
        lab.certificate, lab.key = lab.make_certificate(HOST, lab.ca, lab.path("ca.key"))
        self.server = Aiosmtpd(lab, USER, PASSWORD, 1, 1024 * 1024, "nobody@example.com")
        self.owners = [f"_{port}._tcp.mail" for port in (self.server.implicit_port, self.server.starttls_port)]
        self.good = self.zone("good", f"3 1 1 {key_digest(lab.certificate)}",
                              f"2 0 0 {certificate_octets(lab.ca).hex()}")
        self.wrong = self.zone("wrong", f"3 1 1 {key_digest(lab.other_ca)}", f"3 1 1 {key_digest(lab.ca)}")
        self.bare = self.zone("bare")
        self.expired = self.zone("expired", f"3 1 1 {key_digest(lab.certificate)}", expired=True)

    def zone(self, name, *records, expired=False):
        lines = ["mail A 127.0.0.1"] + [f"{owner} TLSA {record}" for owner, record in zip(self.owners, records)]
        return nsd.Nsd(self.lab, name, ZONE, lines, expired)

    def url(self, mode, user=None):
        port = self.server.implicit_port if mode == "smtps" else self.server.starttls_port
        return f"{mode}://{user + '@' if user else ''}{HOST}:{port}"

    def run(self, *arguments, code):
        home = self.lab.make_folder("home")
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("WAXSEAL_PROFILE", "DBUS_SESSION_BUS_ADDRESS")}
        environment |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home}
        done = subprocess.run([self.waxseal, *arguments, "--ca", self.lab.ca, "--json"], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, check=False, env=environment)
        assert done.returncode == code, f"exit code {done.returncode} in place of {code}\n{done.stdout}{done.stderr}"
        return json.loads(done.stdout) if done.stdout else done.stderr

    def probe(self, dns, demand, result, words, mode="smtps", code=0):
        """Probes, and looks at the check."""
        report = self.run("probe", self.url(mode), "--dane", demand, "--dns", dns.server,
                          "--trust-anchor", dns.anchor, code=code)
        check = next(check for check in report["connection"]["tls"]["checks"] if check["name"] == "dane")
        assert check["result"] == result, check
        assert words in check["detail"], check
        if code != 0:
            assert report["error"]["step"] == "tls", report["error"]
        return report

    def good_records(self):
        """What DNSSEC proves fits: the key, over implicit TLS, and the CA, over STARTTLS"""
        self.probe(self.good, "hard", "pass", f"3 1 1 at {self.owners[0]}.test.localhost")
        self.probe(self.good, "soft", "pass", "proved by DNSSEC")
        self.probe(self.good, "hard", "pass", "2 0 0 at", mode="smtp")

    def wrong_records(self):
        """A certificate that is trusted and not the one that is proved is refused"""
        for mode in ("smtps", "smtp"):
            self.probe(self.wrong, "soft", "fail", "none of them is for the certificate", mode=mode, code=77)
            self.probe(self.wrong, "hard", "fail", "none of them is for the certificate", mode=mode, code=77)
        report = self.probe(self.wrong, "off", "skipped", "")
        assert report["connection"]["tls"]["verified"], report

    def wrong_records_stop_a_send(self):
        """Nobody signs in, and nothing is sent, where records do not fit"""
        mark = self.server.mark()
        report = self.run("send", "--server", self.url("smtps", USER), "--password-file", self.password_file,
                          "--from", "alice@example.org", "--to", "bob@example.com", "--dns", self.wrong.server,
                          "--trust-anchor", self.wrong.anchor, code=77)
        assert report["state"] == "blocked", report
        assert self.server.refused_without_sign_in(mark)

    def no_records(self):
        """Where there are none, only the hard demand refuses"""
        self.probe(self.bare, "soft", "skipped", "no TLSA records")
        self.probe(self.bare, "hard", "fail", "no TLSA records", code=77)

    def bogus(self):
        """Signatures that have ended: with its own key unproved the zone says nothing"""
        self.probe(self.expired, "soft", "skipped", "DNSSEC")
        self.probe(self.expired, "hard", "fail", "DNSSEC", code=77)

    def nobody_answers(self):
        """No DNS server there: only the hard demand refuses"""
        class Nobody:
            server, anchor = f"127.0.0.1@{hostlab.free_port()}", self.good.anchor

        self.probe(Nobody, "soft", "skipped", "could not be looked up")
        self.probe(Nobody, "hard", "fail", "could not be looked up", code=77)

    def bad_options(self):
        """A DNS server or a trust anchor that is none is said to be none"""
        empty = self.lab.write("empty.ds", "")
        for options in (["--dns", "nonsense"], ["--dns", "127.0.0.1@0"], ["--trust-anchor", empty]):
            self.run("probe", self.url("smtps"), *options, code=78)
        self.run("probe", self.url("smtps"), "--dane", "sometimes", code=64)


def main():
    reason = hostlab.missing() or nsd.missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    with hostlab.Lab() as lab:
        dane = Dane(lab, os.path.abspath(sys.argv[1]))
        cases = [dane.good_records, dane.wrong_records, dane.wrong_records_stop_a_send, dane.no_records, dane.bogus,
                 dane.nobody_answers, dane.bad_options]
        return hostlab.run_tests([(case.__doc__, functools.partial(case)) for case in cases], lab)


if __name__ == "__main__":
    sys.exit(main())
