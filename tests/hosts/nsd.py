# SPDX-License-Identifier: GPL-3.0-or-later
"""NSD with one signed zone, an island of trust with a trust anchor of its own."""

import datetime
import shutil
import socket
import subprocess

import hostlab

PROGRAMS = ("nsd", "ldns-keygen", "ldns-signzone")


def missing():
    """Why it cannot run here, or nothing."""
    for name in PROGRAMS:
        if find(name) is None:
            return f"{name} is not installed"
    return None


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def days_from_now(days):
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return then.strftime("%Y%m%d%H%M%S")


class Nsd:
    """`server` and `anchor` are what --dns and --trust-anchor take. Records are lines
    of a zone file; with `expired`, the signatures ended a month ago."""

    def __init__(self, lab, name, zone, records, expired=False):
        self.lab, self.zone = lab, zone
        self.folder = lab.make_folder(name)
        self.name = name
        key = self.run("ldns-keygen", "-k", "-a", "ECDSAP256SHA256", zone).strip()
        lab.write(f"{name}/zone", f"$ORIGIN {zone}\n$TTL 300\n@ SOA ns.nowhere. hostmaster.nowhere. 1 60 60 60 60\n"
                                  "@ NS ns.nowhere.\n" + "".join(line + "\n" for line in records))
        self.run("ldns-signzone", "-i", days_from_now(-60 if expired else -1),
                 "-e", days_from_now(-30 if expired else 7), "-f", "zone.signed", "zone", key)
        self.anchor = lab.path(name, key + ".ds")
        hostlab.start_on_free_ports(self.start)

    def run(self, *command):
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def start(self):
        port = hostlab.free_port()
        self.server = f"127.0.0.1@{port}"
        config = self.lab.write(f"{self.name}/nsd.conf", f"""server:
  ip-address: {self.server}
  username: ""
  zonesdir: "{self.folder}"
  pidfile: "{self.folder}/nsd.pid"
  zonelistfile: "{self.folder}/zone.list"
  xfrdfile: ""
  xfrdir: "{self.folder}"
  rrl-ratelimit: 0
remote-control:
  control-enable: no
zone:
  name: "{self.zone}"
  zonefile: "zone.signed"
""")
        process = self.lab.start(find("nsd"), "-d", "-c", config)
        hostlab.wait_for(lambda: process.poll() is not None or listens(port), "NSD")
        return process.poll() is None


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True
    except OSError:
        return False
