#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job in the window, from an empty profile to a verified record: add an
account by hand, write with an attachment, see the route, send, and look at all
that was kept of it. The cases follow one another in one window."""

import os
import re
import sys

import driver
import keyring
import practice
import waxwindow

driver.enter_session()

PASSWORD = "kühl & sealed 7"
SUBJECT = "Gutachten, sealed"
BODY = "Dear Bob,\n\nthe file is attached.\n.\n.leading dot\n\nAnn\n"


def main():
    with driver.Session() as session, practice.Host("--user", "ann", "--password", PASSWORD) as host:
        folder = os.path.join(session.folder, "profile")
        program = waxwindow.start(session, "--profile", folder)
        attachment = os.path.join(session.folder, "report.bin")
        with open(attachment, "wb") as file:
            file.write(bytes(range(256)) * 600 + b"\r\n.\r\n\n.\n\r")
        kept = {}

        def shoot(name, title=waxwindow.MAIN):
            program.picture(os.path.join(driver.shots_folder(), f"journey-{name}.png"), title)

        def account_is_added_by_hand():
            waxwindow.add_account(program, host)
            waxwindow.go(program, "Accounts")
            program.says("ann@example.org")
            program.says("localhost")
            waxwindow.check_names(program)
            shoot("accounts")

        def password_is_in_the_keyring_and_nowhere_else():
            assert PASSWORD in keyring.search(purpose="password"), "the keyring has no such password"
            for name in os.listdir(folder):
                with open(os.path.join(folder, name), "rb") as file:
                    assert PASSWORD.encode() not in file.read(), name
            assert PASSWORD not in program.output()

        def route_is_shown_before_anything_is_sent():
            kept["composer"] = waxwindow.compose(program)
            bar = waxwindow.route(program, "Protected to your server")
            for words in ("localhost", "TLS 1.3", "SCRAM-SHA-256-PLUS"):
                assert words in bar.name, bar.name
            assert "MAIL" not in host.verbs(), host.commands()
            assert "AUTH" in host.verbs(), host.commands()
            waxwindow.check_names(program)

        def inspector_opens_from_the_route_bar():
            waxwindow.route(program, "Protected to your server").click()
            program.find("list item", re.compile("^TLS version.*TLS 1.3"))
            program.find("list item", re.compile("^Round trips"))
            waxwindow.check_names(program)
            shoot("inspector-connection", "New Message")
            waxwindow.show_inspector_page(program, "Certificate")
            row = program.find("list item", re.compile("^Certificate, SHA-256"))
            shown = re.sub("[^0-9A-F]", "", row.name.upper().split("SHA-256", 1)[1])
            assert shown == host.fingerprint(), (row.name, host.fingerprint())
            waxwindow.check_names(program)
            shoot("inspector-certificate", "New Message")
            waxwindow.show_inspector_page(program, "Sign-in")
            program.find("list item", re.compile("^Method.*SCRAM-SHA-256-PLUS", re.S))
            program.find("list item", re.compile("^Bound to this connection by.*tls-exporter", re.S))
            waxwindow.check_names(program)
            program.key("Escape", window=kept["composer"])
            program.wait_gone("list item", re.compile("^Method"))

        def message_is_written_with_an_attachment():
            waxwindow.write(program, "Bob <bob@example.net>, carol@example.com", SUBJECT, BODY)
            waxwindow.attach(program, attachment, kept["composer"])
            waxwindow.check_names(program)
            shoot("composer", SUBJECT)

        def sending_can_be_undone():
            program.key("ctrl+Return", window=program.window(SUBJECT))
            program.find("button", "Undo", seconds=30)
            shoot("undo")
            assert not host.messages()
            program.click("button", "Undo")
            program.find(("frame", "window"), SUBJECT)
            program.says("report.bin")
            assert waxwindow.entry(program, "Message text").text() == BODY

        def message_is_sent():
            program.key("ctrl+Return", window=program.window(SUBJECT))
            program.find("button", "Undo", seconds=30)
            waxwindow.go(program, "Outbox")
            driver.wait_for(host.messages, "the message at the host")
            waxwindow.go(program, "Sent & Activity")
            program.find("table row", re.compile("The message to bob@example.net and 1 more: sent"))
            waxwindow.check_names(program)

        def what_arrived_is_what_was_written():
            message, = host.messages()
            assert message["Subject"] == SUBJECT, message["Subject"]
            assert str(message["To"]) == "Bob <bob@example.net>, carol@example.com", message["To"]
            text = message.get_body(("plain",)).get_content()
            assert text.rstrip("\n") == BODY.rstrip("\n"), text
            part, = message.iter_attachments()
            assert part.get_filename() == "report.bin"
            with open(attachment, "rb") as file:
                assert part.get_content() == file.read(), "the attachment changed"
            recipients = [line for line in host.commands() if line.upper().startswith("RCPT")]
            assert len(recipients) == 2, recipients

        def record_tells_it():
            texts = program.all_texts()
            for words in ("Connection", "Sign-in", "Message"):
                assert words in texts, texts
            shoot("activity")

        def record_is_verified():
            program.click("button", re.compile("Verify"))
            program.says(waxwindow.VERDICT)
            waxwindow.check_names(program)
            shoot("verified")

        def nothing_was_said_on_the_console():
            waxwindow.end(program)

        return driver.run_cases([
            account_is_added_by_hand, password_is_in_the_keyring_and_nowhere_else,
            route_is_shown_before_anything_is_sent, inspector_opens_from_the_route_bar,
            message_is_written_with_an_attachment, sending_can_be_undone, message_is_sent,
            what_arrived_is_what_was_written, record_tells_it, record_is_verified, nothing_was_said_on_the_console])


if __name__ == "__main__":
    sys.exit(main())
