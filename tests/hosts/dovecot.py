# SPDX-License-Identifier: GPL-3.0-or-later
"""Dovecot: as a submission server of its own, and as the SASL that Postfix asks."""

import grp
import os
import re

import hostlab

COMMON = """
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
protocols = {protocols}
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
auth_verbose = yes
log_debug = category=auth
hostname = localhost
ssl = required
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
auth_mechanisms = {mechanisms}
auth_allow_cleartext = no
# A refused sign-in is a test here, and two of them are no attack.
auth_failure_delay = 0
passdb passwd-file {{
  passwd_file_path = {folder}/users
  default_password_scheme = plain
}}
userdb static {{
  fields {{
    uid = nobody
    gid = nogroup
    home = {folder}/mail
  }}
}}
mail_driver = maildir
mail_path = {folder}/mail
"""

SUBMISSION = """
login_greeting = {token}
submission_relay_host = 127.0.0.1
submission_relay_port = {relay}
submission_max_mail_size = {size_limit}
service submission-login {{
  inet_listener submission {{
    listen = 127.0.0.1
    port = {starttls_port}
  }}
  inet_listener submissions {{
    listen = 127.0.0.1
    port = {implicit_port}
    ssl = yes
  }}
}}
"""

AUTH_ONLY = """
service auth {{
  unix_listener {socket} {{
    mode = 0660
    user = postfix
    group = postfix
  }}
}}
"""


class Dovecot:
    """A submission server with SCRAM-SHA-256-PLUS, relaying to a sink."""

    name = "Dovecot"
    mechanism = "SCRAM-SHA-256-PLUS"
    binding = "tls-exporter"
    chunking = {"implicit": True, "starttls": True}
    mechanisms = "plain login scram-sha-1 scram-sha-256 scram-sha-1-plus scram-sha-256-plus"
    more = ""  # settings

    def __init__(self, lab, user, password, relay_port, size_limit, more=""):
        self.lab, self.relay_port, self.size_limit = lab, relay_port, size_limit
        self.more += more
        self.folder = prepare(lab, f"dovecot-{len(lab.processes)}", user, password)
        self.log = os.path.join(self.folder, "log")
        hostlab.start_on_free_ports(self.start)

    def start(self):
        self.implicit_port, self.starttls_port = hostlab.free_port(), hostlab.free_port()
        text = (COMMON + SUBMISSION).format(
            protocols="submission", folder=self.folder, certificate=self.lab.certificate, key=self.lab.key,
            mechanisms=self.mechanisms,
            token=self.lab.token, relay=self.relay_port, size_limit=self.size_limit,
            starttls_port=self.starttls_port, implicit_port=self.implicit_port)
        process = launch(self.lab, self.folder, text + self.more)
        hostlab.wait_for(
            lambda: process.poll() is not None or hostlab.says(self.starttls_port, self.lab.token),
            "Dovecot's greeting")
        return process.poll() is None and hostlab.wait_for(
            lambda: "Disconnected" in hostlab.read_text(self.log), "Dovecot's log")

    def mark(self):
        """A place in the log, for refused_without_sign_in ()."""
        return len(hostlab.read_text(self.log))

    def signed_in(self, mark):
        text = hostlab.read_text(self.log)[mark:]
        return "client in: AUTH" in text and "Logged in: user=<" in text

    def refused_without_sign_in(self, mark):
        """Waits until the log tells of the end of a client that did not sign in;
        whether it did not even try."""
        hostlab.wait_for(
            lambda: re.search(r"submission-login: Info: .*user=<", hostlab.read_text(self.log)[mark:]),
            "Dovecot's log to tell of the end of the connection")
        return "client in: AUTH" not in hostlab.read_text(self.log)[mark:]


class DovecotAuth:
    """Only the auth service, for Postfix."""

    def __init__(self, lab, user, password):
        folder = prepare(lab, "sasl", user, password)
        self.log = os.path.join(folder, "log")
        self.socket = os.path.join(folder, "postfix-auth")
        text = (COMMON + AUTH_ONLY).format(
            protocols="", folder=folder, certificate=lab.certificate, key=lab.key,
            mechanisms="plain login scram-sha-256", socket=self.socket)
        process = launch(lab, folder, text)
        hostlab.wait_for(lambda: process.poll() is not None or os.path.exists(self.socket), "Dovecot's auth socket")
        if process.poll() is not None:
            raise RuntimeError("Dovecot's auth service did not start: " + hostlab.read_text(self.log))


def prepare(lab, name, user, password):
    folder = lab.make_folder(name)
    lab.make_folder(name, "state")
    lab.make_folder(name, "mail", owner="nobody")
    users = lab.write(os.path.join(name, "users"), f"{user}:{{PLAIN}}{password}\n", 0o640)
    os.chown(users, 0, grp.getgrnam("dovecot").gr_gid)
    lab.log_names.append(os.path.join(folder, "log"))
    return folder


def launch(lab, folder, text):
    configuration = lab.write(os.path.join(folder, "dovecot.conf"), text)
    return lab.start("/usr/sbin/dovecot", "-F", "-c", configuration)
