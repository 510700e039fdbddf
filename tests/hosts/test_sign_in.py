#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_sign_in.py WAXSEAL TICKET-TAKEN-AWAY: every way to sign in that Dovecot has, against Dovecot: by
password, by a token that it asks an introspection endpoint about, and by a Kerberos
ticket of a realm of the test's own. The server's log is the witness."""

import base64
import json
import os
import re
import subprocess
import sys

import hostlab
import kerberos
from dovecot import Dovecot
from introspection import Introspection
from sink import Sink

USER, PASSWORD = "alice", "correct horse"
GOOD, BAD = "ya29.Good-t0ken_of~the.test", "ya29.Bad-t0ken_of~the.test"
BY_PASSWORD = ("SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "DIGEST-MD5",
               "PLAIN", "LOGIN")

MORE = """
auth_mechanisms = {mechanisms}
ssl_server_ca_file = {ca}
ssl_server_request_client_cert = yes
ssl_server_require_crl = no
auth_ssl_username_from_cert = yes
passdb static {{
  mechanisms_filter = external
  fields {{
    nopassword = yes
  }}
}}
auth_krb5_keytab = {keytab}
# Whatever the keytab has: Dovecot asks for submission/localhost, but the service of
# RFC 4954 is smtp.
auth_gssapi_hostname = $ALL
import_environment {{
  KRB5_CONFIG = {configuration}
}}
oauth2 {{
  introspection_mode = post
  introspection_url = http://dovecot:s3cret@127.0.0.1:{introspection}/introspect
  client_id = dovecot
  client_secret = s3cret
  username_attribute = username
  active_attribute = active
  active_value = true
}}
"""


class SignInDovecot(Dovecot):
    def __init__(self, lab, relay_port, more):
        self.more = more
        super().__init__(lab, USER, PASSWORD, relay_port, 1024 * 1024)


class SignIn:
    def __init__(self, lab, waxseal, ticket_taken_away):
        self.lab, self.waxseal, self.ticket_taken_away = lab, waxseal, ticket_taken_away
        self.introspection = Introspection({GOOD: USER})
        self.kerberos = kerberos.Kerberos(lab, USER)
        self.server = SignInDovecot(lab, Sink("nobody@example.com").port, MORE.format(
            mechanisms=" ".join(each.lower() for each in (*BY_PASSWORD, "OAUTHBEARER", "XOAUTH2", "GSSAPI", "EXTERNAL")),
            ca=lab.ca, keytab=self.kerberos.keytab, configuration=self.kerberos.configuration,
            introspection=self.introspection.port))
        self.password = lab.write("password", PASSWORD + "\n", 0o600)
        self.good, self.bad = (lab.write(name, token + "\n", 0o600) for name, token in (("good", GOOD), ("bad", BAD)))

    def shows(self, name):
        certificate, key = self.lab.make_certificate(name, self.lab.ca, self.lab.ca_key, "clientAuth")
        return "--client-cert", certificate, "--client-key", key

    def probe(self, *arguments, user=USER, ticket=False, scheme="smtps"):
        """Runs `waxseal probe`: its exit code, what it printed, and all that it printed as text."""
        port = self.server.implicit_port if scheme == "smtps" else self.server.starttls_port
        home = self.lab.make_folder("home")
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("WAXSEAL_PROFILE", "DBUS_SESSION_BUS_ADDRESS")}
        environment |= {"HOME": home, "KRB5_CONFIG": self.kerberos.configuration,
                        "KRB5CCNAME": self.kerberos.cache if ticket else "FILE:" + self.lab.path("no-cache")}
        url = f"{scheme}://{user + '@' if user else ''}localhost:{port}"
        done = subprocess.run([self.waxseal, "probe", url, "--ca", self.lab.ca, "--json", *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False,
                              env=environment)
        text = done.stdout + done.stderr
        for secret in (PASSWORD, GOOD, BAD):
            assert secret not in text and base64.b64encode(secret.encode()).decode() not in text, secret
        try:
            return done.returncode, json.loads(done.stdout), text
        except json.JSONDecodeError:
            raise AssertionError(f"exit code {done.returncode}, and no JSON: {text!r}") from None

    def signs_in(self, mechanism, *arguments, binding=None, **keywords):
        mark = self.server.mark()
        code, result, text = self.probe(*arguments, **keywords)
        assert code == 0, f"exit code {code}: {text}"
        auth = result["connection"]["auth"]
        assert (auth["mechanism"], auth["channel_binding"]) == (mechanism, binding), auth
        assert mechanism in auth["reason"], auth
        hostlab.wait_for(lambda: re.search(rf"Logged in: user=<{USER}[@>].*method={mechanism},",
                                           hostlab.read_text(self.server.log)[mark:]),
                         f"the log to tell of {mechanism}")
        return auth

    def refused(self, *arguments, **keywords):
        mark = self.server.mark()
        code, result, text = self.probe(*arguments, **keywords)
        assert code == 77, f"exit code {code}: {text}"
        assert result["error"]["step"] == "auth", result["error"]
        assert "Logged in" not in hostlab.read_text(self.server.log)[mark:]
        return result["error"], [line for line in result["connection"]["transcript"] if line.startswith("C: AUTH")]

    # The cases.

    def by_password(self):
        for scheme in ("smtps", "smtp"):
            for mechanism in BY_PASSWORD:
                binding = "tls-exporter" if mechanism.endswith("-PLUS") else None
                self.signs_in(mechanism, "--password-file", self.password, "--auth", mechanism, binding=binding,
                              scheme=scheme)

    def strongest(self):
        self.signs_in("SCRAM-SHA-256-PLUS", "--password-file", self.password, binding="tls-exporter")
        auth = self.signs_in("OAUTHBEARER", "--token-file", self.good)
        assert "SCRAM-SHA-256-PLUS was passed over, since there is no password" in auth["reason"], auth

    def token(self):
        for mechanism in ("OAUTHBEARER", "XOAUTH2"):
            self.signs_in(mechanism, "--token-file", self.good, "--auth", mechanism)
        assert GOOD in self.introspection.asked

    def bad_token(self):
        for mechanism in ("OAUTHBEARER", "XOAUTH2"):
            error, tries = self.refused("--token-file", self.bad, "--auth", mechanism)
            assert error["code"] == "auth-refused" and "The server refused the token: " in error["message"], error
            assert tries == [f"C: AUTH {mechanism} …"], tries
        assert BAD in self.introspection.asked

    def token_of_another(self):
        self.introspection.users[BAD] = "mallory"
        try:
            for mechanism in ("OAUTHBEARER", "XOAUTH2"):
                self.refused("--token-file", self.bad, "--auth", mechanism)
        finally:
            del self.introspection.users[BAD]

    def wrong_password(self):
        wrong = self.lab.write("wrong", "incorrect\n", 0o600)
        for mechanism in BY_PASSWORD:
            error, tries = self.refused("--password-file", wrong, "--auth", mechanism)
            assert error["code"] in ("auth-refused", "challenge") and len(tries) == 1, (error, tries)

    def ticket(self):
        for user in (None, USER):
            self.signs_in("GSSAPI", "--auth", "GSSAPI", user=user, ticket=True)

    def certificate(self):
        self.signs_in("EXTERNAL", *self.shows(USER), user=None)
        self.signs_in("EXTERNAL", *self.shows(USER), "--auth", "EXTERNAL")

    def certificate_of_another(self):
        self.refused("--auth", "EXTERNAL", *self.shows("mallory"))

    def no_certificate(self):
        mark = self.server.mark()
        error, tries = self.refused("--auth", "EXTERNAL", user=None)
        assert "there is no client certificate" in error["message"] and tries == [], (error, tries)
        assert self.server.refused_without_sign_in(mark), "the server's log tells of a sign-in"

    def no_ticket(self):
        mark = self.server.mark()
        error, tries = self.refused("--auth", "GSSAPI", user=None)
        assert "there is no Kerberos ticket" in error["message"] and tries == [], (error, tries)
        assert self.server.refused_without_sign_in(mark), "the server's log tells of a sign-in"

    def ticket_of_another(self):
        self.refused("--auth", "GSSAPI", user="mallory", ticket=True)

    def no_ticket_wanted_any_more(self):
        """What has gone by the ticket gets no password, as long as there is a ticket."""
        for cache, said in ((self.kerberos.cache, "The account has signed in by GSSAPI before"),
                            ("FILE:" + self.lab.path("no-cache"), "PLAIN")):
            environment = {**os.environ, "KRB5_CONFIG": self.kerberos.configuration, "KRB5CCNAME": cache}
            done = subprocess.run([self.ticket_taken_away], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=120, check=True, env=environment)
            assert done.stdout.startswith(said), done.stdout + done.stderr

    def cases_with_certificates(self):
        """Only where the command line can show one."""
        help_text = subprocess.run([self.waxseal, "probe", "--help"], capture_output=True, text=True, check=True).stdout
        if "--client-cert" not in help_text:
            return []
        return [("a client certificate", self.certificate),
                ("somebody else's client certificate", self.certificate_of_another)]

    def cases(self):
        return [(f"Dovecot: {name}", case) for name, case in (
            ("each mechanism with a password", self.by_password),
            ("the strongest by itself", self.strongest),
            ("a token", self.token),
            ("a token that is refused", self.bad_token),
            ("somebody else's token", self.token_of_another),
            ("a wrong password", self.wrong_password),
            ("a Kerberos ticket", self.ticket),
            *self.cases_with_certificates(),
            ("no client certificate", self.no_certificate),
            ("no Kerberos ticket", self.no_ticket),
            ("a ticket for somebody else", self.ticket_of_another),
            ("a ticket that is wanted no more", self.no_ticket_wanted_any_more),
        )]


def main():
    reason = hostlab.missing() or kerberos.missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    with hostlab.Lab() as lab:
        return hostlab.run_tests(SignIn(lab, *sys.argv[1:3]).cases(), lab)


if __name__ == "__main__":
    sys.exit(main())
