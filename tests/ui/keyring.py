# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyring of the tests' session (tests/testing/with-keyring), and buses
without one."""

import contextlib
import functools
import os
import signal
import subprocess

import gi

import driver

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402  pylint: disable=wrong-import-position

SECRETS = "org.freedesktop.secrets"
SERVICE_PATH = "/org/freedesktop/secrets"
SERVICE = "org.freedesktop.Secret.Service"
PASSWORD = b"waxseal"

BUS_WITHOUT_SERVICES = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=%s</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@functools.cache
def connection():
    """One for all calls: a session of the keyring's ends with its connection."""
    return Gio.bus_get_sync(Gio.BusType.SESSION, None)


def call(path, interface, method, arguments):
    return connection().call_sync(SECRETS, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE,
                                  driver.CALL_MS, None).unpack()


def default_collection():
    return call(SERVICE_PATH, SERVICE, "ReadAlias", GLib.Variant("(s)", ("default",)))[0]


def is_locked():
    return call(default_collection(), driver.PROPERTIES, "Get",
                GLib.Variant("(ss)", ("org.freedesktop.Secret.Collection", "Locked")))[0]


def lock():
    call(SERVICE_PATH, SERVICE, "Lock", GLib.Variant("(ao)", ([default_collection()],)))
    driver.wait_for(is_locked, "the keyring to be locked")


def unlock():
    """Without a prompt, by GNOME Keyring's own interface for that."""
    collection = default_collection()
    session = call(SERVICE_PATH, SERVICE, "OpenSession", GLib.Variant("(sv)", ("plain", GLib.Variant("s", ""))))[1]
    call(SERVICE_PATH, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface", "UnlockWithMasterPassword",
         GLib.Variant("(o(oayays))", (collection, (session, b"", PASSWORD, "text/plain"))))
    driver.wait_for(lambda: not is_locked(), "the keyring to be unlocked")


@contextlib.contextmanager
def stopped():
    """Meanwhile the keyring answers nothing, as a busy one does."""
    pid = connection().call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                 "GetConnectionUnixProcessID", GLib.Variant("(s)", (SECRETS,)), None,
                                 Gio.DBusCallFlags.NONE, driver.CALL_MS, None).unpack()[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def search(**attributes):
    """What secret-tool finds under these attributes: its output, secrets included."""
    words = [word for pair in attributes.items() for word in pair]
    done = subprocess.run(["secret-tool", "search", "--all", "--unlock", *words], capture_output=True, text=True,
                          check=False, timeout=60)
    return done.stdout + done.stderr


class BareBus:
    """A session bus on which nothing is, and nothing can be started."""

    def __init__(self, session):
        folder = os.path.join(session.folder, "bare-bus")
        os.makedirs(folder)
        config = os.path.join(folder, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS_WITHOUT_SERVICES % folder)
        self.process = subprocess.Popen(["dbus-daemon", "--nofork", "--print-address", "--config-file", config],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise driver.DriverError("dbus-daemon did not start")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        self.process.wait(30)
        self.process.stdout.close()
