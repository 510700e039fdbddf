# SPDX-License-Identifier: GPL-3.0-or-later
"""Exim, unpacked beside Postfix: a submission and a submissions port with
PIPELINING, CHUNKING, DSN, SMTPUTF8 and LIMITS, relaying to a sink."""

import os
import re
import shutil

import hostlab

CONFIGURATION = """
primary_hostname = {token}.localhost
exim_path = {program}
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%slog
pid_file_path = {folder}/spool/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = {starttls_port} : {implicit_port}
tls_on_connect_ports = {implicit_port}
tls_advertise_hosts = *
tls_certificate = {certificate}
tls_privatekey = {key}
auth_advertise_hosts = ${{if def:tls_in_cipher {{*}}}}
chunking_advertise_hosts = *
dsn_advertise_hosts = *
limits_advertise_hosts = {limits}
recipients_max = {recipients_max}
smtputf8_advertise_hosts = *
pipelining_connect_advertise_hosts =
smtp_accept_max_per_connection = {mail_max}
smtp_banner = {token} ESMTP
message_size_limit = {size_limit}
host_lookup =
rfc1413_hosts =
keep_environment =
log_selector = +smtp_connection +smtp_no_mail +tls_cipher +received_recipients +8bitmime
acl_smtp_rcpt = check
acl_smtp_data = accept

begin acl
check:
  deny recipients = {refused}
       message = 5.1.1 No such user here
  accept authenticated = *
  deny message = relay not permitted

begin routers
relay:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = sink

begin transports
sink:
  driver = smtp
  port = {relay}
  allow_localhost
  hosts_avoid_tls = *

begin retry
* * F,1h,1m

begin authenticators
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{if eq{{$auth1}}{{{user}}}{{{password}}}fail}}
  server_set_id = $auth1
plain:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if and{{{{eq{{$auth2}}{{{user}}}}}{{eq{{$auth3}}{{{password}}}}}}}}}
  server_set_id = $auth2
"""


class Exim:
    name = "Exim"
    mechanism = "CRAM-MD5"
    binding = None
    chunking = {"implicit": True, "starttls": True}
    mail_max = 3

    def __init__(self, lab, user, password, relay_port, size_limit, refused, **more):
        """`more`: mail_max, recipients_max, and whether these `limits` are told."""
        self.lab = lab
        self.settings = {"user": user, "password": password, "relay": relay_port, "size_limit": size_limit,
                         "refused": refused, "mail_max": more.get("mail_max", self.mail_max),
                         "recipients_max": more.get("recipients_max", 1000),
                         "limits": "*" if more.get("limits", True) else ""}
        self.folder = lab.make_folder(f"exim-{len(lab.processes)}")
        spool = lab.make_folder(self.folder, "spool", owner="Debian-exim")
        shutil.chown(spool, group="Debian-exim")
        self.key = lab.write(os.path.join(self.folder, "key.pem"), hostlab.read_text(lab.key), 0o640)
        shutil.chown(self.key, group="Debian-exim")
        self.log = os.path.join(spool, "mainlog")
        lab.log_names.append(self.log)
        hostlab.start_on_free_ports(self.start)

    def start(self):
        self.implicit_port, self.starttls_port = hostlab.free_port(), hostlab.free_port()
        configuration = self.lab.write(os.path.join(self.folder, "conf"), CONFIGURATION.format(
            folder=self.folder, program=program(), token=self.lab.token, certificate=self.lab.certificate, key=self.key,
            implicit_port=self.implicit_port, starttls_port=self.starttls_port, **self.settings))
        process = self.lab.start(program(), "-bdf", "-q1m", "-C", configuration)
        hostlab.wait_for(
            lambda: process.poll() is not None or hostlab.says(self.starttls_port, self.lab.token),
            "Exim's greeting")
        return process.poll() is None and hostlab.wait_for(lambda: self.ends(0), "Exim's log")

    def mark(self):
        return len(hostlab.read_text(self.log))

    def ends(self, mark):
        """The lines that tell of the end of a session, since `mark`."""
        return re.findall(r"SMTP connection from .*(?:closed|lost|D=).*|TLS error on connection .*",
                          hostlab.read_text(self.log)[mark:])

    def signed_in(self, mark):
        return hostlab.wait_for(lambda: self.ends(mark), "Exim's log") and (
            re.search(r"<= .* A=(?:cram|plain):", hostlab.read_text(self.log)[mark:]) is not None)

    def refused_without_sign_in(self, mark):
        hostlab.wait_for(lambda: self.ends(mark), "Exim's log to tell of the end of the connection")
        text = hostlab.read_text(self.log)[mark:]
        return "AUTH" not in text and " A=" not in text


def program():
    return os.path.join(os.environ.get("WAXSEAL_PEERS", ""), "usr/sbin/exim4")
