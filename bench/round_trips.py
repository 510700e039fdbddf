# SPDX-License-Identifier: GPL-3.0-or-later
"""Round trips and wall time for one message, beside msmtp, curl and swaks: the
same message, the same real server, the same delay, taken in turn. PLAIN is
measured against Postfix; SCRAM, which of the others only msmtp knows and only
with a channel binding, against Dovecot."""

import contextlib
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

TOP = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TOP / "tests/hosts"))

USER, PASSWORD = "alice", "correct horse"
SENDER, RECIPIENT = "alice@example.org", "bob@example.com"
OTHERS = ["carol@example.com", "dave@example.com"]
RTT_MS = 50
MESSAGE = (f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: One message\r\nDate: Tue, 24 Nov 2026 06:00:00 +0000\r\n"
           "Message-ID: <one@example.org>\r\n\r\n" + "A line of text that says nothing at all.\r\n" * 40)


class Delay:
    """The proxy, as a process of its own."""

    def __init__(self, port):
        self.process = subprocess.Popen(
            [sys.executable, TOP / "bench/delay_proxy.py", str(RTT_MS), str(port)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def report(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


@contextlib.contextmanager
def delayed(name):
    import hostlab
    from dovecot import Dovecot
    from postfix import Postfix
    from sink import Sink

    with hostlab.Lab() as lab:
        if name == "Postfix":
            server = Postfix(lab, USER, PASSWORD, Sink().port, 1 << 20, "nobody@example.com")
        else:
            server = Dovecot(lab, USER, PASSWORD, Sink().port, 1 << 20)
        delay = Delay(server.implicit_port)
        try:
            yield lab, delay
        finally:
            delay.stop()


def commands(waxseal, lab, port, mechanism):
    """How each program sends the message, as quickly as it can."""
    password = lab.write("password", PASSWORD + "\n", 0o600)
    message = lab.write("message.eml", MESSAGE)
    lines = lab.write("message.txt", MESSAGE.replace("\r\n", "\n"))
    url = f"smtps://localhost:{port}"
    waxseal_one = [waxseal, "send", "--server", f"smtps://{USER}@localhost:{port}", "--auth", mechanism,
                   "--password-file", password, "--ca", lab.ca, "--from", SENDER, "--to", RECIPIENT,
                   "--raw", message]
    programs = {
        "waxseal": (waxseal_one, None),
        "msmtp": (["msmtp", "--file=/dev/null", "--host=localhost", f"--port={port}", "--tls=on", "--tls-starttls=off",
                   f"--tls-trust-file={lab.ca}", f"--auth={mechanism.lower()}", f"--user={USER}",
                   f"--passwordeval=cat {password}", f"--from={SENDER}", RECIPIENT], lines),
    }
    if mechanism == "PLAIN":
        programs["curl"] = (
            ["curl", "--silent", "--show-error", "--url", url, "--cacert", lab.ca, "--user", f"{USER}:{PASSWORD}",
             "--login-options", "AUTH=PLAIN", "--sasl-ir", "--mail-from", SENDER, "--mail-rcpt", RECIPIENT,
             "--upload-file", message], None)
        programs["swaks"] = (
            ["swaks", "--silent", "2", "--server", "localhost", "--port", str(port), "--tls-on-connect", "--tls-verify",
             "--tls-ca-path", lab.ca, "--auth", "PLAIN", "--auth-user", USER, "--auth-password", PASSWORD,
             "--pipeline", "--from", SENDER, "--to", RECIPIENT, "--data", "@" + lines], None)
    if mechanism == "PLAIN":
        programs["waxseal, 3 recipients"] = (
            waxseal_one + [word for address in OTHERS for word in ("--to", address)], None)
    return programs


def timed(command, source):
    with open(source or os.devnull, "rb") as given:
        start = time.monotonic()
        done = subprocess.run(command, stdin=given, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - start
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()}{done.stdout.strip()}")
    return seconds * 1000


def measure(programs, delay, runs):
    times, trips = {name: [] for name in programs}, {}
    delay.report()
    for turn in range(runs + 1):
        for name, (command, source) in programs.items():
            took = timed(command, source)
            seen = delay.report()
            if seen["connections"] != 1:
                raise SystemExit(f"{name} made {seen['connections']} connections")
            trips[name] = seen["round_trips"][0]
            if turn > 0:  # the first warms the page cache
                times[name].append(took)
    return {name: (statistics.median(list_), trips[name]) for name, list_ in times.items()}


def show(title, figures, wanted):
    print(f"{title}:")
    others = {name: ms for name, (ms, _) in figures.items() if not name.startswith("waxseal")}
    best = min(others, key=others.get)
    for name, (ms, trips) in figures.items():
        print(f"  {name:<22} {ms:6.0f} ms   {trips:2} round trips on the wire, to the end of the session")
    ratio = others[best] / figures["waxseal"][0]
    print(f"  waxseal is {ratio:.2f} times as quick as {best}, the best of the others (wanted: {wanted})")
    return others[best]


def warm(binary, lab, delay, idle, runs):
    password, message = lab.path("password"), lab.path("message.eml")
    found = []
    for _ in range(runs):
        done = subprocess.run([binary, str(delay.port), USER, password, lab.ca, message, str(idle)], check=True,
                              capture_output=True, text=True)
        found.append(json.loads(done.stdout))
    delay.report()
    return {key: statistics.median(one[key] for one in found) for key in found[0]}


def bench(build, runs):
    waxseal = str(build / "src/cli/waxseal")
    best = {}
    for server, mechanism, wanted in (("Postfix", "PLAIN", 1.15), ("Dovecot", "SCRAM-SHA-256-PLUS", 1.2)):
        with delayed(server) as (lab, delay):
            title = (f"one message of {len(MESSAGE)} octets to {server}, {RTT_MS} ms away, {mechanism} over "
                     f"implicit TLS, medians of {runs} runs")
            best[server] = show(title, measure(commands(waxseal, lab, delay.port, mechanism), delay, runs), wanted)
            if server == "Postfix":
                bench_warm(build, lab, delay, best[server], runs)


def bench_warm(build, lab, delay, best, runs):
    for idle, words in ((0, "on a warm connection"), (11, "on one that was idle for 11 s, proved by NOOP first")):
        figures = warm(build / "bench/warm-send", lab, delay, idle, runs if idle == 0 else 1)
        print(f"  waxseal {words}: {figures['ms']:.0f} ms, {figures['round_trips']:.0f} round trips (opened before in "
              f"{figures['open_ms']:.0f} ms, {figures['open_round_trips']:.0f} round trips); "
              f"{best / figures['ms']:.1f} times as quick as the best of the others"
              + (" (wanted: 5)" if idle == 0 else ""))
