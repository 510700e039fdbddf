#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page in pictures (in $WAXSEAL_SHOTS, else build/debug/shots): light, dark,
with high contrast, and 360 pixels wide; and on each page every control has a
name. The profile has messages that were sent, deferred and refused."""

import os
import sys

import driver
import practice
import shoot
import waxwindow

driver.enter_session()


def fill_profile(folder, host):
    """Messages of several fates."""
    report = os.path.join(driver.TOP, "COPYING")
    waxwindow.add_account_by_command(folder, host)

    def send(subject, *options, check=True):
        waxwindow.waxseal("send", "--profile", folder, "--account", "ann@example.org", "--to", "bob@example.net",
                          "--subject", subject, "--body-file", "-", *options, stdin="Hello\n", check=check)

    send("Minutes of the board, 12 March", "--attach", report)
    send("Contract, second draft", "--cc", "carol@example.com")
    host.set_fault("rcpt,reply,text=451 4.7.1 Greylisted, please try again in five minutes\\r\\n")
    send("Laboratory values", check=False)
    host.set_fault("rcpt,reply,text=550 5.1.1 No such user here\\r\\n")
    send("To whom it may concern", check=False)
    host.set_fault("none")


def main():
    with driver.Session() as session, practice.Host() as host:
        folder = os.path.join(session.folder, "profile")
        fill_profile(folder, host)

        def case(look):
            def pictures():
                taken = shoot.Photographer(session, folder, driver.shots_folder(), look,
                                           each=waxwindow.check_names).all()
                for path in taken:
                    width, colours = map(int, driver.run("identify", "-format", "%w %k", path).split())
                    assert look != "narrow" or width == 360, (path, width)
                    assert colours > 30, f"{path} is empty"

            pictures.__name__ = look
            return pictures

        return driver.run_cases([case(look) for look in shoot.LOOKS])


if __name__ == "__main__":
    sys.exit(main())
