# SPDX-License-Identifier: GPL-3.0-or-later
"""A realm of the test's own: a key distribution center on a free port, a keytab for
the server, and a ticket cache for the user."""

import os
import shutil
import socket
import subprocess

import hostlab

REALM = "WAXSEAL.TEST"

CONFIGURATION = """
[libdefaults]
  default_realm = {realm}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[dbmodules]
  {realm} = {{
    db_library = db2
    database_name = {folder}/principal
  }}
[logging]
  kdc = FILE:{folder}/kdc.log
"""

PROFILE = """
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
  }}
"""


def missing():
    """Why there can be no realm here, or nothing."""
    for name in ("krb5kdc", "kadmin.local", "kinit"):
        if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
            return f"{name} is not installed"
    return None


class Kerberos:
    def __init__(self, lab, user):
        self.lab, self.folder = lab, lab.make_folder("kerberos")
        self.configuration = os.path.join(self.folder, "krb5.conf")
        self.log = os.path.join(self.folder, "kdc.log")
        lab.log_names.append(self.log)
        self.keytab = os.path.join(self.folder, "server.keytab")
        self.cache = "FILE:" + os.path.join(self.folder, "cache")
        lab.write("kerberos/kdc.conf", PROFILE.format(realm=REALM, folder=self.folder))
        self.environment = {"KRB5_CONFIG": self.configuration,
                            "KRB5_KDC_PROFILE": os.path.join(self.folder, "kdc.conf")}
        self.write_configuration()
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master of the test")
        for principal, keytab in ((f"smtp/localhost@{REALM}", self.keytab), (f"{user}@{REALM}", "user.keytab")):
            self.run("kadmin.local", "-r", REALM, "addprinc", "-randkey", principal)
            self.run("kadmin.local", "-r", REALM, "ktadd", "-k", os.path.join(self.folder, keytab), principal)
        os.chmod(self.keytab, 0o644)
        hostlab.start_on_free_ports(self.start)
        self.run("kinit", "-k", "-t", os.path.join(self.folder, "user.keytab"), "-c", self.cache, f"{user}@{REALM}")

    def write_configuration(self):
        self.port = hostlab.free_port()
        self.lab.write("kerberos/krb5.conf", CONFIGURATION.format(realm=REALM, folder=self.folder, port=self.port))

    def run(self, program, *arguments):
        path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
        done = subprocess.run([program, *arguments], env={**os.environ, "PATH": path, **self.environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def start(self):
        self.write_configuration()
        process = self.lab.start("/usr/bin/env", *[f"{name}={value}" for name, value in self.environment.items()],
                                 "/usr/sbin/krb5kdc", "-n", "-r", REALM)
        hostlab.wait_for(lambda: process.poll() is not None or self.listens(), "the key distribution center")
        return process.poll() is None
