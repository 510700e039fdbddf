#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_driver.py PROGRAM: the driver on the sample window, so that what fails in
the other tests is the window's doing."""

import os
import sys
import time

import driver

driver.enter_session()


def main():
    with driver.Session(800, 600) as session:
        program = session.start(sys.argv[1])

        def finds_only_what_shows():
            assert program.find("label", "nothing yet")
            assert not program.look("label", "not to be seen")
            assert not program.look("button", "No such button")

        def gives_up_in_time():
            start = time.monotonic()
            try:
                program.find("button", "No such button", seconds=0.5)
            except driver.DriverError as error:
                assert "Press" in str(error), error
            else:
                raise AssertionError("found what is not there")
            assert time.monotonic() - start < driver.WAIT_SECONDS

        def clicks():
            program.click("button", "Press")
            program.says("clicked")

        def fills():
            entry = program.find("text", "Address")
            entry.fill("ann@example.org")
            assert entry.text() == "ann@example.org"
            body = program.find("text", "Body")
            body.fill("Grüße\nzwei")
            assert body.text() == "Grüße\nzwei", body.text()

        def switches():
            program.switch("Require TLS").click()
            program.says("switched on")
            assert program.switch("Require TLS").is_("checked")

        def types():
            program.find("text", "Address").point_and_click()
            program.key("ctrl+a", title="Sample")
            program.type("bob@example.org")
            program.click("button", "Apply")
            program.find("label", "bob@example.org")

        def activates_rows():
            program.find("list item", "Details").click()
            program.says("row activated")

        def presses_keys():
            program.key("ctrl+k", title="Sample")
            program.says("key pressed")

        def takes_pictures():
            wide = program.picture(os.path.join(session.folder, "wide.png"))
            assert driver.run("identify", "-format", "%wx%h", wide) == "500x480", driver.run("identify", wide)
            assert int(driver.run("identify", "-format", "%k", wide)) > 20, "an empty picture"
            program.resize(360, 480)
            narrow = program.picture(os.path.join(session.folder, "narrow.png"))
            assert driver.run("identify", "-format", "%w", narrow) == "360"

        def ends():
            assert program.is_running()
            program.stop()
            assert not program.is_running()

        return driver.run_cases([finds_only_what_shows, gives_up_in_time, clicks, fills, switches, types,
                                 activates_rows, presses_keys, takes_pictures, ends])


if __name__ == "__main__":
    sys.exit(main())
