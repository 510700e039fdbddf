#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""shoot.py --profile DIR --out DIR [--account NAME] [--look LOOK]: pictures of the
window on a profile that exists, on an X display of its own.

Takes each place, the composer with its route bar (so the account's server should
answer) and the pages of the inspector. Runs in the D-Bus session that it is
started in: the keyring there has the profile's key. Nothing is sent. Prints the
pictures' paths, one a line. LOOK is light (without another), dark, contrast or
narrow.
"""

import argparse
import os
import re
import sys

import driver
import waxwindow

LOOKS = {
    "light": ({"ADW_DEBUG_COLOR_SCHEME": "prefer-light"}, None),
    "dark": ({"ADW_DEBUG_COLOR_SCHEME": "prefer-dark"}, None),
    "contrast": ({"ADW_DEBUG_COLOR_SCHEME": "prefer-light", "ADW_DEBUG_HIGH_CONTRAST": "1"}, None),
    "narrow": ({"ADW_DEBUG_COLOR_SCHEME": "prefer-light"}, (360, 720)),
}

MESSAGE = re.compile(r"^The message to ([^\s:]+)")


class Photographer:
    """One run of the window in one look."""

    def __init__(self, session, profile, out, look="light", account=None, each=None):
        environment, self.size = LOOKS[look]
        self.suffix = "" if look == "light" else "-" + look
        self.out = out
        self.account = account
        self.each = each or (lambda program: None)
        self.pictures = []
        self.program = waxwindow.start(session, "--profile", profile, **environment)
        self.program.find("list item", re.compile("^Overview"))

    def take(self, name, title=waxwindow.MAIN):
        path = os.path.join(self.out, f"{name}{self.suffix}.png")
        self.each(self.program)
        self.program.picture(path, title)
        self.pictures.append(path)

    def places(self):
        if self.size:
            self.program.resize(*self.size, title=waxwindow.MAIN)
            self.take("places")
        for place in waxwindow.PLACES:
            waxwindow.go(self.program, place, narrow=bool(self.size))
            self.take(re.sub("[^a-z]+", "-", place.lower()))
            if place == "Sent & Activity":
                self.activity()
            if self.size:
                waxwindow.back(self.program)

    def open_details(self):
        """A row can move while it is pointed at: then it is pointed at again."""
        try:
            self.program.find("table row", MESSAGE, seconds=5).point_and_click()
            return self.program.find("button", "Close Details", seconds=5)
        except driver.DriverError:
            return None

    def activity(self):
        """What became of one message, and the verdict."""
        self.program.find("table row", re.compile("^(?!What Happened)"))
        rows = self.program.look("table row", MESSAGE)
        if rows:
            # Found by its recipient: it may be far down, and so not to be pointed at.
            search = self.program.find("entry", "Search the record")
            search.fill(MESSAGE.search(rows[0].name).group(1))
            driver.wait_for(self.open_details, "the details of an entry")
            self.take("activity-details")
            self.program.click("button", "Close Details")
            search.fill("")
        self.program.click("button", re.compile("Verify"))
        self.program.says(waxwindow.VERDICT)
        self.take("record-verified")
        self.program.key("Escape", title=waxwindow.MAIN)
        self.program.wait_gone("label", waxwindow.VERDICT)

    def composer(self):
        waxwindow.compose(self.program)
        title = "New Message"
        if self.account:
            waxwindow.choose_account(self.program, self.account)
        waxwindow.write(self.program, "Dr. Carla Weiss <carla.weiss@example.net>, records@example.com", "Expert opinion, case 4711",
                        "Dear Dr. Weiss,\n\nthe opinion you asked for is below. Please confirm that it arrived.\n\n"
                        "- findings of 3 March\n- laboratory values, complete\n\nKind regards")
        title = "Expert opinion"
        if self.size:
            self.program.resize(*self.size, title=title)
        bar = self.program.find("button", re.compile("^Route: (?!Checking)", re.S))
        self.take("composer", title)
        self.program.key("ctrl+shift+o", title=title)
        self.program.switch("Require TLS all the way")
        self.take("composer-options", title)
        self.program.key("Escape", title=title)
        self.program.wait_gone("list", "Options of this message")
        bar.click()
        self.program.find("list item", re.compile("^TLS version|^Name"))
        self.take("inspector-connection", title)
        for page in ("Certificate", "Sign-in", "Transcript"):
            waxwindow.show_inspector_page(self.program, page)
            self.take("inspector-" + page.lower(), title)
        self.program.key("Escape", title=title)
        self.program.wait_gone(("page tab", "toggle button"), "Transcript")
        waxwindow.discard(self.program, title)

    def accounts(self):
        """The account's dialog, as it is when it is added."""
        waxwindow.go(self.program, "Accounts", narrow=bool(self.size))
        self.program.click("button", re.compile("Add Account"))
        waxwindow.entry(self.program, "Mail address")
        self.take("account-dialog")
        waxwindow.show_protection(self.program)
        self.take("account-protection")
        waxwindow.leave_protection(self.program)
        self.program.click("button", "Cancel")
        self.program.wait_gone("button", "Cancel")

    def all(self):
        try:
            self.places()
            self.accounts()
            self.composer()
        finally:
            self.program.stop()
        waxwindow.end(self.program)
        return self.pictures


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--profile", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--account")
    parser.add_argument("--look", choices=sorted(LOOKS), default="light")
    options = parser.parse_args()
    if "DBUS_SESSION_BUS_ADDRESS" not in os.environ:
        parser.error("there is no D-Bus session: run it in one whose keyring has the profile's key")
    with driver.Session() as session:
        for path in Photographer(session, options.profile, options.out, options.look, options.account).all():
            print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
