# SPDX-License-Identifier: GPL-3.0-or-later
"""The far end: a plain SMTP server on loopback that the servers under test
relay to. It keeps the octets of each message as they came."""

import socketserver
import threading
from dataclasses import dataclass


@dataclass
class Message:
    sender: str
    recipients: list
    octets: bytes
    commands: list  # MAIL and RCPT, as they came


# What the sink offers, but for what a test adds.
PLAIN = ("PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000000000")


class Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def read_message(self):
        octets = bytearray()
        while True:
            line = self.rfile.readline()
            if not line:
                return None
            if line == b".\r\n":
                return bytes(octets)
            octets += line[1:] if line.startswith(b".") else line

    def deliver(self, sender, recipients, octets, commands):
        self.server.sink.add(Message(sender, recipients, octets, commands))
        self.say("250 2.0.0 Ok")

    def handle(self):
        sink = self.server.sink
        sender, recipients, commands, chunks = "", [], [], bytearray()
        self.say("220 sink ESMTP")
        for line in self.rfile:
            text = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
            verb = text[:4].upper()
            if verb in ("EHLO", "HELO"):
                self.say("".join(f"250-{line}\r\n" for line in ("sink", *sink.extensions)) + "250 HELP")
            elif verb == "MAIL":
                sender, recipients = text[text.index("<") + 1:text.index(">")], []
                commands, chunks = [text], bytearray()
                self.say("250 2.1.0 Ok")
            elif verb == "RCPT":
                address = text[text.index("<") + 1:text.index(">")]
                if address == sink.refused:
                    self.say("550 5.1.1 No such user here")
                else:
                    recipients.append(address)
                    commands.append(text)
                    self.say("250 2.1.5 Ok")
            elif verb == "DATA":
                if not recipients:
                    self.say("554 5.5.1 No valid recipients")
                    continue
                self.say("354 Go on")
                octets = self.read_message()
                if octets is None:
                    return
                self.deliver(sender, recipients, octets, commands)
            elif verb == "BDAT":
                chunks += self.rfile.read(int(text.split()[1]))
                if not text.upper().endswith(" LAST"):
                    self.say("250 2.0.0 Ok")
                elif recipients:
                    self.deliver(sender, recipients, bytes(chunks), commands)
                else:
                    self.say("554 5.5.1 No valid recipients")
            elif verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            elif verb in ("RSET", "NOOP"):
                self.say("250 2.0.0 Ok")
            else:
                self.say("502 5.5.1 No")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


class Sink:
    def __init__(self, refused=None):
        self.refused = refused
        self.extensions = PLAIN
        self.lock = threading.Lock()
        self.list = []
        self.server = Server(("127.0.0.1", 0), Session)
        self.server.sink = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add(self, message):
        with self.lock:
            self.list.append(message)

    def messages(self):
        with self.lock:
            return list(self.list)

    def find(self, marker):
        """The messages that hold `marker`."""
        return [message for message in self.messages() if marker.encode() in message.octets]
