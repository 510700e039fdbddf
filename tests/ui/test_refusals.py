#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window does where a check fails or a server refuses: it says so, in
words, keeps the message, and nothing confidential was sent. The accounts are
made by the command line; each case has a profile and a server of its own."""

import os
import re
import sys

import driver
import practice
import waxwindow

driver.enter_session()

SUBJECT = "Refused, kept"


def main():
    with driver.Session() as session:
        def shoot(program, name, title=waxwindow.MAIN):
            program.picture(os.path.join(driver.shots_folder(), f"refused-{name}.png"), title)

        def begin(name, host, url=None, **options):
            folder = os.path.join(session.folder, name)
            waxwindow.add_account_by_command(folder, host, url=url, **options)
            return waxwindow.start(session, "--profile", folder)

        def send(program):
            waxwindow.compose(program)
            waxwindow.write(program, "bob@example.net", SUBJECT, "Hello")
            program.key("ctrl+Return", window=program.window(SUBJECT))
            program.find("button", "Undo", seconds=30)
            waxwindow.go(program, "Outbox")

        def refused_by_certificate(name, kind, words, **options):
            with practice.Host("--certificate", kind) as host:
                program = begin(name, host, **options)
                composer = waxwindow.compose(program)
                waxwindow.route(program, "[Rr]efused")
                program.picture(os.path.join(driver.shots_folder(), f"refused-{name}-composer.png"), "New Message")
                program.key("ctrl+w", window=composer)
                send(program)
                text = waxwindow.outbox_row(program, SUBJECT, "Blocked")
                assert re.search(words, text), text
                waxwindow.check_names(program)
                shoot(program, name)
                assert not {"AUTH", "MAIL", "RCPT", "DATA", "BDAT"} & set(host.verbs()), host.commands()
                assert not host.ask("messages")
                waxwindow.end(program)
                return program

        def a_certificate_for_another_name_is_refused():
            refused_by_certificate("wrong-name", "wrong-name", r"mail\.example\.net")

        def an_unknown_authority_is_refused():
            refused_by_certificate("unknown-authority", "unknown-ca", "(?i)authority|trust")

        def an_expired_certificate_is_refused():
            refused_by_certificate("expired", "expired", "(?i)expired|ended|valid")

        def a_wrong_password_blocks_and_says_what_the_server_said():
            with practice.Host() as host:
                program = begin("password", host, password="wrong")
                send(program)
                text = waxwindow.outbox_row(program, SUBJECT, "Blocked")
                assert re.search("(?i)password|sign", text), text
                assert "535" in text, text
                assert "MAIL" not in host.verbs(), host.commands()
                shoot(program, "password")
                waxwindow.end(program)

        def no_server_is_tried_again():
            with practice.Host() as host:
                port = host.port
                program = begin("nobody", host)
            composer = waxwindow.compose(program)
            waxwindow.route(program, "cannot be reached")
            program.key("ctrl+w", window=composer)
            send(program)
            text = waxwindow.outbox_row(program, SUBJECT, "try again")
            assert str(port) in text or "localhost" in text, text
            shoot(program, "nobody")
            waxwindow.end(program)

        def the_other_port_is_named():
            with practice.Host() as host:
                program = begin("port", host, url=f"smtps://{host.user}@localhost:{host.starttls_port}")
                waxwindow.compose(program)
                waxwindow.route(program, "does not speak TLS").click()
                program.says("STARTTLS")
                program.picture(os.path.join(driver.shots_folder(), "refused-port-inspector.png"), "New Message")
                waxwindow.end(program)

        def one_refused_recipient_of_three_is_named():
            with practice.Host("--refuse-recipient", "carol@example.com") as host:
                program = begin("recipient", host)
                waxwindow.compose(program)
                waxwindow.write(program, "bob@example.net, carol@example.com, dave@example.net", SUBJECT, "Hello")
                program.key("ctrl+Return", window=program.window(SUBJECT))
                program.find("button", "Undo", seconds=30)
                waxwindow.go(program, "Outbox")
                text = waxwindow.outbox_row(program, SUBJECT, "Not sent|Blocked")
                assert "carol@example.com" in text and "550" in text, text
                assert not host.ask("messages")
                shoot(program, "recipient")
                waxwindow.end(program)

        def what_cannot_be_sent_stays_in_the_composer():
            with practice.Host() as host:
                program = begin("fields", host)
                composer = waxwindow.compose(program)
                program.key("ctrl+Return", window=composer)
                program.says(re.compile("recipient", re.I))
                waxwindow.entry(program, "To").fill("not an address")
                program.key("ctrl+Return", window=composer)
                program.says(re.compile("not an address|@", re.I))
                program.picture(os.path.join(driver.shots_folder(), "refused-fields.png"), "New Message")
                assert not program.look("button", "Undo")
                waxwindow.end(program)

        return driver.run_cases([
            a_certificate_for_another_name_is_refused, an_unknown_authority_is_refused,
            an_expired_certificate_is_refused, a_wrong_password_blocks_and_says_what_the_server_said,
            no_server_is_tried_again, the_other_port_is_named, one_refused_recipient_of_three_is_named,
            what_cannot_be_sent_stays_in_the_composer])


if __name__ == "__main__":
    sys.exit(main())
