# SPDX-License-Identifier: GPL-3.0-or-later
"""A private Postfix: a submission and a submissions port, sign-in by Dovecot's
SASL, and everything relayed to a sink. The submission port has no CHUNKING, so
that DATA is tried as well as BDAT."""

import os
import re
import shutil

import hostlab
from dovecot import DovecotAuth

MAIN = """
compatibility_level = 3.10
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = {token}.localhost
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_address_preference = ipv4
relayhost = [127.0.0.1]:{relay}
smtp_tls_security_level = none
maillog_file = {folder}/data/maillog
maillog_file_prefixes = {folder}
message_size_limit = {size_limit}
smtpd_banner = {token} ESMTP
smtpd_tls_security_level = encrypt
smtpd_tls_auth_only = yes
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_loglevel = 1
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {sasl}
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{ {refused} = 550 5.1.1 No such user here }} }}, permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_client_connection_rate_limit = 0
smtpd_soft_error_limit = 100
smtpd_hard_error_limit = 100
"""

MASTER = """
127.0.0.1:{starttls_port} inet n - n - - smtpd -o smtpd_discard_ehlo_keywords=chunking,silent-discard
127.0.0.1:{implicit_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
{more}pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
scache unix - - n - 1 scache
"""

WITHOUT = """\
127.0.0.1:{port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_discard_ehlo_keywords={keywords},silent-discard
"""


class Postfix:
    name = "Postfix"
    mechanism = "SCRAM-SHA-256"
    binding = None
    chunking = {"implicit": True, "starttls": False}

    def __init__(self, lab, user, password, relay_port, size_limit, refused, without=()):
        """`without`: for each, keywords with commas, a port more with implicit TLS that
        does not offer them; `ports` has it."""
        self.without, self.ports = without, {}
        self.lab, self.relay_port, self.size_limit, self.refused = lab, relay_port, size_limit, refused
        self.sasl = DovecotAuth(lab, user, password)
        self.folder = lab.make_folder("postfix")
        self.configuration = os.path.join(self.folder, "conf")
        shutil.copytree("/etc/postfix", self.configuration, symlinks=False, ignore=shutil.ignore_patterns("sasl"))
        lab.make_folder("postfix", "queue")
        lab.make_folder("postfix", "data", owner="postfix")
        self.log = os.path.join(self.folder, "data", "maillog")
        lab.log_names.append(self.log)
        hostlab.start_on_free_ports(self.start)

    def start(self):
        self.implicit_port, self.starttls_port = hostlab.free_port(), hostlab.free_port()
        self.lab.write(os.path.join(self.configuration, "main.cf"), MAIN.format(
            folder=self.folder, token=self.lab.token, relay=self.relay_port, size_limit=self.size_limit,
            key=self.lab.key, certificate=self.lab.certificate, sasl=self.sasl.socket, refused=self.refused))
        self.ports = {keywords: hostlab.free_port() for keywords in self.without}
        self.lab.write(os.path.join(self.configuration, "master.cf"), MASTER.format(
            more="".join(WITHOUT.format(port=port, keywords=keywords) for keywords, port in self.ports.items()),
            starttls_port=self.starttls_port, implicit_port=self.implicit_port))
        # `check` makes the queue's folders; master itself is started, and not
        # `postfix start-fg`, so that it is our child and can be stopped by its id.
        hostlab.run("/usr/sbin/postfix", "-c", self.configuration, "check")
        process = self.lab.start("/usr/lib/postfix/sbin/master", "-c", self.configuration, "-s")
        hostlab.wait_for(
            lambda: process.poll() is not None or hostlab.says(self.starttls_port, self.lab.token),
            "Postfix's greeting")
        return process.poll() is None and hostlab.wait_for(lambda: self.ends(0), "Postfix's log")

    def mark(self):
        return len(hostlab.read_text(self.log))

    def ends(self, mark):
        """What smtpd counted in the sessions that ended since."""
        return re.findall(r"disconnect from localhost\S* (.*)", hostlab.read_text(self.log)[mark:])

    def signed_in(self, mark):
        return hostlab.wait_for(lambda: self.ends(mark), "Postfix's log") and any(
            re.search(r"\bauth=1\b", end) for end in self.ends(mark))

    def refused_without_sign_in(self, mark):
        ends = hostlab.wait_for(lambda: self.ends(mark), "Postfix's log to tell of the end of the connection")
        return all("auth=" not in end and "mail=" not in end for end in ends)
