# SPDX-License-Identifier: GPL-3.0-or-later
"""A large attachment over loopback: seconds, throughput and peak memory, beside
curl, msmtp and swaks. curl encodes the attachment itself, as waxseal does;
msmtp and swaks are given the finished message, base64 and all, and so is
waxseal once more. They are taken in turn, against the practice host; msmtp and
swaks, which are many times slower, once."""

import base64
import os
import statistics

MIB = 1024 * 1024
SIZE = int(os.environ.get("WAXSEAL_BENCH_MIB", "1024")) * MIB
SENDER, RECIPIENT = "you@example.org", "r@example.org"


def make_files(work):
    """The attachment, and the whole message with CRLF and with LF line ends."""
    head = (f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: Large\r\nDate: Tue, 24 Nov 2026 06:00:00 +0000\r\n"
            "Message-ID: <large@example.org>\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n").encode()
    with open(work / "big.bin", "wb") as plain, open(work / "big.eml", "wb") as crlf, open(work / "big.txt", "wb") as lf:
        crlf.write(head)
        lf.write(head.replace(b"\r\n", b"\n"))
        block = 57 * 16384
        for start in range(0, SIZE, block):
            octets = os.urandom(min(block, SIZE - start))
            plain.write(octets)
            encoded = base64.encodebytes(octets)
            lf.write(encoded)
            crlf.write(encoded.replace(b"\n", b"\r\n"))
    (work / "body").write_text("A large one.\n")
    (work / "body-crlf").write_bytes(b"A large one.\r\n")  # curl sends it as it is


def commands(waxseal, host, work):
    """name → (command, file for its stdin)."""
    port, user, password, ca = host["implicit_port"], host["user"], host["password"], host["ca_file"]
    (work / "password").write_text(password)
    waxseal_server = [waxseal, "send", "--server", f"smtps://{user}@127.0.0.1:{port}", "--password-file",
                      work / "password", "--ca", ca, "--from", SENDER, "--to", RECIPIENT]
    curl = ["curl", "--silent", "--show-error", "--login-options", "AUTH=PLAIN", "--url", f"smtps://127.0.0.1:{port}",
            "--cacert", ca, "--user", f"{user}:{password}", "--mail-from", SENDER, "--mail-rcpt", RECIPIENT]
    programs = {
        "waxseal, encoding": (
            waxseal_server + ["--subject", "Large", "--body-file", work / "body", "--attach", work / "big.bin"], None),
        "curl, encoding": (
            curl + ["-F", "=(;type=multipart/mixed", "-F", f"=<{work / 'body-crlf'}",
                    "-F", f"file=@{work / 'big.bin'};encoder=base64", "-F", "=)"], None),
        "waxseal, as it is": (waxseal_server + ["--raw", work / "big.eml"], None),
        "curl, as it is": (curl + ["--upload-file", work / "big.eml"], None),
        "msmtp, as it is": (
            ["msmtp", "--file=/dev/null", "--host=127.0.0.1", f"--port={port}", "--tls=on", "--tls-starttls=off",
             f"--tls-trust-file={ca}", "--auth=plain", f"--user={user}", f"--passwordeval=cat {work / 'password'}",
             f"--from={SENDER}", RECIPIENT], work / "big.txt"),
        "swaks, as it is": (
            ["swaks", "--silent", "3", "--server", "127.0.0.1", "--port", port, "--tls-on-connect", "--tls-verify",
             "--tls-ca-path", ca, "--auth", "PLAIN", "--auth-user", user, "--auth-password", password, "--pipeline",
             "--from", SENDER, "--to", RECIPIENT, "--data", f"@{work / 'big.txt'}"], None),
    }
    return {name: ([str(word) for word in command], source) for name, (command, source) in programs.items()}


def show(name, seconds, peak):
    print(f"  {name:<22} {seconds:6.1f} s  {SIZE / MIB / seconds:6.0f} MiB/s of the attachment, peak {peak:.0f} MiB",
          flush=True)


def bench(waxseal, host, work, peak_of, add_account, runs):
    make_files(work)
    programs = commands(waxseal, host, work)
    figures = {name: [] for name in programs}
    for turn in range(runs):
        for name, (command, source) in programs.items():
            if turn > 0 and name.startswith(("msmtp", "swaks")):
                continue
            with open(source or os.devnull, "rb") as given:
                figures[name].append(peak_of(command, stdin=given))
            for message in (work / "mail/new").iterdir():
                message.unlink()
    print(f"an attachment of {SIZE // MIB} MiB over TLS on loopback, medians of {runs} runs:")
    medians = {name: statistics.median(seconds for seconds, _ in list_) for name, list_ in figures.items()}
    for name, list_ in figures.items():
        show(name, medians[name], max(peak for _, peak in list_))
    for kind in ("encoding", "as it is"):
        mine = medians[f"waxseal, {kind}"]
        best = min(seconds for name, seconds in medians.items() if name.endswith(kind) and not name.startswith("waxseal"))
        print(f"  {kind}: waxseal has {best / mine:.2f} times the throughput of the best of the others (wanted: 1)")
    profile = work / "profile"
    add_account(profile, host, work)
    show("waxseal, by the outbox", *peak_of([str(word) for word in [
        waxseal, "--profile", profile, "send", "--account", "practice", "--from", SENDER, "--to", RECIPIENT, "--subject",
        "Large", "--body-file", work / "body", "--attach", work / "big.bin"]]))
