#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account demands of its connection, and the honest choices after a refusal:
settings that stay, a key pinned until a day, a weaker sign-in, the rest of the
recipients, a key pinned from the inspector, and what a message asks of the server.
Each case has a profile and a server of its own."""

import os
import re
import sys

import driver
import keyring
import practice
import waxwindow

driver.enter_session()

SUBJECT = "Chosen, sent"
PIN = "5f" * 32
SECRET = "PIN 4711 & öfter"


def main():
    with driver.Session() as session:
        def shoot(program, name, title=waxwindow.MAIN):
            program.picture(os.path.join(driver.shots_folder(), f"protection-{name}.png"), title)

        def begin(name, host, url=None, **options):
            folder = os.path.join(session.folder, name)
            waxwindow.add_account_by_command(folder, host, url=url, **options)
            return waxwindow.start(session, "--profile", folder)

        def send(program, to="bob@example.net"):
            waxwindow.compose(program)
            waxwindow.write(program, to, SUBJECT, "Hello")
            program.key("ctrl+Return", window=program.window(SUBJECT))
            program.find("button", "Undo", seconds=30)
            waxwindow.go(program, "Outbox")

        def explain(program):
            program.choose(re.compile("^Actions for"), "Why and What Now")
            program.find("dialog", "Why and What Now")

        def row(program, title):
            return program.find("list item", re.compile("^" + re.escape(title)))

        def edit_account(program):
            waxwindow.go(program, "Accounts")
            program.find("list item", re.compile("ann@example.org")).point_and_click()
            program.find("dialog", "Edit Account")

        def settings_stay():
            with practice.Host() as host:
                program = begin("settings", host)
                edit_account(program)
                waxwindow.check_names(program)
                waxwindow.show_protection(program)
                waxwindow.choose_in(program, "Oldest TLS version", "TLS 1.3")
                waxwindow.choose_in(program, "Revocation (OCSP, CRL)", "Demand")
                # Typed: what another program puts there has no tick to add it by.
                waxwindow.entry(program, "Add a key by its SHA-256").press("End")
                program.type("sha256:" + PIN.upper())
                program.key("Return", title=waxwindow.MAIN)
                program.says("5F5F 5F5F")
                waxwindow.fill(program, "Its password, or the card's PIN", SECRET)
                assert SECRET not in program.all_texts(), "a secret is on the accessibility bus"
                waxwindow.check_names(program)
                shoot(program, "page")
                waxwindow.leave_protection(program)
                program.says("TLS 1.3, private authority, 1 pinned key")
                program.click("button", "Save")
                program.wait_gone("button", "Save")
                assert SECRET in keyring.search(purpose="client-key"), "the keyring has no such password"
                edit_account(program)
                waxwindow.show_protection(program)
                assert program.find("combo box", re.compile("^Oldest TLS version")).inner_text().find("TLS 1.3") >= 0
                program.says("5F5F 5F5F")
                waxwindow.end(program)

        def a_password_is_not_on_the_bus():
            with practice.Host() as host:
                program = begin("bus", host)
                waxwindow.go(program, "Accounts")
                program.click("button", re.compile("Add Account"))
                waxwindow.fill(program, "Password", SECRET)
                texts = program.all_texts()
                assert SECRET not in texts, texts
                assert "●" * len(SECRET) in texts, texts
                waxwindow.end(program)

        def a_private_server_is_pinned_until_a_day():
            with practice.Host("--certificate", "unknown-ca") as host:
                program = begin("pinned", host)
                send(program)
                waxwindow.outbox_row(program, SUBJECT, "Blocked")
                explain(program)
                waxwindow.check_names(program)
                shoot(program, "refusal")
                row(program, "Pin This Key Until").press()
                button = program.find("button", "Pin Key")
                assert not button.is_("sensitive"), "it can be confirmed without a comparison"
                waxwindow.check_names(program)
                shoot(program, "exception")
                waxwindow.fill(program, "Reason, for later", "the bridge in the cellar")
                program.find("check box", re.compile("^I have compared")).click()
                program.click("button", "Pin Key")
                driver.wait_for(host.messages, "the message at the host")
                # A dialog that is still going away takes the keys.
                program.wait_gone("dialog", "Why and What Now")
                waxwindow.compose(program, key=False)
                bar = waxwindow.route(program, "exception")
                assert re.search("exception until", bar.name), bar.name
                shoot(program, "route", "New Message")
                bar.click()
                program.says(re.compile("Protected by an exception only"))
                shoot(program, "inspector", "New Message")
                waxwindow.end(program)

        def the_same_choice_after_a_failed_test():
            with practice.Host("--certificate", "unknown-ca") as host:
                program = begin("tested", host)
                edit_account(program)
                program.find("button", "Test These Settings").press()
                row(program, "Pin This Key Until").press()
                program.find("check box", re.compile("^I have compared")).click()
                program.click("button", "Pin Key")
                program.says("accepted the sign-in")
                shoot(program, "tested")
                waxwindow.end(program)

        def a_weaker_sign_in_is_accepted_by_the_user_alone():
            with practice.Host() as host:
                program = begin("weaker", host)
                send(program)
                driver.wait_for(host.messages, "the first message at the host")
                # As when somebody in between takes the stronger mechanisms out of the offer.
                program.stop()
                host.set_fault(r"ehlo-tls,reply,text=250-localhost\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n")
                waxwindow.waxseal("send", "--profile", os.path.join(session.folder, "weaker"), "--account",
                                  "ann@example.org", "--to", "bob@example.net", "--subject", SUBJECT, "--body-file",
                                  "-", stdin="Hello\n", check=False)
                assert len(host.messages()) == 1 and "AUTH PLAIN" not in str(host.commands()), host.commands()
                program = waxwindow.start(session, "--profile", os.path.join(session.folder, "weaker"))
                waxwindow.go(program, "Outbox")
                waxwindow.outbox_row(program, SUBJECT, "Blocked")
                explain(program)
                shoot(program, "weaker")
                row(program, "Accept the Weaker Sign-in").press()
                waxwindow.check_names(program)
                program.click("button", "Accept")
                driver.wait_for(lambda: len(host.messages()) == 2, "the second message at the host")
                waxwindow.end(program)

        def the_rest_is_sent_to_by_the_users_choice():
            with practice.Host("--refuse-recipient", "carol@example.com") as host:
                program = begin("rest", host)
                send(program, "bob@example.net, carol@example.com")
                waxwindow.outbox_row(program, SUBJECT, "Not sent|Blocked")
                assert not host.ask("messages")
                explain(program)
                program.says("Without carol@example.com")
                shoot(program, "rest")
                row(program, "Send to the Rest").press()
                driver.wait_for(host.messages, "the message at the host")
                waxwindow.go(program, "Sent & Activity")
                program.says(re.compile("the user's choice"))
                waxwindow.end(program)

        def a_key_is_pinned_from_the_inspector():
            with practice.Host() as host:
                program = begin("inspector", host)
                waxwindow.compose(program)
                waxwindow.route(program, "Protected to your server").click()
                waxwindow.show_inspector_page(program, "Certificate")
                program.find("button", "Pin This Key…").press()
                waxwindow.fill(program, "Backup key by its SHA-256", PIN)
                shoot(program, "pin", "New Message")
                program.click("button", "Pin Key")
                program.says("The key is pinned for this account")
                waxwindow.end(program)

        def options_are_kept_with_the_draft():
            with practice.Host() as host:
                program = begin("options", host)
                composer = waxwindow.compose(program)
                waxwindow.route(program, "Protected to your server")
                waxwindow.write(program, "bob@example.net", SUBJECT, "Hello")
                program.key("ctrl+shift+o", window=composer)
                program.switch("Ask for a delivery receipt").click()
                program.switch("Require TLS all the way").click()
                program.says(re.compile("REQUIRETLS|TLS all the way"))
                waxwindow.check_names(program)
                shoot(program, "options", SUBJECT)
                program.key("Escape", window=composer)
                program.key("ctrl+w", window=composer)
                program.wait_gone(("frame", "window"), SUBJECT)
                waxwindow.go(program, "Drafts")
                program.find("list item", re.compile(re.escape(SUBJECT))).point_and_click()
                program.find(("frame", "window"), SUBJECT)
                program.says(re.compile("Your server does not offer REQUIRETLS"))
                shoot(program, "options-bar", SUBJECT)
                waxwindow.end(program)

        return driver.run_cases([
            settings_stay, a_password_is_not_on_the_bus, a_private_server_is_pinned_until_a_day,
            the_same_choice_after_a_failed_test, a_weaker_sign_in_is_accepted_by_the_user_alone, the_rest_is_sent_to_by_the_users_choice,
            a_key_is_pinned_from_the_inspector, options_are_kept_with_the_draft])


if __name__ == "__main__":
    sys.exit(main())
