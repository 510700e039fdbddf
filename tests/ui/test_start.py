#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_start.py NEWER-PROFILE: how the window begins: the first time, for
practice, and where it cannot open the profile."""

import os
import re
import sys

import driver
import keyring
import waxwindow

driver.enter_session()


def main():
    with driver.Session() as session:
        def profile(name):
            return os.path.join(session.folder, name)

        def shoot(program, name, title=None):
            program.picture(os.path.join(driver.shots_folder(), name + ".png"), title)

        def first_start_offers_an_account_and_practice():
            program = waxwindow.start(session, "--profile", profile("first"))
            program.says("Welcome to Waxseal")
            program.find("button", re.compile("Add Account"), sensitive=True)
            program.find("button", re.compile("Practice Server"), sensitive=True)
            waxwindow.check_names(program)
            shoot(program, "welcome")
            program.click("button", re.compile("Add Account"))
            waxwindow.entry(program, "Mail address")
            waxwindow.end(program)

        def practice_server_is_one_click_away():
            program = waxwindow.start(session, "--profile", profile("curious"))
            program.click("button", re.compile("Practice Server"))
            program.says("never leave this computer")
            waxwindow.end(program)

        def demo_is_a_profile_of_its_own():
            program = waxwindow.start(session, "--demo")
            program.says("never leave this computer")
            waxwindow.go(program, "Accounts")
            program.says("you@practice.example")
            waxwindow.end(program)
            home = os.path.expanduser("~/.local/share/waxseal")
            assert not os.path.exists(home), f"the demo wrote into {home}"

        def without_a_keyring_it_says_so():
            with keyring.BareBus(session) as bus:
                program = waxwindow.start(session, "--profile", profile("bare"), DBUS_SESSION_BUS_ADDRESS=bus.address)
                program.says("No keyring service answers")
                waxwindow.check_names(program)
                shoot(program, "error-no-keyring")
                program.click("button", "Try Again")
                program.says("No keyring service answers")
                waxwindow.end(program)
            assert not os.path.exists(os.path.join(profile("bare"), "waxseal.db")), "a database without a key"

        def a_locked_keyring_is_waited_for():
            folder = profile("locked")
            waxwindow.add_account_by_command(folder, None)
            keyring.lock()
            try:
                program = waxwindow.start(session, "--profile", folder)
                program.says("The system keyring is locked")
                shoot(program, "error-locked-keyring")
            finally:
                keyring.unlock()
            program.click("button", "Try Again")
            program.find("list item", re.compile("^Overview"))
            program.wait_gone("button", "Try Again")
            waxwindow.end(program)

        def what_is_asked_for_early_is_done_when_the_profile_is_open():
            folder = profile("early")
            waxwindow.add_account_by_command(folder, None)
            with keyring.stopped():
                program = waxwindow.start(session, "--profile", folder)
                program.find("frame", waxwindow.MAIN)
                program.key("ctrl+n", title=waxwindow.MAIN)
            program.find(("frame", "window"), "New Message")
            waxwindow.end(program)

        def a_missing_key_is_an_alarm():
            folder = profile("keyless")
            waxwindow.add_account_by_command(folder, None)
            with open(os.path.join(folder, "waxseal.db"), "rb") as file:
                before = file.read()
            with open(os.path.join(folder, "profile-id"), encoding="utf-8") as file:
                owner = file.read().strip()
            driver.run("secret-tool", "clear", "purpose", "database-key", "owner", owner)
            program = waxwindow.start(session, "--profile", folder)
            program.find("button", "Try Again")
            shoot(program, "error-missing-key")
            waxwindow.end(program)
            with open(os.path.join(folder, "waxseal.db"), "rb") as file:
                assert file.read() == before, "the database was touched"
            assert owner not in keyring.search(purpose="database-key"), "a new key beside an old database"

        def a_newer_database_is_left_alone():
            folder = profile("newer")
            waxwindow.add_account_by_command(folder, None)
            driver.run(sys.argv[1], folder)
            program = waxwindow.start(session, "--profile", folder)
            program.says("written by a newer Waxseal")
            program.find("button", "Try Again")
            shoot(program, "error-newer-database")
            waxwindow.end(program)

        return driver.run_cases([
            first_start_offers_an_account_and_practice, practice_server_is_one_click_away,
            demo_is_a_profile_of_its_own, without_a_keyring_it_says_so, a_locked_keyring_is_waited_for,
            what_is_asked_for_early_is_done_when_the_profile_is_open, a_missing_key_is_an_alarm, a_newer_database_is_left_alone])


if __name__ == "__main__":
    sys.exit(main())
