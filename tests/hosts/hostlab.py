# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests against real servers share: a temporary folder that takes
everything with it, certificates by openssl, processes that are started and
stopped by their id, waiting for conditions, and TAP."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

WAIT_SECONDS = 60
PR_SET_CHILD_SUBREAPER = 36


class Lab:
    """A temporary folder with a CA, and the processes that live in it."""

    def __init__(self):
        # What a server leaves behind comes to us, and is seen to end.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.folder = tempfile.mkdtemp(prefix="waxseal-hosts-")
        os.chmod(self.folder, 0o755)  # the servers drop their rights
        self.token = os.path.basename(self.folder).replace("_", "x").lower()
        self.processes = []
        self.log_names = []
        self.ca, self.ca_key = self.make_ca("ca")
        self.other_ca, _ = self.make_ca("other-ca")
        self.certificate, self.key = self.make_certificate("localhost", self.ca, self.ca_key)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for process in reversed(self.processes):
            stop(process)
        wait_for(no_child_is_left, "the servers' own processes to end")
        if value is not None:
            self.show_logs()
        if os.environ.get("WAXSEAL_HOSTS_KEEP"):
            print(f"# kept: {self.folder}", flush=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make_folder(self, *names, owner=None, mode=0o755):
        path = self.path(*names)
        os.makedirs(path, exist_ok=True)
        os.chmod(path, mode)
        if owner:
            shutil.chown(path, owner)
        return path

    def write(self, name, text, mode=0o644):
        path = self.path(name)
        with open(path, "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def make_ca(self, name):
        certificate, key = self.path(name + ".pem"), self.path(name + ".key")
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-days", "2", "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
            "-keyout", key, "-out", certificate)
        return certificate, key

    def make_certificate(self, name, ca, ca_key, usage="serverAuth"):
        certificate, key = self.path(name + ".pem"), self.path(name + ".key")
        run("openssl", "req", "-x509", "-CA", ca, "-CAkey", ca_key, "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
            "-addext", f"subjectAltName=DNS:{name}", "-addext", "basicConstraints=critical,CA:FALSE",
            "-addext", "keyUsage=critical,digitalSignature", "-addext", f"extendedKeyUsage={usage}",
            "-keyout", key, "-out", certificate)
        return certificate, key

    def start(self, *command):
        log = self.path(os.path.basename(command[0]) + f"-{len(self.processes)}.out")
        self.log_names.append(log)
        with open(log, "wb") as output:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                       start_new_session=True)
        self.processes.append(process)
        return process

    def show_logs(self):
        for name in self.log_names:
            for line in read_text(name).splitlines()[-40:]:
                print(f"# {os.path.basename(name)}: {line}")


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def stop(process):
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def no_child_is_left():
    try:
        while os.waitpid(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:
        return True
    return False


def read_text(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def wait_for(condition, what, seconds=WAIT_SECONDS):
    """Polls: the result of `condition` once it is true."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def says(port, token):
    """Whether what listens on `port` greets with `token`: another run's server,
    that was quicker to take a free port, does not."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            greeting = connection.recv(512)
            connection.sendall(b"QUIT\r\n")
            return token.encode() in greeting
    except OSError:
        return False


def start_on_free_ports(start, attempts=5):
    """`start ()` chooses ports and starts a server; True once that listens on
    them. A port can be lost between choosing and listening, hence the attempts."""
    for _ in range(attempts):
        if start():
            return
    raise RuntimeError("the server did not start on any free ports")


def missing():
    """Why the servers cannot run here, or nothing."""
    if os.geteuid() != 0:
        return "Dovecot and Postfix start only as root"
    for name in ("dovecot", "postfix", "openssl"):
        if shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") is None:
            return f"{name} is not installed"
    return None


def run_tests(cases, lab):
    """Runs functions that assert, in TAP; their docstrings are the names."""
    print(f"1..{len(cases)}", flush=True)
    failed = 0
    for number, (name, case) in enumerate(cases, 1):
        try:
            case()
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {name}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            sys.stdout.flush()
        else:
            print(f"ok {number} - {name}", flush=True)
    if failed:
        lab.show_logs()
    return 1 if failed else 0
